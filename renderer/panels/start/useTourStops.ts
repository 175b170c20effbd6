import { computed, type ComputedRef } from 'vue';
import { useComparison } from '../../stores/comparison';
import { useDemo } from '../../stores/demo';
import { useNetworks } from '../../stores/networks';
import { usePreferences } from '../../stores/preferences';
import { useProblems } from '../../stores/problems';
import { useStudies } from '../../stores/studies';
import { useTour } from '../../stores/tour';
import { useWorkbench } from '../../stores/workbench';
import { isNamed, tourStops, type TourStop } from './questionTour';
import { useActions } from './useActions';

export interface TourStops {
  /** The stops whose networks are open. */
  readonly stops: ComputedRef<readonly TourStop[]>;
  /** Where it was left, or null. */
  readonly left: ComputedRef<string | null>;
  /** Begins it, or goes on where it was left; opens the demo where it is not. */
  readonly begin: () => void;
  readonly goTo: (stop: TourStop) => void;
}

/** The tour of the questions on the demo's networks: each stop opens its network and patient and goes to its tab. */
export function useTourStops(): TourStops {
  const comparison = useComparison();
  const demo = useDemo();
  const networks = useNetworks();
  const studies = useStudies();
  const preferences = usePreferences();
  const problems = useProblems();
  const tour = useTour();
  const workbench = useWorkbench();
  const actions = useActions();

  const networkOf = ({ network }: TourStop) => networks.networks.find(({ path }) => isNamed(path, network));
  const stops = computed(() => tourStops.filter((stop) => networkOf(stop) !== undefined));
  const left = computed(() => preferences.preferences.tourStop ?? null);

  async function open(stop: TourStop): Promise<void> {
    await tour.show(stop.key);
    workbench.help = null;
    workbench.choose(stop.mode);
    const network = networkOf(stop);
    if (network) networks.choose(network.id);
    if (stop.layer !== undefined) networks.chooseNode(stop.layer);
    if (stop.beside)
      comparison.only(
        networks.networks.filter(({ path }) => stop.beside?.some((name) => isNamed(path, name))).map(({ id }) => id),
      );
    const study = studies.summaries.find(({ path }) => isNamed(path, stop.patient));
    if (study && studies.detail?.id !== study.id) await studies.open(study.id);
    await actions.afterOpening();
  }

  function goTo(stop: TourStop): void {
    void problems.guard(() => open(stop));
  }

  function begin(): void {
    void problems.guard(async () => {
      if (stops.value.length === 0) await demo.open();
      const [first] = stops.value;
      const again = stops.value.find(({ key }) => key === left.value) ?? first;
      if (again) await open(again);
    });
  }

  return { stops, left, begin, goTo };
}
