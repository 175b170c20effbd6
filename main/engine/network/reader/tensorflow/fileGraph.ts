import { NotKnown, type Constant, type Opaque } from '../lowering/value';

/** An operation's setting, whichever of TensorFlow's kinds it is. */
export interface Attribute {
  readonly i?: number;
  readonly f?: number;
  readonly s?: string;
  readonly b?: boolean;
  readonly type?: string;
  /** null: any rank. Sizes are null where free. */
  readonly shape?: readonly (number | null)[] | null;
  readonly list?: {
    readonly i: readonly number[];
    readonly f: readonly number[];
    readonly s: readonly string[];
    readonly type: readonly string[];
    readonly shape: readonly (readonly (number | null)[] | null)[];
  };
  readonly func?: string;
  /** A Const's value, made when it is asked for. *Problems* network/bad-structure, network/too-large, network/tensor-type. */
  readonly tensor?: () => Constant | Opaque;
}

/** An operation of the file: `inputs` as `name`, `name:1`, `name:output:0` (in functions) or `^name` (control). */
export interface FileNode {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
}

/** A function of the library: `returns` maps result names to tensors of the body. */
export interface FileFunction {
  readonly name: string;
  readonly parameters: readonly string[];
  readonly results: readonly string[];
  readonly returns: ReadonlyMap<string, string>;
  readonly nodes: readonly FileNode[];
}

export interface FileGraph {
  readonly nodes: readonly FileNode[];
  readonly functions: ReadonlyMap<string, FileFunction>;
}

/** TensorFlow's numbers for the types of tensors. *Source* tensorflow/core/framework/types.proto. */
const types: Readonly<Record<number, string>> = {
  1: 'DT_FLOAT',
  2: 'DT_DOUBLE',
  3: 'DT_INT32',
  4: 'DT_UINT8',
  5: 'DT_INT16',
  6: 'DT_INT8',
  7: 'DT_STRING',
  8: 'DT_COMPLEX64',
  9: 'DT_INT64',
  10: 'DT_BOOL',
  11: 'DT_QINT8',
  12: 'DT_QUINT8',
  13: 'DT_QINT32',
  14: 'DT_BFLOAT16',
  15: 'DT_QINT16',
  16: 'DT_QUINT16',
  17: 'DT_UINT16',
  18: 'DT_COMPLEX128',
  19: 'DT_HALF',
  20: 'DT_RESOURCE',
  21: 'DT_VARIANT',
  22: 'DT_UINT32',
  23: 'DT_UINT64',
};

export const typeWord = (number: number): string => types[number] ?? `type ${number}`;

export function integersAt(node: FileNode, key: string): readonly number[] {
  const list = node.attributes.get(key)?.list?.i;
  if (!list) throw new NotKnown(`its ${key} are missing`);
  return list;
}

export const integerAt = (node: FileNode, key: string, otherwise: number): number =>
  node.attributes.get(key)?.i ?? otherwise;

export const floatAt = (node: FileNode, key: string, otherwise: number): number =>
  node.attributes.get(key)?.f ?? otherwise;

export const wordAt = (node: FileNode, key: string, otherwise: string): string =>
  node.attributes.get(key)?.s ?? otherwise;

export const flagAt = (node: FileNode, key: string): boolean => node.attributes.get(key)?.b ?? false;

/** The tensor that a reference means: `name` and its output's number; null for a control edge. */
export interface TensorReference {
  readonly node: string;
  readonly output: number;
}

/** Where outputs have names, the number of the first tensor under each. */
const outputNames: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  FusedBatchNorm: { y: 0, batch_mean: 1, batch_variance: 2, reserve_space_1: 3, reserve_space_2: 4 },
  FusedBatchNormV2: { y: 0, batch_mean: 1, batch_variance: 2, reserve_space_1: 3, reserve_space_2: 4 },
  FusedBatchNormV3: {
    y: 0,
    batch_mean: 1,
    batch_variance: 2,
    reserve_space_1: 3,
    reserve_space_2: 4,
    reserve_space_3: 5,
  },
  Switch: { output_false: 0, output_true: 1 },
  Merge: { output: 0, value_index: 1 },
  TopKV2: { values: 0, indices: 1 },
  MaxPoolWithArgmax: { output: 0, argmax: 1 },
};

/** Reads `name`, `name:1` and, within functions, `name:output:1`. */
export function referenceOf(text: string, opOf: (name: string) => string | undefined): TensorReference | null {
  if (text.startsWith('^')) return null;
  const [node = '', first, second] = text.split(':');
  if (first === undefined) return { node, output: 0 };
  if (second === undefined) return { node, output: Number.parseInt(first, 10) || 0 };
  const base = outputNames[opOf(node) ?? '']?.[first] ?? 0;
  return { node, output: base + (Number.parseInt(second, 10) || 0) };
}
