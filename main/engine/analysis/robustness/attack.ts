import { setImmediate as nextTurn } from 'node:timers/promises';
import { IsolensError } from '../../../../shared/problem/problem';
import type { FamilyId } from '../../../../shared/analysis/robustnessFamilies';
import { entries, entrySize, inputsOf } from '../feed';
import { batchOf } from '../forward';
import type { Fetch, NetworkArray } from '../../network/network';
import type { AttackScore } from './judge';
import type { Making } from './family';

/** Everything that an attack on the first input needs, in network units. */
export interface Attacked {
  readonly clean: Float32Array;
  /** Network units per HU of each value, 0 where a value is no image: contours and doses are left alone. */
  readonly perHu: Float32Array;
  readonly score: AttackScore;
  /** The score and its slope by every value of the first input, at an input. */
  slope(at: Float32Array, score?: AttackScore): Promise<{ readonly value: number; readonly gradient: Float32Array }>;
  value(at: Float32Array): Promise<number>;
  /** Within ±ε HU of the clean input. */
  within(at: Float32Array, hu: number): Float32Array;
}

const keyOf = ({ node, stage }: Fetch): string => (stage === 'output' ? node : `${node}:preActivation`);

/** *Problems* robustness/needs-gradient, network/cannot-differentiate. */
export function attackedOf({ subject, judge, signal }: Making, family: FamilyId): Attacked {
  const { context, input } = subject;
  const { network, memoryBytes } = context;
  const { prepared } = input;
  const { attack: score } = judge;
  const gradientOf = network.gradient;
  if (!gradientOf || score === null) throw new IsolensError('robustness/needs-gradient', { family });
  const name = network.graph.inputs[0]?.name ?? 'input';
  const depth = prepared.array.shape.at(-1) ?? 1;
  const { transforms } = prepared;
  const perHu = Float32Array.from(prepared.array.values, (_, v) => {
    const transform = transforms?.length === depth ? transforms[v % depth] : undefined;
    return transform === undefined ? 1 : transform.kind === 'image' ? Math.abs(transform.slope) : 0;
  });
  const total = prepared.array.shape[0] ?? 1;
  const batch = Math.max(1, Math.min(total, Math.floor(batchOf(network, prepared, memoryBytes) / 2)));

  function fed(at: Float32Array, from: number, to: number): Readonly<Record<string, NetworkArray>> {
    const all = { ...inputsOf(network, prepared), [name]: { shape: prepared.array.shape, values: at } };
    return Object.fromEntries(Object.entries(all).map(([own, array]) => [own, entries(array, from, to)]));
  }
  const part = (array: NetworkArray, from: number): NetworkArray =>
    ({ ...array, from }) as NetworkArray & { from: number };

  return {
    clean: prepared.array.values,
    perHu,
    score,
    async slope(at, own = score) {
      const gradient = new Float32Array(at.length);
      const size = entrySize(prepared.array);
      let value = 0;
      for (let from = 0; from < total; from += batch) {
        if (signal.aborted) throw new IsolensError('engine/cancelled');
        const to = Math.min(total, from + batch);
        const answer = await gradientOf(
          {
            inputs: fed(at, from, to),
            fetch: own.fetch,
            cotangent: (fetched) => own.cotangent(part(fetched, from)),
            wrt: [name],
          },
          signal,
        );
        value += own.value(part(answer.fetched, from)) * own.weight(to - from, total);
        gradient.set((answer.gradients.get(name) as NetworkArray).values, from * size);
        await nextTurn();
      }
      return { value, gradient };
    },
    async value(at) {
      let value = 0;
      for (let from = 0; from < total; from += batch) {
        const to = Math.min(total, from + batch);
        const found = await network.run(fed(at, from, to), [score.fetch], signal);
        value +=
          score.value(part(found.get(keyOf(score.fetch)) as NetworkArray, from)) * score.weight(to - from, total);
      }
      return value;
    },
    within: (at, hu) =>
      at.map((value, v) => {
        const [middle, reach] = [prepared.array.values[v] as number, hu * (perHu[v] as number)];
        return Math.min(middle + reach, Math.max(middle - reach, value));
      }),
  };
}

/** What is added to an input, for a change. */
export const addedTo = (clean: Float32Array, at: Float32Array): Float32Array =>
  at.map((value, v) => value - (clean[v] as number));
