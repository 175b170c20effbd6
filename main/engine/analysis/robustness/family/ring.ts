import { scaledBy, valueFamily } from '../family';
import { centreIndex, onPlanes, spacingOfField, type Physical } from '../physical';

/** Where the detector element that drifts projects to; a quarter of a small field. */
const radiusMm = 50;

/** 1 where a voxel's centre lies in the ring, one pixel wide, of one drifted detector element. */
export function ringOf(field: Physical): Float32Array {
  const { grid, values } = field;
  const [x, y] = centreIndex(field);
  const [dx, dy] = spacingOfField(field);
  const radius = Math.min(radiusMm, (grid.size[0] * dx) / 4, (grid.size[1] * dy) / 4);
  const half = Math.max(dx, dy) / 2;
  const ring = new Float32Array(values.length);
  onPlanes(grid, ring, (plane) => {
    for (let v = 0; v < plane.length; v++) {
      const [i, j] = [v % grid.size[0], Math.floor(v / grid.size[0])];
      if (Math.abs(Math.hypot((i - x) * dx, (j - y) * dy) - radius) <= half) plane[v] = 1;
    }
  });
  return ring;
}

/** A detector element that reads too much draws a circle about the isocentre in every slice. */
export const ring = valueFamily('ring', { reads: 'image', modality: 'CT' }, scaledBy(ringOf));
