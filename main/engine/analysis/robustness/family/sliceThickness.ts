import { alongAxis } from '../convolve';
import { valueFamily } from '../family';
import { spacingOfField } from '../physical';

/** A box of a width in voxels around the middle, with fractional ends; one voxel or less leaves all as it is. */
export function boxWeights(width: number): Float64Array {
  if (!(width > 1)) return Float64Array.of(1);
  const reach = Math.ceil((width - 1) / 2 - 1e-9);
  const end = (width - (2 * reach - 1)) / 2;
  return Float64Array.from({ length: 2 * reach + 1 }, (_, n) => (n === 0 || n === 2 * reach ? end : 1) / width);
}

/** The mean over so many mm across the slices, at every slice of the grid. */
export const sliceThickness = valueFamily('slice-thickness', { reads: 'image', slices: true }, (field) => {
  const [, , spacing] = spacingOfField(field);
  return (mm) => alongAxis(field.values, field.grid.size, 2, boxWeights(mm / spacing));
});
