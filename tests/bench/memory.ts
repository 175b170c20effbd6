import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { packagedFolder } from '../flows/packaged';
import { mib, printTable } from './figures';
import type { Made } from './make';
import { readPlainly } from './plain';
import { memoryOf, type ProcessMemory } from './processes';

const quietMs = 6000;
const longestMs = 180_000;

/** Waits until an application has done nothing for a while: everything that it opens by itself is open. */
async function settled(pid: number): Promise<readonly ProcessMemory[]> {
  const busySeconds = (): number => memoryOf(pid).reduce((sum, one) => sum + one.cpuSeconds, 0);
  const until = performance.now() + longestMs;
  let before = busySeconds();
  for (;;) {
    await pause(quietMs);
    const now = busySeconds();
    if (now === 0) throw new Error('the application has ended');
    // The views ask for animation frames even while they stand still: less than a fifth of a core is rest.
    if (now - before < (0.2 * quietMs) / 1000) return memoryOf(pid);
    if (performance.now() > until) throw new Error('the application did not come to rest');
    before = now;
  }
}

/** Memory of an application that nobody looks into, with some paths open: to watch a page makes it keep what it fetched. */
async function unwatched(made: Made, open: readonly string[]): Promise<readonly ProcessMemory[]> {
  const userData = mkdtempSync(join(made.scratch, 'window-'));
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const words = [...asRoot, `--user-data-dir=${userData}`, ...open];
  const child = spawn(join(packagedFolder() ?? '', 'isolens-window'), words, { stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  try {
    return await settled(child.pid ?? 0);
  } finally {
    child.kill('SIGTERM');
    await ended;
    rmSync(userData, { recursive: true, force: true });
  }
}

function print(title: string, all: readonly ProcessMemory[], made: Made): void {
  const parts = ['main', 'engine', 'renderer', 'gpu', 'other'] as const;
  const sum = (of: readonly ProcessMemory[], bytes: (one: ProcessMemory) => number): number =>
    of.reduce((total, one) => total + bytes(one), 0);
  const rowOf = (name: string, of: readonly ProcessMemory[]): string[] => {
    const resident = sum(of, (one) => one.resident);
    return [
      name,
      mib(resident),
      mib(sum(of, (one) => one.proportional ?? one.resident)),
      mib(sum(of, (one) => one.peak)),
      (resident / made.bytes).toFixed(2),
    ];
  };
  const each = parts.map((part) => {
    const own = all.filter((one) => one.part === part);
    return rowOf(part, own);
  });
  console.log(`memory, MiB: ${title}`);
  printTable(['process', 'resident', 'shared split', 'peak', 'resident / files'], [...each, rowOf('together', all)]);
}

/** Prints what the application holds without a study, with it, and `watched`: what it held when it had been scrolled. */
export async function printMemory(made: Made, watched: readonly ProcessMemory[]): Promise<void> {
  const plain = readPlainly(made.study);
  console.log(
    `the study's files are ${mib(made.bytes)} MiB, its CT's voxels ${mib(made.voxelBytes)} MiB; ` +
      `a plain Node that reads the files holds ${mib(plain.resident)} MiB\n`,
  );
  print('a network open, no study', await unwatched(made, [made.network]), made);
  print('the study open, not touched', await unwatched(made, [made.network, made.study]), made);
  print('after scrolling, watched (the page keeps copies of what it fetched)', watched, made);
}
