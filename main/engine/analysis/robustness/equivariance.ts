import type { EquivarianceShift, InputEquivariance } from '../../../../shared/analysis/robustnessEquivariance';
import type { NetworkArray } from '../../network/network';
import type { PreparedInput } from '../../recipe/preparedInput';
import type { Context, OpenInput } from '../analysis';
import { receptiveFieldOf } from '../receptiveField';
import { ask } from './ask';

/** Voxels along the columns after which the network does the same again: the step of its coarsest map. */
export function periodOf({ network }: Pick<Context, 'network'>): number {
  const steps = network.description.nodes.map(({ name }) => receptiveFieldOf(network, name)?.step.at(-1) ?? 0);
  return Math.max(1, ...steps.map((step) => Math.ceil(step - 1e-9)));
}

/** By one voxel, by half of the period, and by the whole of it. */
export const shiftsOf = (period: number): readonly number[] =>
  [...new Set([1, Math.floor(period / 2), period])].filter((n) => n > 0).sort((a, b) => a - b);

/** The array moved along its columns; what comes in is the first column again. */
export function moved({ shape, values }: NetworkArray, by: number): NetworkArray {
  const depth = shape.at(-1) ?? 1;
  const columns = shape.at(-2) ?? 1;
  const next = new Float32Array(values.length);
  const row = columns * depth;
  for (let from = 0; from < values.length; from += row) {
    for (let c = 0; c < columns; c++) {
      const source = from + Math.max(0, c - by) * depth;
      next.set(values.subarray(source, source + depth), from + c * depth);
    }
  }
  return { shape, values: next };
}

interface Inside {
  /** Columns [from, to) of the map whose field neither leaves the input nor holds what came in, moved or not. */
  readonly from: number;
  readonly to: number;
  readonly border: InputEquivariance['border'];
}

/** The middle half where a voxel sees so far that none of them keeps off the border. */
function insideOf({ network }: Context, node: string, columns: number, input: number, by: number): Inside {
  const field = receptiveFieldOf(network, node);
  const [size, step, start] = [field?.size.at(-1) ?? null, field?.step.at(-1) ?? 0, field?.start.at(-1) ?? 0];
  if (size !== null && step > 0) {
    const from = Math.max(0, Math.ceil(-start / step));
    const to = Math.min(columns, Math.floor((input - by - start - size) / step) + 1);
    if (to > from) return { from, to, border: 'kept-off' };
  }
  return { from: Math.floor(columns / 4), to: Math.ceil((3 * columns) / 4) - Math.ceil(by), border: 'reached' };
}

/** The label of each place: the largest channel, or of a single one whether it is above the middle. */
function labelAt(values: Float32Array, at: number, depth: number, threshold: number): number {
  if (depth === 1) return (values[at] as number) > threshold ? 1 : 0;
  let best = 0;
  for (let c = 1; c < depth; c++) if ((values[at + c] as number) > (values[at + best] as number)) best = c;
  return best;
}

/** What moving the input changes beside moving the answer. `by` in columns of the answer. */
function compared(
  [still, answer]: readonly [NetworkArray, NetworkArray],
  by: number,
  { from, to }: Pick<Inside, 'from' | 'to'>,
  { kind, unitGy, threshold }: Reading,
): Omit<EquivarianceShift, 'voxels' | 'wholePeriods'> {
  const depth = still.shape.at(-1) ?? 1;
  const columns = still.shape.length > 2 ? (still.shape.at(-2) ?? 1) : 1;
  const row = columns * depth;
  let [largest, squares, size, sum, n] = [0, 0, 0, 0, 0];
  const own = new Map<number, { before: number; after: number; both: number }>();
  const count = (label: number, key: 'before' | 'after' | 'both'): void => {
    const tally = own.get(label) ?? { before: 0, after: 0, both: 0 };
    own.set(label, { ...tally, [key]: tally[key] + 1 });
  };
  for (let begin = 0; begin < still.values.length; begin += row)
    for (let c = from; c < to; c++) {
      const [a, b] = [begin + c * depth, begin + (c + by) * depth];
      for (let d = 0; d < depth; d++) {
        const difference = (answer.values[b + d] as number) - (still.values[a + d] as number);
        largest = Math.max(largest, Math.abs(difference));
        squares += difference * difference;
        size += (still.values[a + d] as number) ** 2;
        sum += Math.abs(difference);
        n++;
      }
      if (kind !== 'segmentation') continue;
      const before = labelAt(still.values, a, depth, threshold);
      const after = labelAt(answer.values, b, depth, threshold);
      count(before, 'before');
      count(after, 'after');
      if (before === after) count(before, 'both');
    }
  const labels = [...own]
    .filter(([label]) => label > 0)
    .map(([, tally]) => (2 * tally.both) / (tally.before + tally.after));
  return {
    largest,
    relative: size > 0 ? Math.sqrt(squares / size) : null,
    dice: kind === 'segmentation' && labels.length > 0 ? labels.reduce((a, b) => a + b, 0) / labels.length : null,
    meanGy: kind === 'dose' && n > 0 ? (unitGy * sum) / n : null,
  };
}

interface Reading {
  readonly kind: 'classification' | 'segmentation' | 'dose' | 'other';
  readonly unitGy: number;
  /** Of a single channel: the value from which a voxel has the label. */
  readonly threshold: number;
}

function readingOf({ recipe, network }: Context, node: string): Reading {
  const output = recipe?.output;
  if (output?.kind === 'regression') return { kind: 'dose', unitGy: output.unitGy, threshold: 0.5 };
  if (output?.kind !== 'segmentation') return { kind: output?.kind ?? 'other', unitGy: 1, threshold: 0.5 };
  const activation = network.description.nodes.find(({ name }) => name === node)?.activation;
  return { kind: 'segmentation', unitGy: 1, threshold: activation === 'sigmoid' ? 0.5 : 0 };
}

/**
 * Equivariance error of one input: the network's answer to the moved input against its moved answer. By whole periods of its coarsest map the
 * two agree exactly away from the border; by one voxel what is left is aliasing. null for a network of several inputs.
 * *Source* Zhang 2019; methods §3, equivariance error.
 */
export async function equivarianceOf(
  { prepared }: Pick<OpenInput, 'prepared'>,
  context: Context,
  signal: AbortSignal,
): Promise<InputEquivariance | null> {
  const [output] = context.network.graph.outputs;
  if (!output || context.network.graph.inputs.length !== 1 || prepared.array.shape.length < 3) return null;
  const { node } = output;
  const input = prepared.array.shape.at(-2) ?? 1;
  const period = periodOf(context);
  const by = shiftsOf(period).filter((voxels) => 4 * voxels <= input);
  const fetches = [{ node, stage: 'output' as const }];
  const read = async (array: NetworkArray): Promise<NetworkArray> => {
    const { arrays: _, ...own } = prepared;
    const state: PreparedInput = { ...own, array };
    const [answer] = await ask(context, [state], fetches, signal);
    const found = answer?.get(node);
    if (!found) throw new Error(`the network gave no map of ${node}`);
    return found;
  };
  const still = await read(prepared.array);
  const spatial = still.shape.length === prepared.array.shape.length;
  const columns = spatial ? (still.shape.at(-2) ?? 1) : 1;
  const step = input / columns;
  const shifts: EquivarianceShift[] = [];
  let border: InputEquivariance['border'] = spatial ? 'kept-off' : 'reached';
  for (const voxels of by) {
    const along = voxels / step;
    // A coarser answer moves by whole places alone.
    if (spatial && !Number.isInteger(along)) continue;
    const answer = await read(moved(prepared.array, voxels));
    const inside = spatial ? insideOf(context, node, columns, input, voxels) : { from: 0, to: 1, border };
    border = inside.border;
    if (inside.to <= inside.from) continue;
    shifts.push({
      voxels,
      wholePeriods: voxels % period === 0,
      ...compared([still, answer], spatial ? along : 0, inside, readingOf(context, node)),
    });
  }
  return { period, border, shifts };
}
