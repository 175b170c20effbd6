import { z } from 'zod';
import { Figure } from '../result';

const number = z.number().nullable();
const whole = z.number().int().positive();

const Shift = z.strictObject({
  /** Voxels of the input, along its columns. */
  voxels: whole,
  /** A multiple of the network's coarsest step: away from the border nothing may change. */
  wholePeriods: z.boolean(),
  /** Largest |answer to the moved input − moved answer|, in the output's own units, and the root mean square of it over the answer's. */
  largest: z.number(),
  relative: number,
  /** Mean over labels of the Dice between the two, the background left out; mean |difference| of a dose. */
  dice: number,
  meanGy: number,
});
export type EquivarianceShift = z.infer<typeof Shift>;

export const InputEquivariance = z.strictObject({
  /** Voxels along the columns after which the network does the same again. */
  period: whole,
  /** `kept-off`: places whose field stays inside the input; `reached`: every place sees the border, and the middle half is taken. */
  border: z.enum(['kept-off', 'reached']),
  shifts: z.array(Shift),
});
export type InputEquivariance = z.infer<typeof InputEquivariance>;

export const SummaryEquivariance = z.strictObject({
  period: whole,
  border: z.enum(['kept-off', 'reached']),
  /** Over patients: means with interval, and the largest of all. */
  shifts: z.array(
    z.strictObject({
      voxels: whole,
      wholePeriods: z.boolean(),
      patients: whole,
      largest: z.number(),
      relative: Figure,
      dice: Figure,
      meanGy: Figure,
    }),
  ),
});
export type SummaryEquivariance = z.infer<typeof SummaryEquivariance>;
