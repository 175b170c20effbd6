import { NotKnown, type Constant, type Opaque } from '../lowering/value';

/** A tensor of the file: its name, and its numbers when they are asked for. */
export interface FileTensor {
  readonly name: string;
  /** Where its numbers lie if not in the file itself. */
  readonly external: ExternalPlace | null;
  /** *Problems* network/bad-structure, network/too-large, network/weights-missing. */
  readonly value: (outside: OutsideFiles) => Constant | Opaque;
}

export interface ExternalPlace {
  readonly location: string;
  readonly offset: number;
  readonly length: number | null;
}

/** Files of numbers beside the network, by the location that it names; null where one is missing. */
export type OutsideFiles = ReadonlyMap<string, Uint8Array | null>;

/** A setting of an operation. Which field counts is known by who asks. */
export interface Attribute {
  readonly name: string;
  readonly i?: number;
  readonly f?: number;
  readonly s?: string;
  readonly ints: readonly number[];
  readonly floats: readonly number[];
  readonly strings: readonly string[];
  readonly tensor?: FileTensor;
  readonly hasGraph: boolean;
  /** Inside a function: the caller's attribute that it stands for. */
  readonly refersTo: string;
}

/** An operation: values are named by the outputs that make them; an empty name is an input or output left out. */
export interface FileNode {
  readonly name: string;
  readonly op: string;
  /** Empty for ONNX' own operations. */
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
  /** Values that its subgraphs take from around them. */
  readonly captured: readonly string[];
}

/** A value with its type: sizes null where free, as a whole where not even their number is told. */
export interface FilePort {
  readonly name: string;
  /** The element's type by its number; null where it is no tensor. */
  readonly type: number | null;
  readonly sizes: readonly (number | null)[] | null;
}

export interface FileFunction {
  readonly name: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly nodes: readonly FileNode[];
  readonly defaults: readonly Attribute[];
}

export interface FileModel {
  readonly name: string;
  /** Versions of the sets of operations, by domain. */
  readonly opsets: ReadonlyMap<string, number>;
  readonly nodes: readonly FileNode[];
  readonly initializers: readonly FileTensor[];
  readonly inputs: readonly FilePort[];
  readonly outputs: readonly FilePort[];
  readonly functions: readonly FileFunction[];
}

export const integerAt = (node: FileNode, key: string, otherwise: number): number =>
  node.attributes.get(key)?.i ?? otherwise;

export const floatAt = (node: FileNode, key: string, otherwise: number): number =>
  node.attributes.get(key)?.f ?? otherwise;

export const wordAt = (node: FileNode, key: string, otherwise: string): string =>
  node.attributes.get(key)?.s ?? otherwise;

/** A list of whole numbers; null where it is not given. */
export const integersAt = (node: FileNode, key: string): readonly number[] | null =>
  node.attributes.get(key)?.ints ?? null;

/** One number for each axis. */
export function perAxis(node: FileNode, key: string, axes: number, otherwise: number): readonly number[] {
  const given = integersAt(node, key);
  if (!given) return Array.from({ length: axes }, () => otherwise);
  if (given.length !== axes) throw new NotKnown(`its ${key} are ${given.join(', ')} for ${axes} axes`);
  return given;
}
