import { z } from 'zod';

const number = z.number().nullable().catch(null);

const Label = z.object({
  label: z.string(),
  dice: number.default(null),
  hd95Mm: number.default(null),
  volumeCc: number.default(null),
  truthVolumeCc: number.default(null),
});

const Values = z.object({
  outputs: z.array(z.object({ name: z.string(), min: number, max: number, mean: number })).catch([]),
  class: z.union([z.string(), z.number()]).nullish().catch(null),
  probabilities: z.unknown(),
  labels: z.array(Label).catch([]),
  dose: z.object({ meanDifferenceGy: number }).nullish().catch(null),
});
export type PredictValues = z.output<typeof Values>;

/** What the plain forward pass found for one study; null where the figures cannot be read. */
export function predictValues(values: unknown): PredictValues | null {
  const read = Values.safeParse(values);
  return read.success ? read.data : null;
}

/** Probabilities by label, largest first: one a class, or one a class and slice, of which the mean is taken. */
export function rankedProbabilities(
  probabilities: unknown,
  labels: readonly string[],
): readonly { label: string; p: number }[] {
  const record = z.record(z.string(), z.number()).safeParse(probabilities);
  const list = z.array(z.number()).safeParse(probabilities);
  const rows = record.success
    ? Object.entries(record.data).map(([label, p]) => ({ label, p }))
    : list.success
      ? list.data.map((p, at) => ({ label: labels[at] ?? String(at), p }))
      : [];
  return rows.sort((a, b) => b.p - a.p);
}
