import { alongAxis, gaussianWeights } from '../convolve';
import { valueFamily } from '../family';
import { spacingOfField } from '../physical';

/** Full width at half maximum of a Gaussian of standard deviation 1. */
export const fwhmOfSd = 2 * Math.sqrt(2 * Math.LN2);

/** Gaussian of a full width at half maximum in mm, as wide in space along every axis; a lone slice is blurred in its plane. */
export const blur = valueFamily('blur', { reads: 'image' }, (field) => {
  const spacing = spacingOfField(field);
  const { size } = field.grid;
  return (severity) => {
    let values = field.values;
    for (const axis of [0, 1, 2] as const) {
      if (size[axis] < 2) continue;
      values = alongAxis(values, size, axis, gaussianWeights(severity / fwhmOfSd / spacing[axis]));
    }
    return values;
  };
});
