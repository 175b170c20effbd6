import type { ScoreName } from '../../../../shared/analysis/occlusion';

/** log Σ exp, safe against large numbers. */
export function logSumExp(values: readonly number[]): number {
  const largest = Math.max(...values);
  if (!Number.isFinite(largest)) return largest;
  return largest + Math.log(values.reduce((sum, value) => sum + Math.exp(value - largest), 0));
}

const sigmoid = (z: number): number => (z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z)));

/**
 * What makes numbers of classes a probability. `sign` is −1 for the first of two classes of a single sigmoid, whose logit is that of the
 * second.
 */
export interface ClassReading {
  readonly index: number;
  readonly activation: 'softmax' | 'sigmoid';
  readonly sign: 1 | -1;
}

/**
 * A class's score from logits (log-probabilities do as well under softmax).
 * *Source* methods §1.4: z_y − log Σ_{k≠y} exp z_k, the log-odds of p; of a sigmoid its logit.
 */
export function classScore(
  logits: readonly number[],
  { index, activation, sign }: ClassReading,
  score: ScoreName,
): number {
  const own = logits[index] ?? NaN;
  if (activation === 'sigmoid') return score === 'probability' ? sigmoid(sign * own) : sign * own;
  if (score === 'logit') return own;
  if (score === 'probability') return Math.exp(own - logSumExp(logits));
  return own - logSumExp(logits.filter((_, k) => k !== index));
}

/** Probabilities of all classes from logits. */
export function classProbabilities(logits: readonly number[], activation: 'softmax' | 'sigmoid'): readonly number[] {
  if (activation === 'sigmoid') return logits.map(sigmoid);
  const total = logSumExp(logits);
  return logits.map((z) => Math.exp(z - total));
}
