import type { Output } from '../../../shared/recipe';
import type { Warning } from '../../../shared/result';
import { IsolensError } from '../../../shared/problem/problem';
import { nearestWord } from '../../../shared/schemaIssue';
import type { PredictValues } from '../../../shared/analysis/predict';
import type { NetworkArray } from '../network/network';
import type { OpenInput } from './analysis';
import { probabilities } from './probability';

type Classification = Extract<Output, { kind: 'classification' }>;

/** The index of the largest; the first of equals; −1 where none is a number. */
export const largest = (values: ArrayLike<number>, from = 0, count = values.length): number => {
  let best = -1;
  for (let n = 0; n < count; n++) {
    const value = values[from + n] as number;
    if (!Number.isNaN(value) && (best < 0 || value > (values[from + best] as number))) best = n;
  }
  return best;
};

/** Probabilities in the order of the labels; one sigmoid output of two labels is that of the second. */
function inLabelOrder(row: readonly number[], labels: readonly string[]): readonly number[] {
  const [only, ...others] = row;
  return labels.length === 2 && others.length === 0 && only !== undefined ? [1 - only, only] : row;
}

function classOf(row: readonly number[], labels: readonly string[]): string | null {
  const [only] = row;
  // One label with one output says yes or no.
  if (labels.length === 1) return only !== undefined && only > 0.5 ? (labels[0] ?? null) : null;
  return labels[largest(row)] ?? null;
}

/** The class of an input, of each slice of it, and whether it is right. *Problems* analysis/labels-do-not-fit, analysis/unknown-label. */
export function classesOf(
  output: NetworkArray,
  recipe: Classification,
  fileActivation: string | null,
  { prepared, label }: OpenInput,
): { readonly values: Partial<PredictValues>; readonly warnings: readonly Warning[] } {
  const { labels } = recipe;
  if (label !== null && !labels.includes(label))
    throw new IsolensError('analysis/unknown-label', { label, nearest: nearestWord(label, labels) }, { key: 'label' });
  const outputs = output.shape.at(-1) ?? 0;
  const binary = labels.length === 2 && outputs === 1;
  if (output.shape.length !== 2 || (outputs !== labels.length && !binary))
    throw new IsolensError(
      'analysis/labels-do-not-fit',
      { labels: labels.length, given: `[${output.shape.join(', ')}]` },
      { key: 'output.labels' },
    );
  const activation = binary && recipe.activation === 'softmax' ? 'sigmoid' : recipe.activation;
  const { values, warning } = probabilities(output, activation, fileActivation);
  const count = output.shape[0] as number;
  const rows = Array.from({ length: count }, (_, n) =>
    inLabelOrder(Array.from(values.subarray(n * outputs, (n + 1) * outputs)), labels),
  );
  const mean = labels.map((_, c) => rows.reduce((sum, row) => sum + (row[c] as number), 0) / count);
  const found = classOf(mean, labels);
  const slices = rows.map((row, n) => ({
    plane: prepared.planes?.[n] ?? n,
    class: classOf(row, labels),
    probabilities: [...row],
  }));
  return {
    values: {
      class: found,
      probabilities: mean,
      ...(recipe.unit === 'slice' && prepared.dims === 2 && prepared.grid !== null ? { slices } : {}),
      truth: label,
      right: label === null ? null : found === label,
    },
    warnings: warning === undefined ? [] : [warning],
  };
}
