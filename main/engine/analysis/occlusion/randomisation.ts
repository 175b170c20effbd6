import type { OcclusionParameters } from '../../../../shared/analysis/occlusion';
import type { Randomisation } from '../../../../shared/analysis/occlusionFurther';
import type { Node } from '../../network/graph';
import type { LoadedNetwork } from '../../network/network';
import { neededNodes } from '../../network/execute';
import type { Step } from '../analysis';
import { ready } from '../cuttable';
import { freshWeights, groupsFromTop, ownLaw } from '../freshWeights';
import { kernelLayersOf } from '../kernelLayer';
import { quantile } from '../statistics/quantile';
import { rankCorrelation } from '../statistics/rankCorrelation';
import type { HidingSetting } from './hiding';
import { occluderFor } from './incremental';
import type { Mapped } from './inquiry';
import { evenly } from './lattice';
import type { LatticeOnInput } from './places';
import { runLattice } from './run';
import { readIntact } from './score';
import { testedPositions } from './tested';

/** Positions of one map: a rank correlation of more tells little more. */
const mostPositions = 150;
/** Fewer tell nothing. */
const fewestPositions = 10;
const fewestSeeds = 5;
/** Steps from the output down, the last of which is the whole network. */
const mostSteps = 4;
/** A map may be so much more like a random network's than two of those are like each other. Source: methods §1.4, Sanity. */
const margin = 0.05;

/** The last of each step's groups, and all nodes that are drawn anew by then. */
interface CascadeStep {
  readonly node: string;
  readonly layers: number;
  readonly nodes: readonly Node[];
}

/** From the output down, in at most four steps; the last is every layer. */
function stepsOf(nodes: readonly Node[]): readonly CascadeStep[] {
  const groups = groupsFromTop(nodes);
  const count = Math.min(mostSteps, groups.length);
  return Array.from({ length: count }, (_, n) => {
    const layers = Math.round(((n + 1) * groups.length) / count);
    const own = groups.slice(0, layers);
    return { node: own.at(-1)?.at(-1)?.name ?? '', layers, nodes: own.flat() };
  });
}

/** Networks that are drawn at most for each that is wanted: one that answers the same wherever something is hidden tells nothing. */
const mostDraws = 2;

/** Forward passes in batch entries, where every network drawn answers. */
export function randomisationCost(
  on: LatticeOnInput,
  network: LoadedNetwork,
  { randomisationSeeds }: Pick<OcclusionParameters, 'randomisationSeeds'>,
  { prepared }: Pick<HidingSetting, 'prepared'>,
): { readonly passes: number; readonly seconds: number } {
  const entries = prepared.array.shape[0] ?? 1;
  const maps = randomisationSeeds * Math.min(mostSteps, groupsFromTop(network.graph.nodes).length);
  return { passes: maps * (Math.min(mostPositions, on.lattice.count) + entries), seconds: 0 };
}

export interface RandomisationSetting {
  readonly mapped: Mapped;
  readonly on: LatticeOnInput;
  /** Network order. */
  readonly body: Uint8Array;
  readonly memoryBytes: number;
  readonly seed: number;
  readonly seeds: number;
  readonly signal: AbortSignal;
}

/** Maps of the same network with weights drawn anew, held against the map. On cancel it ends without a finding. */
export async function* randomised(
  setting: RandomisationSetting,
): AsyncGenerator<Step, { readonly randomisation: Randomisation | null; readonly stopped: boolean }> {
  const { mapped, on, body, seeds, seed, signal } = setting;
  const { network, reader } = mapped.scoring;
  const { withWeights, format } = network;
  if (!withWeights) return { randomisation: null, stopped: false };
  const steps = stepsOf(neededNodes(network.graph, [reader.fetch]));
  const tested = testedPositions(mapped.run, on, body, reader);
  const visited = evenly(tested, mostPositions);
  const picked = (drops: Float64Array): readonly number[] => Array.from(visited, (position) => drops[position] ?? NaN);
  const own = picked(mapped.run.drops);
  const found: (readonly number[])[][] = steps.map(() => []);
  const all = steps.length * seeds;
  let [passes, done, silent, drawn] = [0, 0, 0, 0];
  try {
    for (; drawn < mostDraws * seeds && drawn - silent < seeds; drawn++) {
      // The whole network first: where that is silent, its steps are not looked at.
      for (const [at, step] of [...steps.entries()].reverse()) {
        const random = withWeights(freshWeights(step.nodes, format, seed + drawn));
        try {
          const mapping = mapOf(setting, { ...on, visited }, random);
          let next = await mapping.next();
          for (; !next.done; next = await mapping.next())
            yield { kind: 'progress', done: Math.min(1, (done + next.value) / all), stage: 'random weights' };
          if (signal.aborted) return { randomisation: null, stopped: true };
          passes += visited.length + (mapped.scoring.prepared.array.shape[0] ?? 1);
          const map = picked(next.value);
          if (at === steps.length - 1 && isEven(map)) {
            silent += 1;
            break;
          }
          found[at]?.push(map);
        } finally {
          random.close();
        }
        yield { kind: 'progress', done: Math.min(1, ++done / all), stage: 'random weights' };
      }
    }
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
    return { randomisation: null, stopped: true };
  }
  const like = (maps: readonly (readonly number[])[]): (number | null)[] => maps.map((map) => likeness(own, map));
  const whole = found.at(-1) ?? [];
  const between = whole.flatMap((a, i) => whole.slice(i + 1).map((b) => likeness(a, b)));
  return {
    randomisation: {
      ...outcomeOf(like(whole), between, visited.length),
      positions: visited.length,
      of: tested.length,
      seeds,
      silent,
      cascade: steps.map(({ node, layers }, at) => {
        const likenesses = like(found[at] ?? []);
        return { node, layers, likeness: mean(known(likenesses)), likenesses };
      }),
      laws: lawsOf(steps.at(-1)?.nodes ?? [], network),
      passes,
    },
    stopped: false,
  };
}

/** The drops of one random network at the positions visited. Yields the share done. */
async function* mapOf(
  { mapped, memoryBytes, signal }: RandomisationSetting,
  on: LatticeOnInput,
  network: LoadedNetwork,
): AsyncGenerator<number, Float64Array> {
  const { prepared, reader } = mapped.scoring;
  const intact = await readIntact(network, prepared, reader, memoryBytes, signal);
  const scoring = { ...mapped.scoring, network, intact };
  const quick = Number.isFinite(intact.baseline) ? await occluderFor(scoring, on, memoryBytes) : null;
  try {
    const running = runLattice(scoring, on, { occluder: quick?.occluder ?? null, memoryBytes }, () => ready(null));
    let step = await running.next();
    for (; !step.done; step = await running.next()) yield step.value.kind === 'progress' ? step.value.done : 0;
    return step.value.drops;
  } finally {
    quick?.occluder.close();
  }
}

/** The same everywhere, or no number. */
const isEven = (map: readonly number[]): boolean => map.every((drop) => Number.isNaN(drop) || drop === map[0]);

/** |Spearman's ρ|; null where either map is even or no number. */
export function likeness(a: readonly number[], b: readonly number[]): number | null {
  const rho = [...a, ...b].every(Number.isFinite) ? Math.abs(rankCorrelation(a, b)) : NaN;
  return Number.isFinite(rho) ? rho : null;
}

const known = (values: readonly (number | null)[]): number[] => values.filter((value) => value !== null);

const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * Passed where the map is no more like those of random networks than these are like one another, give or take 0.05; and never where it is theirs but
 * for 0.05, as then the image alone makes them all. *Source* methods §1.4, Sanity (Adebayo 2018).
 */
export function outcomeOf(
  likenesses: readonly (number | null)[],
  between: readonly (number | null)[],
  positions: number,
): Pick<Randomisation, 'outcome' | 'likeness' | 'likenesses' | 'between95' | 'limit'> {
  const [own, pairs] = [known(likenesses), known(between)];
  const like = mean(own);
  const between95 = pairs.length > 0 ? quantile(pairs, 0.95) : null;
  const limit = between95 === null ? null : Math.min(between95 + margin, 1 - margin);
  const enough = own.length >= fewestSeeds && positions >= fewestPositions && like !== null && limit !== null;
  return {
    outcome: !enough ? 'undetermined' : like < limit ? 'passed' : 'mirrors-the-image',
    likeness: like,
    likenesses: [...likenesses],
    between95,
    limit,
  };
}

/** How many layers were drawn from which law. */
function lawsOf(nodes: readonly Node[], { format }: LoadedNetwork): Randomisation['laws'] {
  const counts = new Map<string, Randomisation['laws'][number]>();
  for (const node of nodes.filter((own) => kernelLayersOf(own).length > 0)) {
    const { law, from } = ownLaw(node, format);
    const key = `${law} ${from}`;
    counts.set(key, { law, from, layers: (counts.get(key)?.layers ?? 0) + 1 });
  }
  return [...counts.values()];
}
