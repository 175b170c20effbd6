import { startBackend } from '../engine/job/backend';
import type { ExitStatus } from './exitStatus';

/** What computes on this machine, why no higher rung does, and whether the application can run. */
export async function doctor(): Promise<ExitStatus> {
  const { rung, versions, threads, flags, refused } = await startBackend();
  const lines = [
    `computes on: ${rung}, ${String(threads)} threads`,
    ...Object.entries(versions).map(([name, version]) => `  ${name} ${version}`),
    ...Object.entries(flags ?? {}).map(([name, value]) => `  ${name}=${value}`),
    ...(refused ?? []).map((reason) => `not in use: ${reason}`),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  return 0;
}
