import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { InputResult, Results, type Warning } from '../../../shared/result';
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
export const finishedResults = (results: Results): Results => {
  const { analyses, ...rest } = withoutInputs(results);
  return {
    ...rest,
    analyses: analyses.map((analysis, n) => ({
      ...analysis,
      inputs: (results.analyses[n]?.inputs ?? []).map((input) => InputResult.parse(finishedInput(input))),
    })),
  };
};

/** All but the entries of inputs, of which there may be more than fit the memory. */
function withoutInputs(results: Results): Results {
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
      inputs: [],
    };
  });
  return Results.parse(cleaned({ ...results, analyses }).value);
}

/** The text of results.json piece by piece: each input's entry is a line, made when it is written. */
function* textOf(results: Results): Generator<string> {
  const frame = withoutInputs(results);
  const mark = randomUUID();
  const marked = {
    ...frame,
    analyses: frame.analyses.map((analysis, n) =>
      (results.analyses[n]?.inputs.length ?? 0) > 0 ? { ...analysis, inputs: [mark] } : analysis,
    ),
  };
  const filled = results.analyses.filter(({ inputs }) => inputs.length > 0);
  for (const [n, piece] of JSON.stringify(marked, null, 2).split(`"${mark}"`).entries()) {
    yield piece;
    for (const [at, input] of (filled[n]?.inputs ?? []).entries()) {
      const entry = JSON.stringify(InputResult.parse(finishedInput(input)));
      yield at === 0 ? entry : `,\n        ${entry}`;
    }
  }
  yield '\n';
}

/** Writes results.json whole. *Problems* result/disk-full, result/cannot-write. */
export const writeResults = (folder: string, results: Results): Promise<void> =>
  writeWhole(join(folder, resultsName), textOf(results), resultsName);
