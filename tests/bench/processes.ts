import { readdirSync, readFileSync } from 'node:fs';

/** One process of the application and its memory. */
export interface ProcessMemory {
  readonly part: 'main' | 'engine' | 'renderer' | 'gpu' | 'other';
  /** Resident now, bytes. Pages that processes share are counted in each. */
  readonly resident: number;
  /** The same, shared pages split among those who hold them; null where the system does not say. */
  readonly proportional: number | null;
  /** The most that was ever resident, bytes. */
  readonly peak: number;
}

const readOf = (pid: number, file: string): string | null => {
  try {
    return readFileSync(`/proc/${String(pid)}/${file}`, 'utf8');
  } catch {
    return null; // It ended between the listing and the reading.
  }
};

function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((other) => {
      const stat = Number.isNaN(other) ? null : readOf(other, 'stat');
      // The command, in brackets, may hold spaces: fields are counted from behind it. The second is the parent.
      return stat !== null && Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === pid;
    });
}

const kilobytes = (text: string | null, name: string): number | null => {
  const found = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text ?? '')?.[1];
  return found === undefined ? null : Number(found) * 1024;
};

function partOf(pid: number, root: number, command: string): ProcessMemory['part'] {
  if (pid === root) return 'main';
  if (command.includes('start.mjs')) return 'engine';
  if (command.includes('--type=renderer')) return 'renderer';
  return command.includes('--type=gpu-process') ? 'gpu' : 'other';
}

/** A process and all that it started, from Linux's /proc. */
export function memoryOf(root: number): ProcessMemory[] {
  const found: ProcessMemory[] = [];
  const visit = (pid: number): void => {
    const status = readOf(pid, 'status');
    const resident = kilobytes(status, 'VmRSS');
    if (resident !== null)
      found.push({
        part: partOf(pid, root, readOf(pid, 'cmdline') ?? ''),
        resident,
        proportional: kilobytes(readOf(pid, 'smaps_rollup'), 'Pss'),
        peak: kilobytes(status, 'VmHWM') ?? resident,
      });
    for (const child of childrenOf(pid)) visit(child);
  };
  visit(root);
  return found;
}
