import type { NetworkGraph, Node, Shape } from './graph';
import { activationOf, activationRange } from './operation/activation';
import { operationOf } from './operation/list';
import { slopesOf } from './operation/pointwise';
import type { ChannelRange } from './operation/range';

/** What each channel of a node can hold at any voxel, for any input within a box: after its own activation, and before it. */
export interface NodeBounds {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly preLower: Float64Array;
  readonly preUpper: Float64Array;
}

/** Range of each channel of each input, by the input's name; a network with one input may take it without a name. */
export type InputBox = ChannelRange | Readonly<Record<string, ChannelRange>>;

/**
 * Interval bound propagation. Each sum is widened by what float32 may lose in it (g = K·2⁻²³·(Σ|W|·max(|l|, |u|) + |b|)), so that
 * no value that the network really computes lies outside, and a ReLU channel is dead for every input of the box where
 * `preUpper` ≤ 0. Exact up to the guard for the first affine layer, an over-estimate deeper. Nodes of which nothing can be told (behind an
 * unknown node, or a reshape of free size) are absent.
 * *Source* Gowal 2018; methods.md §1.1.
 */
export function boundsOf(graph: NetworkGraph, inputBox: InputBox): ReadonlyMap<string, NodeBounds> {
  const shapes = new Map(graph.nodes.map((node) => [node.name, node.outputShape]));
  const bounds = new Map<string, NodeBounds>();
  for (const node of graph.nodes) {
    const pre = node.op === 'input' ? boxOf(graph, node, inputBox) : before(node, bounds, shapes);
    if (!pre || hasNaN(pre)) continue;
    const channels = pre.lower.length;
    const after = activationRange(pre, activationOf(node), slopesOf(node, channels));
    bounds.set(node.name, { ...after, preLower: pre.lower, preUpper: pre.upper });
  }
  return bounds;
}

function boxOf(graph: NetworkGraph, node: Node, box: InputBox): ChannelRange | null {
  const input = graph.inputs.find((i) => i.node === node.name);
  if (!input) return null;
  const own = isRange(box) ? (graph.inputs.length === 1 ? box : undefined) : box[input.name];
  const channels = input.shape.at(-1);
  return own && (channels === null || channels === own.lower.length) ? own : null;
}

const isRange = (box: InputBox): box is ChannelRange => box['lower'] instanceof Float64Array;

function before(
  node: Node,
  bounds: ReadonlyMap<string, NodeBounds>,
  shapes: ReadonlyMap<string, Shape | null>,
): ChannelRange | null {
  if (node.op === 'unknown') return null;
  const ranges = node.inputs.map((name) => bounds.get(name));
  const inputs = node.inputs.map((name) => shapes.get(name) ?? null);
  if (ranges.includes(undefined) || inputs.includes(null)) return null;
  return operationOf(node.op).bound(node, ranges as readonly ChannelRange[], inputs as readonly Shape[]);
}

/** Weights that are not numbers bound nothing. */
const hasNaN = ({ lower, upper }: ChannelRange): boolean => lower.some(Number.isNaN) || upper.some(Number.isNaN);
