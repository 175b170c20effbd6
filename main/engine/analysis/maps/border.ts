import type { ReceptiveField } from '../../../../shared/network';

/** A uniform map must stay below the threshold of border-only: the border may hold at most this share of the voxels. */
const widestBorder = 0.95;

/**
 * 1 at voxels of the map whose receptive field leaves the input, 0 inside. null where that tells nothing: an axis is mixed whole, or
 * (nearly) every voxel sees beyond the border.
 */
export function borderOf(
  field: ReceptiveField | null,
  map: readonly number[],
  input: readonly number[],
): Uint8Array | null {
  if (!field || map.length === 0 || field.size.length !== map.length || input.length !== map.length) return null;
  if (field.size.includes(null)) return null;
  const leaves = map.map((count, axis) => {
    const [start, step, size] = [field.start[axis] ?? 0, field.step[axis] ?? 1, field.size[axis] ?? 1];
    return Array.from({ length: count }, (_, o) => {
      const first = Math.floor(start + step * o);
      return first < 0 || first + size > (input[axis] ?? 0);
    });
  });
  const border = new Uint8Array(map.reduce((product, n) => product * n, 1));
  let stride = 1;
  for (let axis = map.length - 1; axis >= 0; axis--) {
    const count = map[axis] ?? 1;
    const along = leaves[axis] ?? [];
    for (let v = 0; v < border.length; v++) if (along[Math.floor(v / stride) % count]) border[v] = 1;
    stride *= count;
  }
  const share = border.reduce((sum, b) => sum + b, 0) / border.length;
  return share > 0 && share < widestBorder ? border : null;
}
