import type { Progress } from '../../shared/job';
import { runJobFile } from '../engine/job/runJobFile';
import type { ExitStatus } from './exitStatus';
import { printPdf } from './printPdf';

export interface RunWords {
  readonly out: string;
  readonly resume?: boolean;
  readonly backend?: 'gpu' | 'native' | 'wasm';
  readonly memoryGib?: number;
  readonly pdf?: boolean;
  readonly language?: 'en' | 'fr';
}

/** Runs a job file into a folder, and says where the report and the maps lie. */
export async function run(
  file: string,
  words: RunWords,
  signal: AbortSignal,
  progress: (progress: Progress) => void,
): Promise<ExitStatus> {
  const { results, cancelled, report } = await runJobFile(file, {
    ...words,
    signal,
    progress,
    ...(words.pdf === true ? { finish: printPdf } : {}),
  });
  const maps = results.analyses.flatMap(({ inputs }) => inputs).length;
  process.stdout.write(`${report}\n`);
  process.stdout.write(`${words.out}: ${String(maps)} analysed inputs, ${String(results.errors.length)} errors\n`);
  if (cancelled) return 130;
  return results.errors.length > 0 ? 1 : 0;
}
