import { z } from 'zod';

const whole = z.number().int().nonnegative();
const number = z.number().nullable();

/** One header fault over patients: does the network notice it (its confidence falls below τ), or answer confidently? */
export const DrillLine = z.strictObject({
  fault: z.string(),
  patients: whole,
  /** Patients whose answer it changed. */
  changed: whole,
  /** Mean confidence over patients; null of a network that has none. */
  cleanConfidence: number,
  faultyConfidence: number,
  /** Of the patients whose answer changed, those in whom the confidence is below τ. */
  noticed: whole.nullable(),
  notices: z.enum(['yes', 'partly', 'no', 'no-change']).nullable(),
  sentence: z.strictObject({ en: z.string(), fr: z.string() }),
});
export type DrillLine = z.infer<typeof DrillLine>;
