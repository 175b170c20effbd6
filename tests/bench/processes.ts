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
  /** Processor time since it began. */
  readonly cpuSeconds: number;
}

const readOf = (pid: number, file: string): string | null => {
  try {
    return readFileSync(`/proc/${String(pid)}/${file}`, 'utf8');
  } catch {
    return null; // It ended between the listing and the reading.
  }
};

/** Fields of /proc/PID/stat from the third on: the command before them, in brackets, may hold spaces. */
function statOf(pid: number): readonly number[] | null {
  const stat = readOf(pid, 'stat');
  return stat === null
    ? null
    : stat
        .slice(stat.lastIndexOf(')') + 2)
        .split(' ')
        .map(Number);
}

const parentField = 1;
const userTimeField = 11;
const systemTimeField = 12;
/** Linux counts processor time for us in hundredths of a second, whatever the kernel does. */
const ticksPerSecond = 100;

const childrenOf = (pid: number): number[] =>
  readdirSync('/proc')
    .map(Number)
    .filter((other) => !Number.isNaN(other) && statOf(other)?.[parentField] === pid);

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
    const stat = statOf(pid);
    const resident = kilobytes(status, 'VmRSS');
    if (resident !== null)
      found.push({
        part: partOf(pid, root, readOf(pid, 'cmdline') ?? ''),
        resident,
        proportional: kilobytes(readOf(pid, 'smaps_rollup'), 'Pss'),
        peak: kilobytes(status, 'VmHWM') ?? resident,
        cpuSeconds: ((stat?.[userTimeField] ?? 0) + (stat?.[systemTimeField] ?? 0)) / ticksPerSecond,
      });
    for (const child of childrenOf(pid)) visit(child);
  };
  visit(root);
  return found;
}
