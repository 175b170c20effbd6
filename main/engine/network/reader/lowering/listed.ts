import { constantOf, settled, type Constant, type MapValue, type Size, type Sizes, type Value } from './value';

/** What is rearranged alike: a constant's numbers, or sizes of which some only a run tells. */
export type Listed = Constant | Sizes;

export const isListed = (value: Value | undefined): value is Listed =>
  value?.kind === 'constant' || value?.kind === 'sizes';

/** The same work on numbers and on sizes. */
export function onList(
  value: Listed,
  work: <V extends Float32Array | Float64Array | readonly Size[]>(array: {
    shape: readonly number[];
    values: V;
  }) => { readonly shape: readonly number[]; readonly values: V },
): Listed {
  if (value.kind === 'sizes') return settled(work(value));
  const { shape, values } = work(value);
  return constantOf(shape, values, value.integer);
}

/** The same map with sizes that are known better than the operation can tell. */
export const withSizes = (value: MapValue, sizes: readonly Size[]): MapValue => ({ ...value, sizes });
