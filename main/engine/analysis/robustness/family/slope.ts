import { valueFamily } from '../family';

/** (HU + 1000)·(1 + q) − 1000: another density calibration, at which air stays air. */
export const slope = valueFamily(
  'slope',
  { reads: 'image', units: true, modality: 'CT' },
  ({ values }) =>
    (severity) =>
      values.map((hu) => (hu + 1000) * (1 + severity) - 1000),
);
