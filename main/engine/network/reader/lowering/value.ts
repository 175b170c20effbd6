import type { Weight } from '../../graph';

/** Numbers that do not depend on the network's input: weights, axes, sizes. */
export interface Constant {
  readonly kind: 'constant';
  readonly shape: readonly number[];
  /** float32 for weights, float64 for whole numbers. */
  readonly values: Float32Array | Float64Array;
  readonly integer: boolean;
}

/** A size that only a run tells: `times` · (size of `axis` of node `node`) + `plus`. The batch is axis 0 of every node. */
export interface FreeSize {
  readonly node: string;
  readonly axis: number;
  readonly times: number;
  readonly plus: number;
}

/** null: nothing can be told about it. */
export type Size = number | FreeSize | null;

/** Whole numbers of which some are sizes of maps: what the chains from Shape to Reshape compute. */
export interface Sizes {
  readonly kind: 'sizes';
  readonly shape: readonly number[];
  readonly values: readonly Size[];
}

/**
 * The value of a node of our graph. `sizes` and `channel` count axes in the file's order: our axes are the file's with the
 * one called `channel` moved to the end. `sizes` is null behind a node that is not understood.
 */
export interface MapValue {
  readonly kind: 'map';
  readonly node: string;
  readonly sizes: readonly Size[] | null;
  readonly channel: number;
  readonly part?: Part;
}

/** Of which map a value is a part, cut along `axis` of ours into `count` parts. */
export interface Part {
  readonly from: MapValue;
  readonly axis: number;
  readonly index: number;
  readonly count: number;
  /** Each part is one voxel thick. */
  readonly single: boolean;
}

/** A map whose voxels are dealt out to the batch by their phase, until BatchToSpaceND lays them back: how a dilation is written. */
export interface Spread {
  readonly kind: 'spread';
  readonly from: MapValue;
  readonly block: readonly number[];
  /** Cells of zero around the spatial axes. */
  readonly pads: readonly (readonly [number, number])[];
  /** The convolution that was met in between, without dilation and padding. */
  readonly convolution: {
    readonly op: string;
    readonly attributes: Readonly<Record<string, unknown>>;
    readonly weights: readonly Weight[];
  } | null;
}

/** Behind a branch that is never taken. */
export interface Dead {
  readonly kind: 'dead';
}

/** Texts, variables' handles and the like: no numbers. */
export interface Opaque {
  readonly kind: 'opaque';
  readonly what: string;
  readonly texts: readonly string[];
}

/**
 * A map whose voxels, and those of all the batch, are rows of one matrix, until a Reshape lays them back: how a dense layer is written, and
 * (`stood`: an axis of size 1 before the rows and behind) a normalisation of each voxel's channels.
 */
export interface Rows {
  readonly kind: 'rows';
  readonly from: MapValue;
  readonly stood: boolean;
  /** What was met in between. */
  readonly made: {
    readonly op: 'dense' | 'layerNorm';
    readonly attributes: Readonly<Record<string, unknown>>;
    readonly weights: readonly Weight[];
  } | null;
}

export type Value = Constant | Sizes | MapValue | Spread | Rows | Dead | Opaque;

/** An operation, or a setting of it, that Isolens does not know: the node stays, marked unknown. */
export class NotKnown extends Error {}

/** What an operation asks of a map whose shape nobody knows. */
export class Behind extends NotKnown {
  constructor() {
    super('it lies behind an operation that Isolens does not know, and its shape with it');
  }
}

/** The sizes of a map in the file's order. *Problems* the node is unknown where they cannot be told. */
export function sizesOfMap({ sizes }: MapValue): readonly Size[] {
  if (!sizes) throw new Behind();
  return sizes;
}

export const dead: Dead = { kind: 'dead' };

export const constantOf = (
  shape: readonly number[],
  values: Float32Array | Float64Array | readonly number[],
  integer = false,
): Constant => ({
  kind: 'constant',
  shape,
  values: Array.isArray(values) ? Float64Array.from(values) : (values as Float32Array | Float64Array),
  integer,
});

export const wholeNumber = (value: number): Constant => constantOf([], [value], true);

export const wholeNumbers = (values: readonly number[]): Constant => constantOf([values.length], values, true);

/** Whether two sizes are surely the same. */
export function sameSize(a: Size | undefined, b: Size | undefined): boolean {
  if (typeof a === 'number' || typeof b === 'number') return a === b;
  if (!a || !b) return false;
  return a.node === b.node && a.axis === b.axis && a.times === b.times && a.plus === b.plus;
}

export const batchSize: FreeSize = { node: '', axis: 0, times: 1, plus: 0 };

export const isBatch = (size: Size | undefined): boolean =>
  typeof size === 'object' && size !== null && size.axis === 0 && size.times === 1 && size.plus === 0;

/** Constants and sizes as one: a constant's numbers are sizes that are known. */
export function sizesIn(value: Value | undefined): Sizes | null {
  if (value?.kind === 'sizes') return value;
  if (value?.kind !== 'constant') return null;
  return { kind: 'sizes', shape: value.shape, values: Array.from(value.values) };
}

/** Sizes that are all known are a constant. */
export function settled({ shape, values }: Omit<Sizes, 'kind'>): Constant | Sizes {
  const known = values.every((v): v is number => typeof v === 'number');
  return known ? constantOf(shape, values, true) : { kind: 'sizes', shape, values };
}
