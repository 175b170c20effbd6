import { z } from 'zod';

const whole = z.number().int();
const number = z.number().nullable();

/** Whether filters may be called the same by their weights. */
const WeightMatching = z.strictObject({
  /** Weights of one filter. */
  size: whole,
  /** Mean cosine of the best one-to-one order of the filters, inputs in the order found before; and what unrelated random filters give. */
  cosine: z.number(),
  byChance: z.number(),
  /** `refused`: filters this small match by chance. `matched`, `unrelated`: beyond what unrelated filters give, or not. */
  said: z.enum(['refused', 'matched', 'unrelated']),
});
export type WeightMatching = z.infer<typeof WeightMatching>;

/** Which filter of another run answers as which of the reference. */
const FilterMatching = z.strictObject({
  /** For each channel of the reference the channel that goes with it in the best one-to-one order, and their correlation over patients. */
  order: z.array(whole),
  correlation: z.array(number),
  mean: z.number(),
  /** Mean of the best order, and 95 % of its correlations, where the patients of one are shuffled: filters that have nothing to do with each other. */
  meanByChance: z.number(),
  chance95: z.number(),
  /** Best orders of shuffled patients that reach the mean. */
  p: z.number(),
  /** Pairs above `chance95`, of those whose channels vary; none is claimed where p is above 0.05. */
  paired: whole,
  /** Those of them whose number is the same in both. */
  inPlace: whole,
  weights: WeightMatching.nullable(),
});
export type FilterMatching = z.infer<typeof FilterMatching>;

export const MatchingRow = z.strictObject({
  node: z.string(),
  patients: whole,
  /** null: fewer than 10 patients, other channels, or more of them than are matched. */
  networks: z.record(z.string(), FilterMatching.nullable()),
});
export type MatchingRow = z.infer<typeof MatchingRow>;
