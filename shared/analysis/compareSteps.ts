import { z } from 'zod';

const whole = z.number().int();

const Crossing = z.strictObject({ stillDead: whole, awakened: whole, killed: whole, stillAlive: whole });
export type Crossing = z.infer<typeof Crossing>;

/** From one network to the next in the job's order: the filters that fell silent and those that woke. */
export const Step = z.strictObject({
  from: z.string(),
  to: z.string(),
  filters: Crossing,
  layers: z.array(z.strictObject({ filters: z.string(), ...Crossing.shape })),
  /** Layers that lost a fifth of their filters or more at once. */
  together: z.array(z.string()),
});
export type Step = z.infer<typeof Step>;
