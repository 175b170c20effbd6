import type { WeightPath } from '../../../../shared/analysis/comparePath';
import { mixedNetwork, sameArchitecture } from '../../network/mixed';
import type { Context, ComparedNetwork, OpenInput, Step } from '../analysis';
import { forward } from '../forward';
import { meanInterval } from '../statistics/meanInterval';
import type { Counterparts } from './counterpart';
import type { Kept } from './kept';
import { losses, lossOf } from './loss';

/** Shares of the other network's weights, both ends included. */
export const sharesOf = (sweeps: number): number[] => Array.from({ length: sweeps }, (_, n) => n / (sweeps - 1));

/** Whether the weights of a network can be mixed with the reference's. */
export const canMix = (reference: ComparedNetwork, other: ComparedNetwork, matched: Counterparts): boolean =>
  sameArchitecture(reference.network.graph, other.network.graph, (name) => matched.of.get(name));

/** The loss of one input at each share of the way to each other network; empty where there is no truth to be wrong about. */
export async function* lossesAlong(
  input: OpenInput,
  context: Context,
  others: readonly (readonly [network: ComparedNetwork, matched: Counterparts])[],
  sweeps: number,
  signal: AbortSignal,
): AsyncGenerator<Step, Kept['path']> {
  const loss = lossOf(context, input);
  if (!loss) return null;
  const found: Record<string, readonly (number | null)[]> = {};
  const shares = sharesOf(sweeps);
  for (const [at, [other, matched]] of others.entries()) {
    const along: (number | null)[] = [];
    for (const [n, share] of shares.entries()) {
      const mixed = mixedNetwork(context.network.graph, (name) => matched.of.get(name), share);
      try {
        const network = { ...context.network, run: mixed.run };
        const running = forward({ ...context, network }, input.prepared, signal);
        let step = await running.next();
        while (!step.done) step = await running.next();
        const [output] = step.value;
        along.push(output ? loss.of(output) : null);
      } finally {
        mixed.close();
      }
      yield { kind: 'progress', done: (at + (n + 1) / shares.length) / others.length, stage: 'path' };
    }
    found[other.name] = along;
  }
  return { kind: loss.kind, losses: found };
}

/** One curve a patient: the mean over the patient's inputs, where all its points are known. */
function curvesOf(network: string, inputs: Iterable<Kept>): number[][] {
  const sums = new Map<string, { sum: number[]; n: number }>();
  for (const { patient, path } of inputs) {
    const own = path?.losses[network];
    if (!own || own.includes(null)) continue;
    const before = sums.get(patient) ?? { sum: own.map(() => 0), n: 0 };
    sums.set(patient, { sum: before.sum.map((value, at) => value + (own[at] ?? 0)), n: before.n + 1 });
  }
  return [...sums.values()].map(({ sum, n }) => sum.map((value) => value / n));
}

function kindOf(inputs: Iterable<Kept>): keyof typeof losses | null {
  for (const { path } of inputs) if (path) return path.kind;
  return null;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * The way from the reference's weights to each other network's, in the mean over patients; the barrier is its largest excess over the chord,
 * with the interval of the patients' own excess there. *Source* Frankle 2020, section 2 (linear mode connectivity).
 */
export function pathsOf(
  reference: ComparedNetwork,
  networks: readonly ComparedNetwork[],
  matched: ReadonlyMap<string, Counterparts>,
  sweeps: number,
  each: () => Iterable<Kept>,
): WeightPath[] {
  if (sweeps === 0) return [];
  const shares = sharesOf(sweeps);
  const kind = kindOf(each());
  return networks
    .filter(({ name }) => name !== reference.name)
    .map((other): WeightPath => {
      const own = matched.get(other.name);
      const mixes = own !== undefined && canMix(reference, other, own);
      const curves = mixes ? curvesOf(other.name, each()) : [];
      const none = { points: [], barrier: null, at: null, mixedStatistics: false };
      const head = { network: other.name, patients: curves.length };
      if (!kind || curves.length === 0)
        return { ...head, ...none, loss: null, reason: mixes ? 'no-truth' : 'other-architecture' };
      const { said, unit } = losses[kind];
      const points = shares.map((share, at) => ({ share, loss: mean(curves.map((curve) => curve[at] ?? NaN)) }));
      const excessAt = (curve: readonly number[], at: number): number => {
        const share = shares[at] ?? 0;
        return (curve[at] ?? NaN) - (1 - share) * (curve[0] ?? NaN) - share * (curve.at(-1) ?? NaN);
      };
      const excess = shares.map((_, at) => mean(curves.map((curve) => excessAt(curve, at))));
      const highest = excess.reduce((best, value, at) => (value > (excess[best] ?? 0) ? at : best), 0);
      const { value, ci95 } = meanInterval(curves.map((curve) => excessAt(curve, highest)));
      return {
        ...head,
        loss: { said, unit },
        reason: null,
        points,
        barrier: ci95 && highest > 0 ? { value, ci95: [ci95[0], ci95[1]] } : value,
        at: shares[highest] ?? null,
        mixedStatistics: reference.network.graph.nodes.some(({ op }) => /^batchNorm/i.test(op)),
      };
    });
}
