import type { GraphDraft } from '../../assemble';
import type { AxesInFile, Shape, Weight } from '../../graph';
import { operationOf } from '../../operation/list';
import type { NodeCore } from '../../operation/operation';
import { countOf, transposed } from './array';
import { batchSize, NotKnown, sizesOfMap, type Constant, type MapValue, type Size } from './value';

/** What a node is, without its name. */
export type Made = Pick<NodeCore, 'op'> & Partial<Pick<NodeCore, 'attributes' | 'weights'>>;

/** More nodes than any network has: a small file can unfold into a huge one by calls within calls. */
const mostNodes = 50_000;

/**
 * Makes our graph out of a file's operations, one by one in topological order. It knows the shape of each value as it goes, so that
 * an operation can be read by what it is given. Axes are the file's on the outside, ours within: channels are moved to the end once.
 */
export class GraphBuilder {
  readonly #nodes: NodeCore[] = [];
  readonly #names = new Set<string>();
  readonly #shapes = new Map<string, Shape | null>();
  #batch: number | null = null;
  readonly #optional = new Set<string>();
  readonly #inputs: GraphDraft['inputs'][number][] = [];
  readonly #values = new Map<string, MapValue>();

  /** The batch that the file's inputs are fixed to, where they are. */
  get fixedBatch(): number | null {
    return this.#batch;
  }

  /** An input by its sizes in the file's order; the batch is always free. `called`: the file's name where the node has another. */
  input(name: string, sizes: readonly (number | null)[], channel: number, called = name): MapValue {
    const shape = [null, ...toOurs(sizes.slice(1), channel)];
    this.#batch = sizes[0] ?? null;
    this.#add({ name, op: 'input', inputs: [], attributes: {}, weights: [] }, shape);
    this.#inputs.push({ name: called, node: name, shape, ...inFile(shape.length, channel) });
    return this.#value(name, shape, channel, []);
  }

  /**
   * One operation on maps. `channel`: the file's axis that the result's channels are, as a rule that of the first input.
   * *Problems* network/shapes-do-not-fit, network/weights-do-not-fit.
   */
  node(
    name: string,
    { op, attributes = {}, weights = [] }: Made,
    inputs: readonly MapValue[],
    channel?: number,
  ): MapValue {
    const core: NodeCore = { name, op, inputs: inputs.map((input) => input.node), attributes, weights };
    const shapes = inputs.map((input) => this.shapeOf(input));
    if (!shapes.every((shape) => shape !== null)) {
      this.#add(core, null);
      return { kind: 'map', node: name, sizes: null, channel: -1 };
    }
    const shape = operationOf(op).shape(core, shapes);
    this.#add(core, shape);
    const [first] = inputs;
    const end = shape.length - 1;
    const kept = first?.sizes?.length === shape.length ? first.channel : end;
    return this.#value(name, shape, channel ?? kept, inputs);
  }

  /** An operation that stays in the graph without being understood. */
  unknown(name: string, fileOp: string, reason: string, inputs: readonly string[]): MapValue {
    this.#add({ name, op: 'unknown', inputs: [...new Set(inputs)], attributes: { fileOp, reason }, weights: [] }, null);
    return { kind: 'map', node: name, sizes: null, channel: -1 };
  }

  /** Sizes in our order; null behind an unknown node. */
  shapeOf({ node }: MapValue): Shape | null {
    return this.#shapes.get(node) ?? null;
  }

  has(name: string): boolean {
    return this.#names.has(name);
  }

  /** The same value with the file's axis `channel` as our last. */
  withChannel(value: MapValue, channel: number, user: string): MapValue {
    const rank = value.sizes?.length;
    if (value.channel === channel || rank === undefined) return value;
    const [now, wanted] = [value.channel, channel].map((c) => oursInFile(rank, c));
    const axes = wanted!.slice(1).map((axis) => now!.indexOf(axis));
    const name = this.#free(`${user}:channels`);
    return this.node(name, { op: 'permute', attributes: { axes } }, [value], channel);
  }

  /** The same value with its axes as the file has them. */
  inFileOrder(value: MapValue, user: string): MapValue {
    return this.withChannel(value, sizesOfMap(value).length - 1, user);
  }

  /** A node that is left out where nothing reads it, such as one part of many. */
  onlyWhenRead({ node }: MapValue): void {
    this.#optional.add(node);
  }

  /** The whole graph; without `outputs` those are the values that nothing reads. */
  draft(name: string, outputs?: GraphDraft['outputs']): GraphDraft {
    const named = new Set(outputs?.map((output) => output.node));
    const read = new Set(this.#nodes.flatMap((node) => node.inputs));
    const nodes = this.#nodes.filter(({ name: own }) => !this.#optional.has(own) || read.has(own) || named.has(own));
    const ends = nodes.filter((node) => !read.has(node.name) && node.op !== 'input');
    return {
      name,
      // An input that nothing reads is none (what is only counted, or belongs to the training).
      nodes: nodes.filter((node) => node.op !== 'input' || read.has(node.name)),
      inputs: this.#inputs.filter((input) => read.has(input.node)),
      outputs: outputs ?? ends.map((node) => ({ name: node.name, node: node.name, ...this.axesOf(node.name) })),
    };
  }

  /** Where a node's axes lie in the file. */
  axesOf(node: string): AxesInFile {
    const value = this.#values.get(node);
    return value?.sizes ? inFile(value.sizes.length, value.channel) : {};
  }

  #free(name: string): string {
    for (let i = 1; ; i++) {
      const tried = i === 1 ? name : `${name}${i}`;
      if (!this.#names.has(tried)) return tried;
    }
  }

  #add(node: NodeCore, shape: Shape | null): void {
    if (this.#nodes.length >= mostNodes) throw new RangeError(`it unfolds into more than ${mostNodes} operations`);
    if (this.#names.has(node.name)) throw new RangeError(`two operations are called ${node.name}`);
    this.#names.add(node.name);
    this.#nodes.push(node);
    this.#shapes.set(node.name, shape);
  }

  /** A free size is the same as that of an input where the operation cannot change it. */
  #value(node: string, shape: Shape, channel: number, inputs: readonly MapValue[]): MapValue {
    const order = oursInFile(shape.length, channel);
    const sizes: Size[] = shape.map(() => null);
    const last = this.#nodes.at(-1)!;
    const model = inputs.find((input) => input.sizes?.length === shape.length && input.channel === channel);
    order.forEach((axis, a) => {
      const same = keepsSizes(last) ? model?.sizes?.[axis] : undefined;
      const free = typeof same === 'object' && same !== null ? same : { node, axis, times: 1, plus: 0 };
      sizes[axis] = a === 0 ? batchSize : (shape[a] ?? free);
    });
    const value: MapValue = { kind: 'map', node, sizes, channel };
    this.#values.set(node, value);
    return value;
  }
}

const inFile = (rank: number, channel: number): AxesInFile =>
  channel === rank - 1 ? {} : { fileAxes: oursInFile(rank, channel) };

function keepsSizes({ op, attributes }: NodeCore): boolean {
  const strides = attributes['strides'];
  const slides = Array.isArray(strides) && attributes['padding'] === 'same' && strides.every((s) => s === 1);
  return slides || /^(identity|activation|prelu|affine|batchNorm|elementwise|compare)$/.test(op);
}

/** For each of our axes the file's. */
export const oursInFile = (rank: number, channel: number): number[] => [
  ...Array.from({ length: rank }, (_, a) => a).filter((a) => a !== channel),
  ...(rank > 0 ? [channel] : []),
];

/** Sizes without batch, `channel` counted with it. */
const toOurs = <T>(sizes: readonly T[], channel: number): T[] =>
  oursInFile(sizes.length + 1, channel)
    .slice(1)
    .map((axis) => sizes[axis - 1]!);

/** Where a file's axis (counted from the end where negative) lies in ours. */
export function ourAxis(value: MapValue, axis: number): number {
  const rank = sizesOfMap(value).length;
  return oursInFile(rank, value.channel).indexOf(fileAxis(rank, axis));
}

export const fileAxis = (rank: number, axis: number): number => {
  const whole = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(whole) || whole < 0 || whole >= rank) throw new NotKnown(`it has no axis ${axis}`);
  return whole;
};

/** A constant that meets a map element by element, as a weight in our order: sizes of 1 in front left out. */
export function alongside({ sizes, channel }: MapValue, constant: Constant, name: string): Weight {
  if (!sizes) return weight(name, constant);
  const rank = sizes.length;
  if (constant.shape.length > rank) throw new NotKnown('its constant has more axes than its map');
  const full = [...Array.from({ length: rank - constant.shape.length }, () => 1), ...constant.shape];
  if (full[0] !== 1) throw new NotKnown('its constant differs over the batch');
  const turned = transposed({ shape: full, values: Float32Array.from(constant.values) }, oursInFile(rank, channel));
  const from = turned.shape.findIndex((n) => n !== 1);
  const shape = from === -1 ? [1] : turned.shape.slice(from);
  return { name, shape, values: turned.values };
}

/** An array of weights under our name. */
export function weight(name: string, constant: Constant, shape: readonly number[] = constant.shape): Weight {
  if (countOf(shape) !== constant.values.length)
    throw new NotKnown(`its ${name} has ${constant.values.length} numbers`);
  const values = constant.values instanceof Float32Array ? constant.values : Float32Array.from(constant.values);
  return { name, shape, values };
}
