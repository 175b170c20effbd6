import type { LoadedNetwork } from '../../network/network';
import type { ReceptiveField } from '../../../../shared/network';

/** A uniform map must stay below the threshold of border-only: the border may hold at most this share of the voxels. */
const widestBorder = 0.95;

/** The receptive field of a node on the network's only input; null where it is global, unknown, or there are several inputs. */
export function receptiveFieldOf(network: LoadedNetwork, node: string): ReceptiveField | null {
  const field = network.description.nodes.find(({ name }) => name === node)?.receptiveField;
  if (!field || field === 'global') return null;
  if (Array.isArray(field.size)) return field as ReceptiveField;
  const fields = Object.values(field as Record<string, ReceptiveField | 'global'>);
  return fields.length === 1 && fields[0] !== undefined && fields[0] !== 'global' ? fields[0] : null;
}

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
