import { z } from 'zod';
import { Figure } from '../result';
import { Words } from '../verdict';

/** The loss on the straight way between the weights of the reference and those of another network. */
export const WeightPath = z.strictObject({
  network: z.string(),
  /** null: their arrays cannot be laid over each other, or no input tells the loss; `reason` says which. */
  loss: z.strictObject({ said: Words, unit: z.string() }).nullable(),
  reason: z.enum(['other-architecture', 'no-truth']).nullable(),
  patients: z.number().int(),
  /** Shares of the other network's weights, 0 the reference, 1 the other; mean loss over patients at each. */
  points: z.array(z.strictObject({ share: z.number(), loss: z.number() })),
  /** The largest excess over the chord between the two ends, and where it is; 0 at the ends. */
  barrier: Figure,
  at: z.number().nullable(),
  /** Batch normalisation's statistics were mixed like weights, not counted anew on these inputs. */
  mixedStatistics: z.boolean(),
});
export type WeightPath = z.infer<typeof WeightPath>;
