import { valueFamily } from '../family';
import { everyLine, readLine } from '../lines';
import { rigidAbout, spacingOfField } from '../physical';
import { movedField } from './shift';

/** A dose that is too high or too low everywhere, as a wrong prescription or output gives. */
export const doseScale = valueFamily(
  'dose-scale',
  { reads: 'dose' },
  ({ values }) =>
    (share) =>
      values.map((gray) => gray * (1 + share)),
);

/** The dose to the patient's left of where it is planned. */
export const doseShift = valueFamily(
  'dose-shift',
  { reads: 'dose' },
  (field) => (mm) => movedField(field, rigidAbout(field.centreMm, 0, [mm, 0, 0])),
);

/** The dose as known only at points so many mm apart, linear between them; a grid that is coarser already stays. */
export const doseGrid = valueFamily('dose-grid', { reads: 'dose' }, (field) => {
  const spacing = spacingOfField(field);
  const { size } = field.grid;
  return (mm) =>
    ([0, 1, 2] as const).reduce((own, axis) => {
      const step = mm / spacing[axis];
      if (!(step > 1) || size[axis] < 2) return own;
      return everyLine(own, size, axis, (line) => {
        const points = Float64Array.from({ length: Math.floor((size[axis] - 1) / step) + 2 }, (_, n) =>
          readLine(line, n * step),
        );
        return Float64Array.from(line, (_, n) => readLine(points, n / step));
      });
    }, field.values);
});
