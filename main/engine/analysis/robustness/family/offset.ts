import { valueFamily } from '../family';

/** The same number of HU more in every voxel. */
export const offset = valueFamily(
  'offset',
  { reads: 'image' },
  ({ values }) =>
    (severity) =>
      values.map((hu) => hu + severity),
);
