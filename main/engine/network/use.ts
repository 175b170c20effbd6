import type { NetworkGraph, Node, Weight } from './graph';
import { batchNormAffine } from './operation/normalisation';
import { numberOf, optionalWeight, spatialOf, weightOf } from './operation/operation';

/** Where a node's channels stand among the channels of a value further on, and what each is multiplied with on the way. */
interface Way {
  /** For each of the node's channels, the channels that it has become (several behind a flatten). */
  readonly places: readonly (readonly number[])[];
  readonly gains: Float64Array;
}

/**
 * Downstream use of each channel: the norm of the weights that read it, over the median of the layer; the greatest over all readers. It goes
 * through activations, pooling, normalisation (whose scale counts) and merges to the next layers with weights, and takes in the
 * normalisation behind those. null where a way leads to the network's output without meeting weights, or cannot be followed.
 * *Source* methods.md §1.1, u_c.
 */
export function useOf(graph: NetworkGraph, name: string): Float64Array | null {
  const walk = walkFrom(graph, name);
  return walk?.followed === true ? walk.use : null;
}

/** The same by the node that reads them, as far as the ways can be followed: none where they cannot. */
export const readersOf = (graph: NetworkGraph, name: string): ReadonlyMap<string, Float64Array> =>
  walkFrom(graph, name)?.byReader ?? new Map<string, Float64Array>();

function walkFrom(graph: NetworkGraph, name: string): (Walk & { readonly followed: boolean }) | null {
  const node = graph.nodes.find((n) => n.name === name);
  const channels = node?.outputShape?.at(-1);
  if (!node || channels === null || channels === undefined) return null;
  const readers = readingNodes(graph);
  const outputs = new Set(graph.outputs.map((output) => output.node));
  const way: Way = {
    places: Array.from({ length: channels }, (_, c) => [c]),
    gains: new Float64Array(channels).fill(1),
  };
  const walk: Walk = { graph, readers, outputs, use: new Float64Array(channels), byReader: new Map(), steps: 0 };
  return { ...walk, followed: follow(node, way, walk) };
}

interface Walk {
  readonly graph: NetworkGraph;
  readonly readers: ReadonlyMap<string, readonly Node[]>;
  readonly outputs: ReadonlySet<string>;
  readonly use: Float64Array;
  readonly byReader: Map<string, Float64Array>;
  steps: number;
}

/** More ways than this through additions of additions are not walked one by one. */
const mostSteps = 20_000;

function readingNodes(graph: NetworkGraph): ReadonlyMap<string, readonly Node[]> {
  const readers = new Map<string, Node[]>();
  for (const node of graph.nodes) {
    for (const input of new Set(node.inputs)) readers.set(input, [...(readers.get(input) ?? []), node]);
  }
  return readers;
}

/** False where a way ends at the network's output or cannot be followed. */
function follow(from: Node, way: Way, walk: Walk): boolean {
  if (walk.outputs.has(from.name) || walk.steps++ > mostSteps) return false;
  const readers = walk.readers.get(from.name) ?? [];
  return readers.every((reader) =>
    reader.inputs.every((input, at) => input !== from.name || readBy(reader, at, way, walk)),
  );
}

function readBy(reader: Node, at: number, way: Way, walk: Walk): boolean {
  const norms = normsOf(reader, outgoingGain(reader, walk));
  if (norms) {
    const all = way.places.map(
      (places, c) => way.gains[c]! * Math.sqrt(places.reduce((sum, p) => sum + (norms[p] ?? 0) ** 2, 0)),
    );
    // What the reader takes from elsewhere (through a concatenation) is part of its layer's median.
    const own = new Set(way.places.flat());
    const middle = median([...all, ...[...norms].filter((_, p) => !own.has(p))]);
    const given = walk.byReader.get(reader.name) ?? new Float64Array(all.length);
    walk.byReader.set(reader.name, given);
    all.forEach((norm, c) => {
      const relative = middle === 0 ? (norm === 0 ? 0 : Infinity) : norm / middle;
      given[c] = Math.max(given[c]!, relative);
      walk.use[c] = Math.max(walk.use[c]!, relative);
    });
    return true;
  }
  const next = through(reader, at, way, walk.graph);
  return next !== null && follow(reader, next, walk);
}

/** The scale of a normalisation that alone reads the node, by output channel. */
function outgoingGain(reader: Node, walk: Walk): Float64Array | null {
  const [only, ...others] = walk.readers.get(reader.name) ?? [];
  return only?.op === 'batchNorm' && others.length === 0 ? batchNormAffine(only).scale : null;
}

/** Norm of the weights that read each input channel; null for a node that has no such weights. */
function normsOf(node: Node, gain: Float64Array | null): Float64Array | null {
  switch (node.op) {
    case 'conv1d':
    case 'conv2d':
    case 'conv3d':
      return kernelNorms(weightOf(node, 'kernel'), gain, numberOf(node, 'groups', 1));
    case 'convTranspose1d':
    case 'convTranspose2d':
    case 'convTranspose3d':
    case 'dense':
      return kernelNorms(weightOf(node, 'kernel'), gain, 1);
    case 'depthwiseConv1d':
    case 'depthwiseConv2d':
      return depthwiseNorms(weightOf(node, 'kernel'), (output) => gain?.[output] ?? 1);
    case 'separableConv1d':
    case 'separableConv2d': {
      const pointwise = kernelNorms(weightOf(node, 'pointwise'), gain, 1);
      return depthwiseNorms(weightOf(node, 'depthwise'), (output) => pointwise[output]!);
    }
    default:
      return null;
  }
}

function kernelNorms({ shape, values }: Weight, gain: Float64Array | null, groups: number): Float64Array {
  const inside = shape.at(-2)!;
  const out = shape.at(-1)!;
  const perGroup = out / groups;
  const squares = new Float64Array(inside * groups);
  for (let v = 0; v < values.length; v++) {
    const output = v % out;
    const channel = Math.floor(output / perGroup) * inside + (Math.floor(v / out) % inside);
    squares[channel]! += (values[v]! * (gain?.[output] ?? 1)) ** 2;
  }
  return squares.map(Math.sqrt);
}

function depthwiseNorms({ shape, values }: Weight, gain: (output: number) => number): Float64Array {
  const multiplier = shape.at(-1)!;
  const outputs = shape.at(-2)! * multiplier;
  const squares = new Float64Array(shape.at(-2)!);
  for (let v = 0; v < values.length; v++) {
    const output = v % outputs;
    squares[Math.floor(output / multiplier)]! += (values[v]! * gain(output)) ** 2;
  }
  return squares.map(Math.sqrt);
}

/** The way behind a node that has no weights for it; null where channels are mixed in a manner that is not followed. */
function through(node: Node, at: number, way: Way, graph: NetworkGraph): Way | null {
  switch (node.op) {
    case 'batchNorm': {
      const { scale } = batchNormAffine(node);
      return { ...way, gains: way.gains.map((gain, c) => gain * Math.abs(scale[way.places[c]![0]!] ?? 1)) };
    }
    case 'affine':
      return scaled(node, way);
    case 'rescale':
    case 'normalize':
    case 'elementwise':
    case 'resize':
    case 'activation':
    case 'prelu':
    case 'identity':
    case 'globalMaxPool':
    case 'globalAveragePool':
      return way;
    case 'add':
    case 'subtract':
    case 'multiply':
    case 'divide':
    case 'average':
    case 'maximum':
    case 'minimum':
      return way;
    case 'concatenate':
      return concatenated(node, at, way, graph);
    case 'flatten':
      return flattened(node, way, graph);
    case 'reshape':
      return channelsOf(graph, node.inputs[0]!) === node.outputShape?.at(-1) ? way : null;
    default:
      return /^(maxPool|averagePool|upsample|zeroPad|reflectPad|crop)/.test(node.op) || optionalNorm(node) ? way : null;
  }
}

/** A scale by channel weighs what is read behind it; one that differs over the voxels is not followed. */
function scaled(node: Node, way: Way): Way | null {
  const scale = optionalWeight(node, 'scale');
  if (!scale) return way;
  if (scale.shape.length > 1) return null;
  const of = (place: number): number => Math.abs(scale.values[scale.values.length === 1 ? 0 : place] ?? 1);
  return { ...way, gains: way.gains.map((gain, c) => gain * of(way.places[c]![0]!)) };
}

const optionalNorm = (node: Node): boolean => node.op.endsWith('Norm') && optionalWeight(node, 'mean') === undefined;

const shapeOf = (graph: NetworkGraph, name: string): Node['outputShape'] =>
  graph.nodes.find((n) => n.name === name)?.outputShape ?? null;

const channelsOf = (graph: NetworkGraph, name: string): number | null => shapeOf(graph, name)?.at(-1) ?? null;

function concatenated(node: Node, at: number, way: Way, graph: NetworkGraph): Way | null {
  const rank = node.outputShape?.length ?? 0;
  const axis = numberOf(node, 'axis');
  if ((axis < 0 ? axis + rank : axis) !== rank - 1) return way;
  let shift = 0;
  for (const input of node.inputs.slice(0, at)) {
    const channels = channelsOf(graph, input);
    if (channels === null) return null;
    shift += channels;
  }
  return { ...way, places: way.places.map((places) => places.map((p) => p + shift)) };
}

/** Each channel becomes as many as the map had voxels. */
function flattened(node: Node, way: Way, graph: NetworkGraph): Way | null {
  const shape = shapeOf(graph, node.inputs[0]!);
  const channels = shape?.at(-1);
  if (!shape || channels === null || channels === undefined) return null;
  const cells = spatialOf(shape).reduce<number>((p, n) => p * (n ?? NaN), 1);
  if (!Number.isInteger(cells)) return null;
  const first = node.attributes['channelsFirst'] === true;
  const places = way.places.map((own) =>
    own.flatMap((p) => Array.from({ length: cells }, (_, v) => (first ? p * cells + v : v * channels + p))),
  );
  return { ...way, places };
}

/** Type 7. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
}
