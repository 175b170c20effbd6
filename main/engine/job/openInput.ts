import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { IsolensError, type Problem } from '../../../shared/problem/problem';
import { warningOf } from '../../../shared/warning';
import type { NetworkArray } from '../network/network';
import { networkInputsOf } from '../recipe/networkInput';
import { prepareArray, type ReadArray } from '../recipe/prepareArray';
import { prepareStudy } from '../recipe/prepareStudy';
import { readArray } from '../result/readArray';
import type { Study } from '../study/study';
import { openStudyFolder } from '../study/openStudyFolder';
import type { OpenInput } from '../analysis/analysis';
import type { Plan, PlannedInput } from './plan';

function there(base: string, path: string): string {
  const whole = resolve(base, path);
  if (!existsSync(whole)) throw new IsolensError('job/no-such-file', {}, { file: path });
  return whole;
}

const arrayAt = (base: string, path: string): Promise<ReadArray> => readArray(there(base, path));

async function truthOf(base: string, path: string | undefined): Promise<NetworkArray | null> {
  if (path === undefined) return null;
  const { shape, values } = await arrayAt(base, path);
  return { shape, values };
}

/** What is said against the study as a whole, and against the structure set and dose in use. */
function notesOf({ notes, summary, structureSets, doses }: Study): readonly Problem[] {
  const active = [structureSets[0]?.sopInstanceUid, doses[0]?.uid];
  return [
    ...notes,
    ...summary.objects.filter(({ id }) => active.includes(id)).flatMap((object) => object.notes as readonly Problem[]),
  ];
}

/**
 * Reads one input and makes it ready for the network. *Problems* job/no-such-file, job/database-unreadable, and those of reading
 * the study or array and of the recipe.
 */
export async function openInput(planned: PlannedInput, plan: Plan, signal: AbortSignal): Promise<OpenInput> {
  const { id, spec, refused } = planned;
  if (refused) throw refused;
  const { base, recipe, network } = plan;
  const inputs = networkInputsOf(network.description);
  const patient = spec.patient ?? id;
  const label = spec.label ?? null;
  if ('database' in spec) throw new IsolensError('job/database-unreadable', { reason: '–' }, { file: spec.database });
  if ('study' in spec) {
    const [input] = inputs;
    if (!recipe || !input) throw new IsolensError('job/no-recipe', { expected: 'a recipe' }, { file: network.name });
    const study = await openStudyFolder(there(base, spec.study), {
      signal,
      series: spec.series,
      choices: spec.choices,
    });
    const prepared = await prepareStudy(study, recipe, input, { id, patient, series: spec.series, signal });
    const told = notesOf(study).map(({ code, facts }) => warningOf(code, facts));
    const tags = { ...study.summary.tags, ...planned.tags };
    return {
      prepared: { ...prepared, warnings: [...told, ...prepared.warnings] },
      spec,
      study,
      label,
      truth: null,
      tags,
    };
  }
  const read =
    'array' in spec
      ? await arrayAt(base, spec.array)
      : Object.fromEntries(
          await Promise.all(
            Object.entries(spec.arrays).map(async ([name, path]) => [name, await arrayAt(base, path)] as const),
          ),
        );
  const prepared = prepareArray(read, recipe, inputs, { id, patient });
  return { prepared, spec, study: null, label, truth: await truthOf(base, spec.truth), tags: planned.tags ?? {} };
}
