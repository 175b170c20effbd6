/**
 * `npm start`: sees to everything, builds, and opens the window; `npm start -- run …` and the other words go to the
 * headless door; paths of folders and networks open in the window. Without a display the demo's job runs headless.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import process from 'node:process';
import { build } from './build.js';
import { root } from './provision/places.js';
import { provision } from './provision.js';

const here = process.env.INIT_CWD ?? process.cwd();
const executable = process.platform === 'win32' ? 'electron.exe' : 'electron';
const statusOfSignal = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

const displayThere = () => process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);

/** A process that died under the work, told as every command's last line is told. */
function tellLost(signal) {
  const message = 'The computing process ended in the middle of the work.';
  const wayOn = 'What was saved is kept; run the same command again with --resume.';
  const error = { code: 'engine/lost', message, wayOn };
  process.stderr.write(
    process.stderr.isTTY
      ? `${message} (engine/lost, ${signal}) ${wayOn}\n`
      : `${JSON.stringify({ error: { ...error, facts: { signal } } })}\n`,
  );
}

/** Runs a program to its end in the user's folder and gives its status; what ends us is passed on to it. */
function follow(file, words, env) {
  return new Promise((done) => {
    const child = spawn(file, words, { cwd: here, env: { ...process.env, ...env }, stdio: 'inherit' });
    let asked = null;
    for (const signal of Object.keys(statusOfSignal)) {
      process.on(signal, () => {
        asked = signal;
        // On a terminal Ctrl-C has reached the child already: it is in the same group.
        if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
      });
    }
    child.on('error', (error) => {
      process.stderr.write(`isolens: ${file} does not start: ${error.message}\n`);
      done({ status: 3, signal: null });
    });
    child.on('exit', (status, signal) => {
      if (signal && asked) done({ status: statusOfSignal[asked], signal: null });
      else done({ status: status ?? 3, signal });
    });
  });
}

/** The headless door. What kills it from outside, or a crash of native code, is exit status 3. */
async function headless(words, electron) {
  const env = electron ? { ISOLENS_ELECTRON: join(electron.folder, executable) } : {};
  const { status, signal } = await follow(process.execPath, [join(root, 'out/engine/command.mjs'), ...words], env);
  if (signal) {
    tellLost(signal);
    return 3;
  }
  return status;
}

async function demo(electron) {
  const out = join(root, 'results/demo');
  process.stderr.write('There is no display, so the demo runs without a window; with one, npm start opens it.\n');
  const status = await headless(['run', join(root, 'resources/demo/job.json'), '--out', out], electron);
  if (existsSync(join(out, 'report.html'))) {
    process.stdout.write(`report: ${join(out, 'report.html')}\nnumbers: ${join(out, 'results.json')}\nmaps: ${out}\n`);
  }
  return status;
}

async function window(paths, electron) {
  // As root Chromium refuses to start inside its sandbox; nobody else ever gets this switch.
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const env = { ELECTRON_OVERRIDE_DIST_PATH: electron.folder, ISOLENS_NODE: process.execPath };
  const { status, signal } = await follow(join(electron.folder, executable), [...asRoot, root, ...paths], env);
  if (!signal) return status;
  process.stderr.write(`isolens: the window was ended by ${signal}\n`);
  return 3;
}

const engineWords = ['describe', 'run', 'merge', 'phantom', 'openkbp', 'doctor', 'help'];

/** What names something on disk, and is no word of the headless door, opens in the window. */
function isPath(word) {
  return !engineWords.includes(word) && !word.startsWith('-') && existsSync(resolve(here, word));
}

async function start(words) {
  const forWindow = words.length === 0 || words.every(isPath);
  const shown = forWindow && displayThere();
  const { electron } = await provision({ window: shown || words.includes('--pdf'), quiet: false });
  await build({ say: (text) => process.stderr.write(`isolens: ${text}\n`) });
  if (!forWindow) return headless(words, electron);
  if (shown && electron)
    return window(
      words.map((word) => resolve(here, word)),
      electron,
    );
  if (words.length === 0) return demo(electron);
  const named = words.map((word) => relative(here, resolve(here, word))).join(' ');
  process.stderr.write(`There is no display: ${named} cannot be shown; npm start -- run JOB.json --out DIR works.\n`);
  return 2;
}

try {
  process.exitCode = await start(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`isolens: ${error.message}\n`);
  process.exitCode = 3;
}
