import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { JobInput } from '../../../shared/job';
import { IsolensError } from '../../../shared/problem/problem';
import type { Analysis, FurtherStudy } from '../analysis/analysis';
import { openStudyFolder } from '../study/openStudyFolder';
import { fingerprintOf } from './fingerprint';

/** An input as the job names it. */
interface NamedStudy {
  readonly id: string;
  readonly spec: JobInput;
}

/** Studies that an analysis' parameters name beside the input, by that name. */
export type NamedStudies = ReadonlyMap<string, NamedStudy>;

/** An input of the job by its id, else a folder. *Problem* analysis/no-donor. */
export function namedStudies(
  { definition }: Pick<Analysis, 'definition'>,
  parameters: unknown,
  inputs: readonly NamedStudy[],
  base: string,
): NamedStudies {
  const names = definition.studies?.(parameters) ?? [];
  return new Map(
    names.map((name): readonly [string, NamedStudy] => {
      const input = inputs.find(({ id }) => id === name);
      if (input && 'study' in input.spec) return [name, input];
      if (input || !existsSync(resolve(base, name)))
        throw new IsolensError('analysis/no-donor', { name }, { key: 'fill' });
      return [name, { id: name, spec: { study: name } }];
    }),
  );
}

/** Reads them when they are asked for, each once. *Problems* those of reading a study. */
export function studyOpener(
  named: NamedStudies,
  base: string,
  signal: AbortSignal,
): (name: string) => Promise<FurtherStudy> {
  const open = new Map<string, Promise<FurtherStudy>>();
  async function read(name: string): Promise<FurtherStudy> {
    const planned = named.get(name);
    if (!planned || !('study' in planned.spec)) throw new IsolensError('analysis/no-donor', { name }, { key: 'fill' });
    const { study: path, series, choices, patient = planned.id } = planned.spec;
    const study = await openStudyFolder(resolve(base, path), { signal, series, choices });
    return { study, series, patient };
  }
  return (name) => {
    const found = open.get(name) ?? read(name);
    open.set(name, found);
    return found;
  };
}

/** What tells whether they are those of an earlier run. */
export async function studyFingerprints(
  named: NamedStudies,
  base: string,
  signal: AbortSignal,
): Promise<Readonly<Record<string, string | null>>> {
  const found: Record<string, string | null> = {};
  for (const [name, { spec }] of named) found[name] = await fingerprintOf(spec, base, signal);
  return found;
}
