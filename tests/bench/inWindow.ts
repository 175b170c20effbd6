/** What runs inside the window: each function is sent there as it stands, and knows nothing of this file. */

export interface Scrolled {
  /** From one animation frame to the next, ms. */
  readonly frames: readonly number[];
  /** Grey pictures that the view drew meanwhile: one a slice when none is passed over. */
  readonly drawn: number;
}

/** What the axial view of a pane says of its place: it does when it has stood still for 400 ms. */
export async function placeOf(region: string): Promise<string> {
  await new Promise((resume) => setTimeout(resume, 700));
  return document.querySelector(`[data-region="${region}"] [data-view].axial`)?.getAttribute('aria-label') ?? '';
}

/**
 * Turns the wheel over the axial view of a pane by one notch a frame: after each has been painted and before the next, as
 * real input comes. `slices` > 0 goes towards the head; `still` only counts frames.
 */
export async function scroll({
  region,
  slices,
  still,
}: {
  readonly region: string;
  readonly slices: number;
  readonly still: boolean;
}): Promise<Scrolled> {
  const view = document.querySelector<HTMLElement>(`[data-region="${region}"] [data-view].axial`);
  const ground = view?.querySelector<HTMLElement>('.ground');
  if (!view || !ground) throw new Error(`no axial view in ${region}`);
  const box = view.getBoundingClientRect();
  const notch = {
    deltaY: slices > 0 ? -100 : 100,
    clientX: box.left + box.width / 2,
    clientY: box.top + box.height / 2,
    bubbles: true,
    cancelable: true,
  };
  let drawn = 0;
  const count = (): void => {
    drawn++;
  };
  ground.addEventListener('cornerstoneimagerendered', count);
  const times: number[] = [];
  const { port1, port2 } = new MessageChannel();
  // A message posted in a frame is heard after the frame has been laid out and painted.
  port1.onmessage = (): void => {
    if (!still) view.dispatchEvent(new WheelEvent('wheel', notch));
  };
  const wanted = Math.abs(slices);
  await new Promise<void>((done) => {
    const step = (now: number): void => {
      times.push(now);
      if (times.length <= wanted) port2.postMessage(null);
      // The last notch is drawn in two frames: the view's own, and cornerstone's after it.
      if (times.length < wanted + 3) requestAnimationFrame(step);
      else done();
    };
    requestAnimationFrame(step);
  });
  ground.removeEventListener('cornerstoneimagerendered', count);
  port1.close();
  const frames = times.slice(1, wanted + 1).map((time, n) => time - (times[n] ?? time));
  return { frames, drawn };
}

/** Milliseconds from the page's hearing of a folder to be opened until the Plan pane has drawn a slice of it. */
export function firstSlice(): Promise<number> {
  interface Outside {
    hear(listener: (stream: string) => void): void;
  }
  return new Promise((resolve) => {
    let heard: number | null = null;
    (window as unknown as { readonly isolens: Outside }).isolens.hear((stream) => {
      if (stream === 'desktop/open') heard = performance.now();
    });
    const look = (event: Event): void => {
      const ground = event.target as HTMLElement;
      const canvas = ground.closest('[data-region="plan"] .axial') ? ground.querySelector('canvas') : null;
      if (heard === null || !canvas || canvas.width === 0) return;
      const middle = canvas.getContext('2d')?.getImageData(canvas.width >> 1, canvas.height >> 1, 8, 8).data;
      // Before the slice has come the picture is black: the middle of the body is not.
      if (!middle?.some((value, at) => at % 4 !== 3 && value > 20)) return;
      document.removeEventListener('cornerstoneimagerendered', look, true);
      const began = heard;
      requestAnimationFrame(() => {
        resolve(performance.now() - began);
      });
    };
    document.addEventListener('cornerstoneimagerendered', look, true);
  });
}

/** What is switched on in the shown panes, by the words on their buttons; and who draws. */
export function shownIn(region: string): string {
  const pane = document.querySelector<HTMLElement>(`[data-region="${region}"]`);
  if (!pane?.offsetParent) return '';
  return [...pane.querySelectorAll<HTMLButtonElement>('header .chip')]
    .filter((chip) => !chip.disabled && chip.getAttribute('aria-pressed') === 'true')
    .map((chip) => chip.innerText.trim())
    .join(', ');
}

export function drawnBy(): string {
  const context = document.createElement('canvas').getContext('webgl');
  const told = context?.getExtension('WEBGL_debug_renderer_info');
  const name = context && told ? String(context.getParameter(told.UNMASKED_RENDERER_WEBGL)) : 'no WebGL';
  return `${name}; window ${String(innerWidth)}×${String(innerHeight)}, ${String(devicePixelRatio)} px a point`;
}
