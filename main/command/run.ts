import type { Progress } from '../../shared/job';
import type { Results, Shard } from '../../shared/result';
import { runJobFile } from '../engine/job/runJobFile';
import type { ExitStatus } from './exitStatus';
import { printPdf } from './printPdf';

export interface RunWords {
  readonly out: string;
  readonly resume?: boolean;
  readonly backend?: 'gpu' | 'native' | 'wasm';
  readonly memoryGib?: number;
  readonly shard?: Shard;
  readonly pdf?: boolean;
  readonly language?: 'en' | 'fr';
}

/** Where the report lies, and how many inputs it is of. */
export function saidAtEnd({ analyses, errors }: Results, out: string, report: string): void {
  const inputs = analyses.reduce((sum, analysis) => sum + analysis.inputs.length, 0);
  process.stdout.write(`${report}\n`);
  process.stdout.write(`${out}: ${String(inputs)} analysed inputs, ${String(errors.length)} errors\n`);
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
  saidAtEnd(results, words.out, report);
  if (cancelled) return 130;
  return results.errors.length > 0 ? 1 : 0;
}
