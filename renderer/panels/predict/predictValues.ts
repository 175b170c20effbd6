import { predict, type PredictValues } from '../../../shared/analysis/predict';

/** What the plain forward pass found for one study; null where the figures cannot be read. */
export function predictValues(values: unknown): PredictValues | null {
  const read = predict.values.safeParse(values);
  return read.success ? read.data : null;
}

/** Probabilities by label, largest first. A single one is of the last label: the one of a sigmoid. */
export function rankedProbabilities(
  { probabilities }: PredictValues,
  labels: readonly string[],
): readonly { readonly label: string; readonly p: number }[] {
  const first = probabilities?.length === 1 ? labels.length - 1 : 0;
  return (probabilities ?? [])
    .flatMap((p, at) => (p === null ? [] : [{ label: labels[first + at] ?? String(at), p }]))
    .sort((a, b) => b.p - a.p);
}
