import { applyAffine, type Vec3 } from '../../shared/geometry';
import type { Voxels } from './voxels';

/** Values above this are body: between air and fat on CT, a tenth of the range elsewhere. */
const bodyAbove = ({ source: { unit, range } }: Voxels): number =>
  unit === 'HU' ? -300 : range[0] + 0.1 * (range[1] - range[0]);

/** First and last index of which the count reaches a share of the greatest: thin things such as a couch top fall out. */
function main(counts: readonly number[], share: number): readonly [number, number] | null {
  const least = Math.max(...counts) * share;
  if (!(least > 0)) return null;
  const first = counts.findIndex((count) => count >= least);
  const last = counts.findLastIndex((count) => count >= least);
  return [first, last];
}

/** Box of the body as one slice of the image shows it, over all slices; to begin with a view that is filled. */
export function bodyBox(voxels: Voxels, slice: number): readonly [Vec3, Vec3] | null {
  const { size, affine } = voxels.source.grid;
  const above = bodyAbove(voxels);
  const columns = new Array<number>(size[0]).fill(0);
  const rows = new Array<number>(size[1]).fill(0);
  const start = size[0] * size[1] * slice;
  for (let j = 0; j < size[1]; j++)
    for (let i = 0; i < size[0]; i++)
      if ((voxels.values[start + j * size[0] + i] ?? NaN) > above) {
        columns[i] = (columns[i] ?? 0) + 1;
        rows[j] = (rows[j] ?? 0) + 1;
      }
  const [i, j] = [main(columns, 0.08), main(rows, 0.08)];
  if (!i || !j) return null;
  const low: [number, number, number] = [Infinity, Infinity, Infinity];
  const high: [number, number, number] = [-Infinity, -Infinity, -Infinity];
  for (const x of i)
    for (const y of j)
      for (const z of [0, size[2] - 1]) {
        const corner = applyAffine(affine, [x, y, z]);
        for (const axis of [0, 1, 2] as const) {
          low[axis] = Math.min(low[axis], corner[axis]);
          high[axis] = Math.max(high[axis], corner[axis]);
        }
      }
  return [low, high];
}
