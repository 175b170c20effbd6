import { join } from 'node:path';
import { Results, type InputResult, type Warning } from '../../../shared/result';
import { warningOf } from '../../../shared/warning';
import { writeWhole } from './writeWhole';

/** The name of the results file in its folder. */
export const resultsName = 'results.json';

interface Cleaned {
  readonly value: unknown;
  /** Where a number was not finite, as keys: `labels[0].dice`. */
  readonly notFinite: readonly string[];
}

/** Data that JSON can hold: numbers that are not finite become null, typed arrays plain ones. */
export function cleaned(value: unknown): Cleaned {
  const notFinite: string[] = [];
  const clean = (part: unknown, at: string): unknown => {
    if (typeof part === 'number') {
      if (Number.isFinite(part)) return part;
      notFinite.push(at);
      return null;
    }
    if (ArrayBuffer.isView(part) && !(part instanceof DataView)) return clean(Array.from(part as Float32Array), at);
    if (Array.isArray(part)) return part.map((item, n) => clean(item, `${at}[${String(n)}]`));
    if (typeof part === 'object' && part !== null) {
      const { value: figure, ci95 } = part as { value?: unknown; ci95?: unknown };
      // An interval without its figure, or the reverse, says nothing: the figure as a whole is null.
      if (
        Array.isArray(ci95) &&
        [figure, ...(ci95 as unknown[])].some((n) => typeof n === 'number' && !Number.isFinite(n))
      )
        return clean(typeof figure === 'number' ? figure : NaN, at);
      return Object.fromEntries(
        Object.entries(part)
          .filter(([, inner]) => inner !== undefined)
          .map(([key, inner]) => [key, clean(inner, at === '' ? key : `${at}.${key}`)]),
      );
    }
    return part;
  };
  return { value: clean(value, ''), notFinite };
}

const said = (notFinite: readonly string[]): readonly Warning[] =>
  notFinite.length === 0
    ? []
    : [
        warningOf('result/not-finite', {
          count: notFinite.length,
          keys: notFinite.slice(0, 5).join(', ') + (notFinite.length > 5 ? ', …' : ''),
        }),
      ];

/** One input's entry as it stands in results.json. */
export function finishedInput(input: InputResult): InputResult {
  const values = cleaned(input.values);
  return {
    ...input,
    values: values.value as typeof input.values,
    warnings: [...input.warnings, ...said(values.notFinite)],
  };
}

/** Results as they stand in results.json: no number that JSON lacks, each such one said in the warnings beside it. */
export function finishedResults(results: Results): Results {
  const analyses = results.analyses.map((analysis) => {
    const summary = cleaned(analysis.summary);
    const verdict = cleaned(analysis.verdict);
    const odd = said([...summary.notFinite, ...verdict.notFinite]);
    return {
      ...analysis,
      summary: summary.value as typeof analysis.summary,
      verdict: verdict.value as typeof analysis.verdict,
      ...(odd.length + (analysis.warnings?.length ?? 0) > 0
        ? { warnings: [...(analysis.warnings ?? []), ...odd] }
        : {}),
      inputs: analysis.inputs.map(finishedInput),
    };
  });
  return Results.parse(cleaned({ ...results, analyses }).value);
}

/** Writes results.json whole and gives what it holds. *Problems* result/disk-full, result/cannot-write. */
export async function writeResults(folder: string, results: Results): Promise<Results> {
  const finished = finishedResults(results);
  await writeWhole(join(folder, resultsName), [`${JSON.stringify(finished, null, 2)}\n`], resultsName);
  return finished;
}
