import { onBeforeUnmount, onMounted } from 'vue';
import { greyPresets, useView } from '../../stores/view';
import { useHiding } from '../../stores/hiding';
import { useJobs } from '../../stores/jobs';
import { modes, useWorkbench } from '../../stores/workbench';
import { useActions } from '../start/useActions';

/** The order in which F6 goes through the window. */
const regions = ['title', 'modes', 'answer', 'plan', 'network-pane', 'bottom', 'network', 'study', 'status'] as const;

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLInputElement || target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement;

function goToRegion(step: 1 | -1): void {
  const there = regions.flatMap((name) => {
    const element = document.querySelector<HTMLElement>(`[data-region="${name}"]`);
    return element ? [element] : [];
  });
  const now = there.findIndex((element) => element.contains(document.activeElement));
  const next = there[(now + step + there.length) % there.length];
  const inside = next?.querySelector<HTMLElement>('[tabindex="0"], button:not([tabindex="-1"]), select, input');
  if (next?.tabIndex === -1 && next.hasAttribute('tabindex')) next.focus();
  else inside?.focus();
}

/** The keys that work everywhere. Digits are read by place, letters by character, so that AZERTY works. */
export function useKeys({ find }: { find: () => void }): void {
  const view = useView();
  const workbench = useWorkbench();
  const jobs = useJobs();
  const actions = useActions();
  const hiding = useHiding();
  let heldSince = 0;
  let mapsBefore: { map: boolean; wash: boolean } | null = null;

  function cancelOrBack(): void {
    if (workbench.help !== null) workbench.help = null;
    else if (workbench.drawer !== null) workbench.drawer = null;
    else if (workbench.wantsRecipe) workbench.wantsRecipe = false;
    else if (view.maximised !== null) view.maximised = null;
    else if (jobs.running.length > 0) actions.cancel();
  }

  function overlaysOff(event: KeyboardEvent): void {
    if (event.repeat) return;
    heldSince = event.timeStamp;
    mapsBefore = { map: view.shown.map, wash: view.shown.wash };
    const off = !(view.shown.map || view.shown.wash);
    view.shown.map = off;
    view.shown.wash = off;
  }

  /** A tap keeps what it switched; after a hold the overlays come back as they were. */
  function overlaysBack(event: KeyboardEvent): void {
    if (mapsBefore && event.timeStamp - heldSince > 350) Object.assign(view.shown, mapsBefore);
    mapsBefore = null;
  }

  function withControl(event: KeyboardEvent): boolean {
    const digit = /^Digit([1-5])$/.exec(event.code)?.[1];
    if (digit !== undefined) {
      view.setPreset(greyPresets[Number(digit) - 1]?.id ?? 'full');
      return true;
    }
    switch (event.key.toLowerCase()) {
      case 'enter':
        actions.runMode();
        return true;
      case 'o':
        if (event.shiftKey) actions.openNetworkFile();
        else actions.openStudyFolder();
        return true;
      case 'p':
        actions.print();
        return true;
      case 'k':
        find();
        return true;
      default:
        return false;
    }
  }

  function plain(event: KeyboardEvent): boolean {
    const digit = /^Digit([1-6])$/.exec(event.code)?.[1];
    const mode = digit === undefined ? undefined : modes[Number(digit) - 1];
    if (mode) {
      workbench.choose(mode);
      return true;
    }
    switch (event.key.toLowerCase()) {
      case 'c':
        view.shown.contours = !view.shown.contours;
        return true;
      case 'd':
        view.shown.wash = !view.shown.wash;
        return true;
      case 'o':
        view.shown.isodoses = !view.shown.isodoses;
        return true;
      case 'h':
        view.shown.map = !view.shown.map;
        return true;
      case 'l':
        view.setLinked(!view.linked);
        return true;
      case 'x':
        view.swapped = !view.swapped;
        return true;
      case 'p':
        actions.pin();
        return true;
      case 'm':
        hiding.start();
        return true;
      case 'v':
        workbench.spoken++;
        return true;
      case 'i':
        view.inverted = !view.inverted;
        return true;
      case 'r':
        view.reset();
        return true;
      case '?':
        workbench.help = workbench.help === 'keys' ? null : 'keys';
        return true;
      default:
        return false;
    }
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'F6') goToRegion(event.shiftKey ? -1 : 1);
    else if (event.key === 'F1') workbench.help = workbench.help === 'help' ? null : 'help';
    else if (event.key === 'Escape') cancelOrBack();
    else if (event.ctrlKey || event.metaKey) {
      if (!withControl(event)) return;
    } else if (event.altKey || typing(event.target)) return;
    else if (event.key === ' ') {
      if (
        event.target instanceof HTMLButtonElement ||
        (event.target instanceof HTMLElement && event.target.tagName === 'SUMMARY')
      )
        return;
      overlaysOff(event);
    } else if (event.key === 'Enter' && workbench.tourStep !== null) return;
    else if (!plain(event)) return;
    event.preventDefault();
  }

  function onKeyUp(event: KeyboardEvent): void {
    if (event.key === ' ') overlaysBack(event);
    if (event.key.toLowerCase() === 'm') hiding.stop();
  }

  onMounted(() => {
    window.addEventListener('keydown', onKeyDown);
    window.addEventListener('keyup', onKeyUp);
    window.addEventListener('blur', hiding.stop);
  });
  onBeforeUnmount(() => {
    window.removeEventListener('keydown', onKeyDown);
    window.removeEventListener('keyup', onKeyUp);
    window.removeEventListener('blur', hiding.stop);
  });
}
