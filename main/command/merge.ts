import type { Progress } from '../../shared/job';
import type { Language } from '../../shared/words';
import { mergeShards } from '../engine/job/merge';
import type { ExitStatus } from './exitStatus';
import { saidAtEnd } from './run';

/** Puts the shards of one job together, and says where the report and the maps lie. */
export async function merge(
  folders: readonly string[],
  words: { readonly out: string; readonly language?: Language },
  signal: AbortSignal,
  progress: (progress: Progress) => void,
): Promise<ExitStatus> {
  const { results, report } = await mergeShards(folders, { ...words, signal, progress });
  saidAtEnd(results, words.out, report);
  return results.errors.length > 0 ? 1 : 0;
}
