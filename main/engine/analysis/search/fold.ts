import type { SearchParameters } from '../../../../shared/analysis/search';
import type { Part } from '../analysis';
import { contestOf, enter, type Contender, type Contest } from './contest';
import { pool, pooledOf, type Pooled } from './dissection';
import { addReach, reachingOf, type Reaching } from './reach';
import { unpackCounts, unpackPlaces, type Kept, type KeptLayer, type KeptPlace } from './kept';

/** A place of one neuron with the input that it is of. */
export interface Entrant extends Contender {
  readonly kept: Kept;
  readonly layer: KeptLayer;
  readonly place: KeptPlace;
  /** Which of the input's places of this neuron. */
  readonly nth: number;
}

/** One neuron over the inputs so far. */
export interface Standing {
  readonly node: string;
  readonly channel: number;
  readonly contest: Contest<Entrant>;
  readonly pooled: Pooled | null;
  readonly reaching: Reaching;
}

/** All neurons over the inputs so far, in the graph's order. */
export interface Fold {
  readonly parts: number;
  readonly last: Part | null;
  readonly patients: Set<string>;
  /** What is known of each input without its places. */
  readonly inputs: Pick<Kept, 'spacing' | 'physical'>[];
  readonly neurons: Map<string, Standing>;
}

/** A run concludes after each of its inputs: what the inputs before left is remembered, and the sum is the same as from the start. */
const folds = new WeakMap<SearchParameters, Fold>();

/** More places of one input than a search keeps. */
const mostPlaces = 64;

/** Folds parts in the job's order. */
export function foldOf(parts: readonly Part[], parameters: SearchParameters): Fold {
  const known = folds.get(parameters);
  const goesOn = known !== undefined && known.parts <= parts.length && (parts[known.parts - 1] ?? null) === known.last;
  const before = goesOn ? known : { parts: 0, last: null, patients: new Set<string>(), inputs: [], neurons: new Map() };
  const fold: Fold = { ...before, parts: parts.length, last: parts.at(-1) ?? null };
  parts.slice(before.parts).forEach((part, n) => {
    add(fold, part.kept as Kept, before.parts + n, parameters);
  });
  folds.set(parameters, fold);
  return fold;
}

function add(
  { patients, inputs, neurons }: Fold,
  kept: Kept,
  n: number,
  { top, extreme, perPatient }: SearchParameters,
): void {
  patients.add(kept.patient);
  inputs.push({ spacing: kept.spacing, physical: kept.physical });
  for (const layer of kept.layers) {
    for (const [at, places] of unpackPlaces(layer.places).entries()) {
      const channel = layer.channels[at] ?? at;
      const key = `${layer.node}/${String(channel)}`;
      const counts = kept.counts[key];
      const standing = neurons.get(key) ?? {
        node: layer.node,
        channel,
        // Bands are drawn from all patients, each with its strongest place.
        contest: extreme === 'bands' ? contestOf<Entrant>(Infinity, 1) : contestOf<Entrant>(top, perPatient),
        pooled: counts === undefined ? null : pooledOf(),
        reaching: reachingOf(),
      };
      neurons.set(key, standing);
      const reach = kept.reach[key];
      if (reach) addReach(standing.reaching, reach);
      for (const [nth, place] of places.entries()) {
        const order = n * mostPlaces + nth;
        enter(standing.contest, { rank: place.rank, order, patient: kept.patient, kept, layer, place, nth });
      }
      if (counts !== undefined && standing.pooled)
        pool(standing.pooled, unpackCounts(counts, kept.regions.length), kept.patient, kept.regions);
    }
  }
}
