import type { FilterMatching } from '../../../../shared/analysis/compareMatching';
import type { NetworkGraph, Weight } from '../../network/graph';
import { hasFilters } from '../layers';
import { bestAssignment } from '../statistics/assignment';
import { drawsOf } from '../statistics/draws';
import { mainWeight } from './counterpart';

/** Of the reference's nodes with filters, which channel of the other network each of their channels goes with. */
export type InputOrders = Map<string, readonly number[]>;
export const noOrders = (): InputOrders => new Map<string, readonly number[]>();

/** Filters of so many weights match by chance: unrelated ones reach a mean cosine of two thirds. *Source* methods §1.6. */
export const refusedUpTo = 9;
/** A match must go so far of the way from what chance gives to one. */
const share = 0.5;
/** Multiply-adds from which one draw of random filters must do. */
const costly = 2e7;

/**
 * In which order the other network's channels enter a node: as they stand where it reads the input, in the order found for the layer
 * before it; null where they come from several, or nothing is known of them.
 */
function orderInto(graph: NetworkGraph, name: string, orders: InputOrders): readonly number[] | null {
  const node = graph.nodes.find((own) => own.name === name);
  const before = graph.nodes.find((own) => own.name === node?.inputs[0]);
  const channels = before?.outputShape?.at(-1);
  if (!node || !before || node.inputs.length !== 1 || typeof channels !== 'number') return null;
  if (graph.inputs.some((input) => input.node === before.name)) return Array.from({ length: channels }, (_, c) => c);
  if (hasFilters(before)) return orders.get(before.name) ?? null;
  const order = orderInto(graph, before.name, orders);
  return order?.length === channels ? order : null;
}

/** Cosine of every filter of one with every filter of the other; inputs of the other are taken in `order`. */
function cosines(
  a: Float32Array | Float64Array,
  b: Float32Array | Float64Array,
  { size, channels, inputs }: { readonly size: number; readonly channels: number; readonly inputs: number },
  order: readonly number[],
): Float64Array {
  const normOf = (values: Float32Array | Float64Array, c: number): number => {
    let square = 0;
    for (let at = c; at < values.length; at += channels) square += (values[at] as number) ** 2;
    return square > 0 ? Math.sqrt(square) : Infinity;
  };
  const [ours, theirs] = [a, b].map((values) => Float64Array.from({ length: channels }, (_, c) => normOf(values, c)));
  const all = new Float64Array(channels * channels);
  for (let at = 0; at < size; at++) {
    const tap = Math.floor(at / inputs) * inputs;
    const other = tap + (order[at - tap] as number);
    for (let f = 0; f < channels; f++)
      for (let g = 0; g < channels; g++)
        all[f * channels + g] =
          (all[f * channels + g] as number) + (a[at * channels + f] as number) * (b[other * channels + g] as number);
  }
  for (let f = 0; f < channels; f++)
    for (let g = 0; g < channels; g++)
      all[f * channels + g] = (all[f * channels + g] as number) / ((ours?.[f] as number) * (theirs?.[g] as number));
  return all;
}

function meanOfBest(gains: Float64Array, channels: number): number {
  const columns = bestAssignment(gains, channels);
  let sum = 0;
  for (let f = 0; f < channels; f++) sum += gains[f * channels + (columns[f] as number)] as number;
  return sum / channels;
}

const known = new Map<string, number>();

/** Mean cosine at which filters of random weights match that have nothing to do with each other. *Source* methods §1.6 (simulated). */
export function cosineByChance(size: number, channels: number): number {
  const key = `${String(size)} ${String(channels)}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const draws = drawsOf(1, `unrelated/${key}`);
  const times = size * channels * channels > costly ? 1 : 5;
  const noise = (): Float64Array => Float64Array.from({ length: size * channels }, () => draws.normal());
  const sizes = { size, channels, inputs: 1 };
  let sum = 0;
  for (let n = 0; n < times; n++) sum += meanOfBest(cosines(noise(), noise(), sizes, [0]), channels);
  known.set(key, sum / times);
  return sum / times;
}

/** The kernel whose last two axes are channels in and out; none of those that take each channel for itself. */
function kernelOf({ nodes }: NetworkGraph, name: string): Weight | undefined {
  const node = nodes.find((own) => own.name === name);
  return node && !/^(depthwise|separable)/.test(node.op) ? mainWeight(node) : undefined;
}

/** What the weights of a layer say of a match; null where its arrays do not fit or the order of its inputs is not known. */
export function weightMatching(
  graph: NetworkGraph,
  name: string,
  other: NetworkGraph,
  named: string,
  orders: InputOrders,
): FilterMatching['weights'] {
  const weight = kernelOf(graph, name);
  const theirs = kernelOf(other, named);
  if (!weight || weight.shape.length < 2 || theirs?.shape.join() !== weight.shape.join()) return null;
  const [inputs = 0, channels = 0] = weight.shape.slice(-2);
  const order = orderInto(graph, name, orders);
  if (order?.length !== inputs || channels < 2) return null;
  const size = weight.values.length / channels;
  const cosine = meanOfBest(cosines(weight.values, theirs.values, { size, channels, inputs }, order), channels);
  if (!Number.isFinite(cosine)) return null;
  const byChance = cosineByChance(size, channels);
  const said = size <= refusedUpTo ? 'refused' : cosine >= byChance + share * (1 - byChance) ? 'matched' : 'unrelated';
  return { size, cosine, byChance, said };
}
