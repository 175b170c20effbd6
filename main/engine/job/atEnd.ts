import { join } from 'node:path';
import { problemOf } from '../../../shared/problem/problem';
import type { ErrorEntry } from '../../../shared/result';
import type { Part } from '../analysis/analysis';
import { readArray } from '../result/readArray';
import type { Alone, AloneOptions } from './alone';
import { errorEntryOf } from './errorEntry';
import type { InputOutcome } from './outcome';
import { pace } from './pace';
import { partName } from './partCache';
import type { Plan, PlannedAnalysis } from './plan';
import { contextOf, identityOf, recipeIdentityOf, writerOf } from './stepContext';

/** Where an analysis keeps the files of all inputs together: beside the folders of inputs. */
const folderName = 'database';
/** Progress is told in thousandths. */
const whole = 1000;

/**
 * Adds to what the analyses found of the network alone what they make of all inputs together. The inputs are taken in the job's order. A
 * part that an earlier run made of the same parts is taken as it is; what fails stops nothing else.
 */
export async function atEnd(
  plan: Plan,
  outcomes: readonly InputOutcome[],
  alone: Alone,
  options: AloneOptions,
): Promise<Alone> {
  const ordered = [...outcomes].sort((a, b) => a.n - b.n);
  const parts: (Part | null)[] = [];
  const errors: ErrorEntry[] = [];
  for (const [at, step] of plan.analyses.entries()) {
    const before = alone.parts[at] ?? null;
    try {
      parts.push(before ?? (await partAtEnd(plan, at, step, ordered, options)));
    } catch (thrown) {
      parts.push(null);
      const where = step.of ? { network: step.of.name } : {};
      if (!options.signal.aborted) errors.push(errorEntryOf(problemOf(thrown, where)));
    }
  }
  return { parts, errors: [...alone.errors, ...errors] };
}

async function partAtEnd(
  plan: Plan,
  at: number,
  step: PlannedAnalysis,
  ordered: readonly InputOutcome[],
  { folder, signal, resume, progress, context, cache }: AloneOptions,
): Promise<Part | null> {
  const { analysis, parameters, networks } = step;
  if (!analysis.onEnd || signal.aborted) return null;
  const done = ordered.filter(({ parts }) => parts[at]);
  const own = {
    ...contextOf(plan, step, context, folder.path),
    networks,
    saved: (path: string) => readArray(join(folder.path, path), path),
  };
  const parts = done.flatMap(({ parts: all }) => all[at] ?? []);
  const work = analysis.onEnd(parts, own, parameters, writerOf(folder, plan, step, folderName), signal);
  if (!work) return null;
  const names = done.map((outcome) => outcome.names[at] ?? null);
  const name = partName({
    network: identityOf(plan, step).network,
    input: folderName,
    inputId: '',
    recipe: recipeIdentityOf(plan, step),
    analysis: analysis.definition.id,
    version: analysis.definition.version,
    parameters,
    of: names,
  });
  const isNamed = !names.includes(null);
  const found = resume && isNamed ? await cache.find(name) : null;
  if (found) return found;
  const tempo = pace();
  for (;;) {
    const next = await work.next();
    if (next.done) return isNamed && next.value.partial !== true ? cache.keep(name, next.value) : next.value;
    if (next.value.kind === 'progress')
      progress(tempo.at(`${analysis.definition.id}: ${next.value.stage}`, Math.round(whole * next.value.done), whole));
  }
}
