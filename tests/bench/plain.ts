import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';

/** What it costs to read files and do nothing else with them. */
export interface Plain {
  readonly milliseconds: number;
  readonly files: number;
  readonly bytes: number;
  /** Resident memory of the process that holds them, bytes. */
  readonly resident: number;
}

/** Reads every file of a folder into the memory of a plain Node process. */
export function readPlainly(folder: string): Plain {
  const script = join(import.meta.dirname, 'readPlainly.js');
  return JSON.parse(execFileSync(process.execPath, [script, folder], { encoding: 'utf8' })) as Plain;
}
