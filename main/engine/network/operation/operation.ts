import { IsolensError } from '../../../../shared/problem/problem';
import type { Node, Shape, Weight } from '../graph';
import type { Tensor } from '../tensorflow';
import type { AxisRule } from './interval';
import type { ChannelRange } from './range';

/** A node before its shape is known. */
export type NodeCore = Omit<Node, 'outputShape'>;

/** An array that an operation computes from a node's weights once, such as a folded normalisation. */
export type Derived = Pick<Weight, 'shape' | 'values'>;

/** What is at hand where a gradient passes back through a node. All borrowed. */
export interface Backward {
  /** Gradient of the scalar with respect to the node's value before its own activation. */
  readonly slope: Tensor;
  readonly inputs: readonly Tensor[];
  readonly weights: Tensors;
  /** For each input whether its gradient is asked for; the others may be null. */
  readonly asked: readonly boolean[];
}

export interface Operation {
  /** The words of `Node.op` that it answers to. */
  readonly ops: readonly string[];
  /** *Problems* network/shapes-do-not-fit, network/weights-do-not-fit. */
  shape(node: NodeCore, inputs: readonly Shape[]): Shape;
  /** Arrays to be held as tensors, by name. Default: the node's weights. */
  tensors?(node: NodeCore, inputs: readonly Shape[]): Readonly<Record<string, Derived>>;
  /** The value before the node's own activation. Arguments are borrowed; runs inside a `tidy`. */
  run(node: NodeCore, inputs: readonly Tensor[], weights: Readonly<Record<string, Tensor>>): Tensor;
  /**
   * For each input the gradient of a scalar with respect to it, or null where the value changes in jumps or not at all.
   * Runs inside a `tidy` on the native library. Without it, or where the whole is null: traced back through `run`.
   */
  gradient?(node: NodeCore, back: Backward): readonly (Tensor | null)[] | null;
  /** For each input, one rule for each of its spatial axes (all but the first and the last). */
  reads(node: NodeCore, inputs: readonly Shape[], output: Shape): readonly (readonly AxisRule[])[];
  /** Range of each output channel before the node's own activation, for any input within the given ranges. Null: cannot be told. */
  bound(node: NodeCore, inputs: readonly ChannelRange[], shapes: readonly Shape[]): ChannelRange | null;
  /** Multiply-adds for one batch entry; default: one for each output value. */
  cost?(node: NodeCore, inputs: readonly Shape[], output: Shape): number;
}

export type Tensors = Readonly<Record<string, Tensor>>;

const wrong = (node: NodeCore, key: string): Error =>
  new Error(`node ${node.name} (${node.op}): attribute ${key} is not what this operation takes`);

/** Attributes are plain data that the readers made: a wrong one is our mistake, not the file's. */
export function integersOf(node: NodeCore, key: string): readonly number[] {
  const value = node.attributes[key];
  if (!Array.isArray(value) || !value.every((v) => typeof v === 'number' && Number.isInteger(v)))
    throw wrong(node, key);
  return value as number[];
}

export function numberOf(node: NodeCore, key: string, otherwise?: number): number {
  const value = node.attributes[key] ?? otherwise;
  if (typeof value !== 'number') throw wrong(node, key);
  return value;
}

export function wordOf(node: NodeCore, key: string, otherwise?: string): string {
  const value = node.attributes[key] ?? otherwise;
  if (typeof value !== 'string') throw wrong(node, key);
  return value;
}

export function isSet(node: NodeCore, key: string): boolean {
  return node.attributes[key] === true;
}

export function weightOf(node: NodeCore, name: string): Weight {
  const weight = optionalWeight(node, name);
  if (!weight) {
    throw new IsolensError('network/weights-do-not-fit', { found: 'none', wanted: name }, { node: node.name });
  }
  return weight;
}

export const optionalWeight = (node: NodeCore, name: string): Weight | undefined =>
  node.weights.find((w) => w.name === name);

export const sizesOf = (shape: readonly (number | null)[]): string => `[${shape.map((n) => n ?? '?').join(', ')}]`;

/** The weight has the wanted shape, or the network cannot be read. */
export function wantShape(node: NodeCore, weight: Weight | undefined, wanted: readonly (number | null)[]): void {
  if (!weight) return;
  const fits = weight.shape.length === wanted.length && wanted.every((n, a) => n === null || n === weight.shape[a]);
  if (fits) return;
  throw new IsolensError(
    'network/weights-do-not-fit',
    { found: `${weight.name} ${sizesOf(weight.shape)}`, wanted: sizesOf(wanted) },
    { node: node.name },
  );
}

export function misfit(node: NodeCore, inputs: readonly Shape[], reason: string): IsolensError {
  return new IsolensError(
    'network/shapes-do-not-fit',
    { shapes: inputs.map(sizesOf).join(', '), reason },
    { node: node.name },
  );
}

/** The only input's shape. */
export function onlyShape(node: NodeCore, inputs: readonly Shape[]): Shape {
  const [shape] = inputs;
  if (!shape || inputs.length !== 1) throw misfit(node, inputs, 'it takes one input');
  return shape;
}

export function onlyTensor(inputs: readonly Tensor[]): Tensor {
  const [tensor] = inputs;
  if (!tensor) throw new Error('an operation was run without input');
  return tensor;
}

/** The only input's shape, which must have `spatial` axes between batch and channels. */
export function imageShape(node: NodeCore, inputs: readonly Shape[], spatial: number): Shape {
  const shape = onlyShape(node, inputs);
  if (shape.length !== spatial + 2) throw misfit(node, inputs, `it takes ${spatial} spatial axes`);
  return shape;
}

export const channelsOf = (shape: Shape): number | null => shape.at(-1) ?? null;

export const spatialOf = (shape: Shape): Shape => shape.slice(1, -1);

export const productOf = (sizes: readonly (number | null)[]): number => sizes.reduce<number>((p, n) => p * (n ?? 1), 1);
