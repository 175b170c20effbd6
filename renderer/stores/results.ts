import { defineStore } from 'pinia';
import { markRaw, shallowRef } from 'vue';
import type { AnalysisResult, InputResult, Results } from '../../shared/result';
import type { BlobVolume } from '../../shared/study';
import { ask } from '../bridge/bridge';
import type { JobSubject } from './jobs';

/** One analysis of one study or of several, read back from the folder where it was saved. */
export interface OpenResult {
  readonly folder: string;
  readonly subject: JobSubject;
  readonly results: Results;
  readonly analysis: AnalysisResult;
  /** null where the study failed: `results.errors` says why. */
  readonly input: InputResult | null;
  readonly volumes: Readonly<Record<string, BlobVolume>>;
  readonly cancelled: boolean;
}

/** The same parameters, whatever the order of their names. */
export function sameParameters(a: unknown, b: unknown): boolean {
  const ordered = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(ordered)
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(
            Object.entries(value)
              .filter(([, each]) => each !== undefined)
              .sort(([x], [y]) => x.localeCompare(y))
              .map(([key, each]) => [key, ordered(each)]),
          )
        : value;
  return JSON.stringify(ordered(a)) === JSON.stringify(ordered(b));
}

/** Results that are open. One belongs to a network, a study and parameters; it is never shown for others. */
export const useResults = defineStore('results', () => {
  const open = shallowRef<readonly OpenResult[]>([]);

  /** Reads a results folder back for one subject; it takes the place of what was open of the same folder. */
  async function openFolder(folder: string, subject: JobSubject): Promise<OpenResult | null> {
    const { results, volumes } = await ask('engine/openResults', { folder });
    const analysis = results.analyses.find(({ id }) => id === subject.analysis);
    if (!analysis) return null;
    const result: OpenResult = markRaw({
      folder,
      subject,
      results,
      analysis,
      input: analysis.inputs[0] ?? null,
      volumes,
      cancelled: analysis.partial === true,
    });
    open.value = [result, ...open.value.filter((each) => each.folder !== folder)];
    return result;
  }

  /** The newest result of an analysis for this network and this study, or of the network alone. */
  function latest(analysis: string, networkSha: string | undefined, study: string | null): OpenResult | null {
    return (
      open.value.find(
        ({ subject }) =>
          subject.analysis === analysis &&
          subject.networkSha === networkSha &&
          (subject.studies.length === 0 || (study !== null && subject.studies.includes(study))),
      ) ?? null
    );
  }

  /** Reads everything open back from its folder after the engine was lost. */
  async function reopen(): Promise<void> {
    for (const { folder, subject } of [...open.value].reverse()) await openFolder(folder, subject);
  }

  /** Lets go of what was found about a study: something else of it is looked at now. */
  function forget(study: string): void {
    open.value = open.value.filter(({ subject }) => !subject.studies.includes(study));
  }

  return { open, openFolder, latest, forget, reopen };
});
