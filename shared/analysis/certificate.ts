import { z } from 'zod';
import { channelStatuses } from './channelStatuses';

const number = z.number().nullable();
const whole = z.number().int().nonnegative();

/** Rows of the evidence table that may hold for a dead filter; never one picked silently, and none of them a fact. */
export const deathRows = [
  'bias',
  'weights',
  'batch-normalisation',
  'starved',
  'regularisation',
  'learning-rate',
  'initialisation',
  'database',
] as const;

/** What would tell more of a death, where it is not there. */
export const missingEvidence = [
  'checkpoint-0',
  'checkpoints-between',
  'later-checkpoints',
  'another-database',
  'more-patients',
  'training-log',
] as const;

/** All that is known of one filter that no input wakes, read together. */
export const Certificate = z.strictObject({
  node: z.string(),
  channel: whole,
  status: z.enum(channelStatuses),
  /** The last network in which it answers and the first from which it is dead, in the job's order; null of one network alone. */
  after: z.string().nullable(),
  by: z.string().nullable(),
  /** Whether its weights stand still since then, as those of a filter that gets no gradient do; null where no network is later. */
  noGradient: z.boolean().nullable(),
  /** Patients in whom it is silent; null where it is the same constant for everyone. */
  silentPatients: whole.nullable(),
  patients: whole,
  /** Largest share of such patients that could still wake it (95 %). */
  bound95: number,
  /** Proven from weights and input range alone. */
  certified: z.boolean(),
  compatibleWith: z.array(z.enum(deathRows)),
  /** Fall of the mean pre-activation in the interval of its death, in standard deviations from before; of it what bias, weights and input did. */
  fall: number,
  byBias: number,
  byWeights: number,
  byInput: number,
  /** Share of the layer's living filters that died in the same interval. */
  sameInterval: number,
  /** Weight that those who read it give it, over their layer's median: the largest. */
  used: number,
  /** Layers that read it with a hundredth of their median weight or more, and those that leave it aside. */
  readers: z.array(z.string()),
  ignoredBy: z.array(z.string()),
  missing: z.array(z.enum(missingEvidence)),
});
export type Certificate = z.infer<typeof Certificate>;
