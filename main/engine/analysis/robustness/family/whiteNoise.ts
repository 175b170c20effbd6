import { scaledBy, valueFamily } from '../family';
import { unitField } from '../gaussian';

/** Independent normal numbers in every voxel of the scan. *Units* HU, the standard deviation. */
export const whiteNoise = valueFamily(
  'white-noise',
  { reads: 'image' },
  scaledBy(({ values }, seed) => unitField(values.length, seed)),
);
