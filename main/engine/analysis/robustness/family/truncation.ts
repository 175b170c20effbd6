import { valueFamily } from '../family';
import { centreIndex, onPlanes, spacingOfField } from '../physical';

const air = -1000;

/** Air beyond a radius about the isocentre, as a field of view that is too small leaves it. */
export const truncation = valueFamily('truncation', { reads: 'image', units: true, modality: 'CT' }, (field) => {
  const [x, y] = centreIndex(field);
  const [dx, dy] = spacingOfField(field);
  const { size } = field.grid;
  return (radius) => {
    const cut = field.values.slice();
    onPlanes(field.grid, cut, (plane) => {
      for (let v = 0; v < plane.length; v++) {
        const [i, j] = [v % size[0], Math.floor(v / size[0])];
        if (Math.hypot((i - x) * dx, (j - y) * dy) > radius) plane[v] = air;
      }
    });
    return cut;
  };
});
