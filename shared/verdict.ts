import { z } from 'zod';

export const Words = z.strictObject({ en: z.string(), fr: z.string() });

/** What an analysis says in words. Source: design of the answer strip (question → answer → doubt → evidence). */
export const Verdict = z.strictObject({
  level: z.enum(['fine', 'watch', 'problem', 'cannot-say']),
  code: z.string(),
  confidence: z.enum(['low', 'moderate', 'high']),
  sentence: Words,
  /** One line under the sentence: the number behind it. */
  detail: Words.optional(),
  evidence: z.array(z.strictObject({ label: Words, value: z.union([z.number(), z.string(), z.null()]) })),
  caveats: z.array(Words),
});
export type Verdict = z.infer<typeof Verdict>;
