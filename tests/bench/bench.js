// Speed and memory of the packaged application, as seen on this machine: node tests/bench/bench.js [scrolling] [cancel] [incremental] [forward] [parts] [database]
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
process.chdir(root);
process.env.ISOLENS_APP ??= join(root, 'dist', 'linux-unpacked');
process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';

const known = ['scrolling', 'cancel', 'incremental', 'parts', 'forward', 'database'];
/** Those that open the packaged application, on a study made first. */
const inPackage = ['scrolling', 'cancel'];
const words = process.argv.slice(2);
const unknown = words.filter((word) => !known.includes(word));
if (unknown.length > 0) {
  console.error(`there is no bench ${unknown.join(', ')}: ${known.join(', ')}`);
  process.exit(2);
}
const asked = words.length > 0 ? words : inPackage;

if (asked.includes('scrolling') && !process.env.DISPLAY) {
  const own = [process.execPath, fileURLToPath(import.meta.url), ...asked];
  const under = ['-a', '--server-args=-screen 0 1600x1000x24', ...own];
  const { status, error } = spawnSync('xvfb-run', under, { stdio: 'inherit' });
  if (error) console.error('there is neither a display nor xvfb-run: as root, apt-get install xvfb xauth');
  process.exit(status ?? 1);
}

// This Node has no `using` yet.
const lowered = { oxc: { target: 'es2022' } };
const load = async (name) => (await runnerImport(join(root, 'tests', 'bench', name), lowered)).module;

const folder = mkdtempSync(join(tmpdir(), 'isolens-bench-'));
try {
  const [cpu] = cpus();
  const gib = (totalmem() / 2 ** 30).toFixed(0);
  console.log(`${new Date().toISOString().slice(0, 16)}Z  ${cpu.model}, ${cpus().length} cores, ${gib} GiB`);
  console.log(`application: ${process.env.ISOLENS_APP}`);
  console.log(`load of the machine before: ${loadavg()[0].toFixed(2)}\n`);
  const made = asked.some((name) => inPackage.includes(name)) ? await (await load('make.ts')).make(folder) : null;
  for (const name of asked) {
    const { bench } = await load(`${name}.ts`);
    await bench(made);
  }
  console.log(`load of the machine after: ${loadavg()[0].toFixed(2)}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
