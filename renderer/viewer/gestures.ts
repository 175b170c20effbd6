import { onBeforeUnmount, onMounted, type ShallowRef } from 'vue';
import { scale, subtract, type Vec3 } from '../../shared/geometry';
import { useView, type PaneSide } from '../stores/view';
import { pointOnSlice, type PlaneName, type PlaneStack } from './plane';
import type { ViewTransform } from './viewTransform';

/** What the gestures of a view need to know of it, and what they ask it to do. */
export interface GestureHost {
  side(): PaneSide;
  plane(): PlaneName;
  stack(): PlaneStack;
  slice(): number;
  transform(): ViewTransform | null;
  /** The patient point under a place of the view, CSS pixels from its corner. */
  pointAt(x: number, y: number): Vec3 | null;
  /** The pointer is over a place of the view, or has left it (null). */
  hover(at: readonly [number, number] | null): void;
  openMenu(x: number, y: number): void;
  closeMenu(): void;
}

type Drag = 'crosshair' | 'pan' | 'grey';

const stillPx = 3;
const notchPx = 40;
const doubleMs = 350;
const zoomStep = 1.2;

/** Mouse and keyboard of one view. */
export function useGestures(element: Readonly<ShallowRef<HTMLElement | null>>, host: GestureHost): void {
  const view = useView();
  let drag: Drag | null = null;
  let last: readonly [number, number] = [0, 0];
  let travelled = 0;
  let scrolled = 0;
  let lastRightClick = 0;

  const placeOf = (event: MouseEvent): readonly [number, number] => {
    const box = element.value?.getBoundingClientRect();
    return [event.clientX - (box?.left ?? 0), event.clientY - (box?.top ?? 0)];
  };

  function goTo(slice: number): void {
    const { size } = host.stack().grid;
    const kept = Math.min(Math.max(slice, 0), size[2] - 1);
    view.centreOn(pointOnSlice(host.stack(), view.cameraOf(host.side()).pointMm, kept), host.side());
  }
  const step = (count: number): void => {
    goTo(host.slice() + count);
  };

  function changeOpacity(by: number): void {
    const of = host.side() === 'plan' ? 'dose' : 'map';
    view.opacity[of] = Math.min(1, Math.max(0, view.opacity[of] + by));
  }

  function wheel(event: WheelEvent): void {
    event.preventDefault();
    const delta = event.deltaY || event.deltaX;
    const [x, y] = placeOf(event);
    if (event.ctrlKey && event.shiftKey) {
      changeOpacity(delta < 0 ? 0.05 : -0.05);
    } else if (event.ctrlKey) {
      view.zoomBy(Math.exp(-Math.max(-120, Math.min(120, delta)) * 0.002), host.pointAt(x, y), host.side());
    } else {
      const whole = Math.abs(delta) >= notchPx || event.deltaMode !== 0;
      scrolled = whole ? 0 : scrolled + delta;
      const slices = whole ? Math.sign(delta) : Math.trunc(scrolled / notchPx);
      scrolled -= slices * (whole ? 0 : notchPx);
      if (slices !== 0) step(-slices * (event.shiftKey ? 10 : 1));
    }
    host.hover([x, y]);
  }

  function dragOf({ button, shiftKey }: PointerEvent): Drag | null {
    if (button === 1 || (button === 0 && shiftKey)) return 'pan';
    return button === 0 ? 'crosshair' : button === 2 ? 'grey' : null;
  }

  function pressed(event: PointerEvent): void {
    if ((event.target as Element).closest('[data-view-menu]')) return;
    host.closeMenu();
    drag = dragOf(event);
    if (!drag) return;
    event.preventDefault();
    element.value?.focus({ preventScroll: true });
    element.value?.setPointerCapture(event.pointerId);
    last = placeOf(event);
    travelled = 0;
    if (drag === 'crosshair') put(last);
  }

  function put([x, y]: readonly [number, number]): void {
    const point = host.pointAt(x, y);
    if (point) view.centreOn(point, host.side());
  }

  function pan([dx, dy]: readonly [number, number]): void {
    const [from, to] = [host.pointAt(0, 0), host.pointAt(dx, dy)];
    if (from && to) view.panBy(scale(subtract(to, from), -1), host.side());
  }

  function changeGrey([dx, dy]: readonly [number, number]): void {
    const { level, width } = view.cameraOf(host.side());
    const perPx = Math.max(0.5, width / 250);
    view.setGrey(Math.round(level - dy * perPx), Math.round(width + dx * perPx), host.side());
  }

  function moved(event: PointerEvent): void {
    const at = placeOf(event);
    const by = [at[0] - last[0], at[1] - last[1]] as const;
    travelled += Math.hypot(...by);
    if (drag === 'crosshair' || (!drag && event.shiftKey)) put(at);
    else if (drag === 'pan') pan(by);
    else if (drag === 'grey' && travelled >= stillPx) changeGrey(by);
    last = at;
    host.hover(at);
  }

  function released(event: PointerEvent): void {
    const ended = drag;
    drag = null;
    if (ended !== 'grey' || travelled >= stillPx) return;
    if (event.timeStamp - lastRightClick < doubleMs) {
      host.closeMenu();
      view.setPreset(view.opened?.modality === 'CT' ? 'soft' : 'full', host.side());
    } else host.openMenu(...placeOf(event));
    lastRightClick = event.timeStamp;
  }

  function doubled(event: MouseEvent): void {
    if ((event.target as Element).closest('[data-view-menu]')) return;
    const now = view.maximised;
    const side = host.side();
    if (now?.side !== side) view.maximised = { side, plane: null };
    else view.maximised = now.plane === null ? { side, plane: host.plane() } : null;
  }

  /** The view before or after this one, over the panes: axial, coronal, sagittal, other pane. */
  function focusNeighbour(by: 1 | -1): void {
    const views = [...document.querySelectorAll<HTMLElement>('[data-view]')];
    const at = views.findIndex((other) => other === element.value);
    views[(at + by + views.length) % views.length]?.focus();
  }

  function keyed(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const last = host.stack().grid.size[2] - 1;
    const keys: Readonly<Record<string, () => void>> = {
      ArrowUp: () => {
        step(1);
      },
      ArrowDown: () => {
        step(-1);
      },
      PageUp: () => {
        step(10);
      },
      PageDown: () => {
        step(-10);
      },
      Home: () => {
        goTo(0);
      },
      End: () => {
        goTo(last);
      },
      ArrowLeft: () => {
        focusNeighbour(-1);
      },
      ArrowRight: () => {
        focusNeighbour(1);
      },
      '+': () => {
        view.zoomBy(zoomStep, null, host.side());
      },
      '-': () => {
        view.zoomBy(1 / zoomStep, null, host.side());
      },
      '−': () => {
        view.zoomBy(1 / zoomStep, null, host.side());
      },
      '=': () => {
        view.refit(host.side());
      },
    };
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  const left = (): void => {
    if (!drag) host.hover(null);
  };
  const noMenu = (event: Event): void => {
    event.preventDefault();
  };
  const noAutoScroll = (event: MouseEvent): void => {
    if (event.button === 1) event.preventDefault();
  };

  const listeners = {
    wheel,
    pointerdown: pressed,
    pointermove: moved,
    pointerup: released,
    pointercancel: released,
    pointerleave: left,
    dblclick: doubled,
    contextmenu: noMenu,
    mousedown: noAutoScroll,
    keydown: keyed,
  };
  onMounted(() => {
    for (const [name, listener] of Object.entries(listeners))
      element.value?.addEventListener(name, listener as EventListener, { passive: false });
  });
  onBeforeUnmount(() => {
    for (const [name, listener] of Object.entries(listeners))
      element.value?.removeEventListener(name, listener as EventListener);
  });
}
