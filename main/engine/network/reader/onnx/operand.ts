import type { GraphBuilder } from '../lowering/builder';
import { NotKnown, type Constant, type MapValue, type Size, type Value } from '../lowering/value';
import type { FileNode } from './fileModel';

/** One operation as a lowering sees it: what it is given (undefined where left out), and where its node goes. */
export interface Operand {
  readonly node: FileNode;
  /** The name of its node in our graph. */
  readonly name: string;
  readonly inputs: readonly (Value | undefined)[];
  /** Its first input holds whole numbers, which float32 stands in for. */
  readonly whole: boolean;
  readonly builder: GraphBuilder;
  /** The version of ONNX' operations that the file is written in. */
  readonly opset: number;
  /** The batch's size where the file fixes it. */
  readonly fixedBatch: number | null;
  /** The axis of an output (sizes in the file's order) that its readers take for the channels; null where none tells. */
  readonly channelWanted: (output: number, sizes: readonly Size[]) => number | null;
  /** Counts numbers that stand in no file. *Problems* network/too-large. */
  readonly allow: (count: number) => void;
}

/** What an operation of the file becomes: one value for each of its outputs. */
export type Lowering = (operand: Operand) => Value | readonly Value[];

const said = (value: Value | undefined): string => {
  if (!value) return 'left out';
  if (value.kind === 'opaque') return value.what;
  return value.kind === 'map' ? 'a map' : value.kind === 'constant' ? 'a constant' : 'known in a run only';
};

/** Input `i`, which must be a map. */
export function mapAt({ inputs }: Operand, i: number): MapValue {
  const value = inputs[i];
  if (value?.kind !== 'map') throw new NotKnown(`its input ${i} is ${said(value)}, not a map`);
  return value;
}

/** Input `i`, which must be known without a run. */
export function constantAt({ inputs }: Operand, i: number): Constant {
  const value = inputs[i];
  if (value?.kind !== 'constant') throw new NotKnown(`its input ${i} is ${said(value)}, not a constant`);
  return value;
}

export const optionalConstant = (operand: Operand, i: number): Constant | null =>
  operand.inputs[i] === undefined ? null : constantAt(operand, i);

export const integersAtInput = (operand: Operand, i: number): number[] => [...constantAt(operand, i).values];

export function numberAtInput(operand: Operand, i: number): number {
  const { values } = constantAt(operand, i);
  if (values.length !== 1) throw new NotKnown(`its input ${i} is not one number`);
  return values[0]!;
}

export const isConstant = (value: Value | undefined): value is Constant => value?.kind === 'constant';

/** Input `i` as an image: batch, channels, then space in the file; its channels at the end in ours. */
export function imageAt(operand: Operand, i: number, spatial?: number): MapValue {
  const value = mapAt(operand, i);
  const rank = value.sizes?.length;
  if (rank === undefined) return value;
  if (rank < 2 || (spatial !== undefined && rank !== spatial + 2))
    throw new NotKnown(`its map has ${rank} axes where ${spatial === undefined ? 'more' : spatial + 2} belong`);
  return operand.builder.withChannel(value, 1, operand.name);
}
