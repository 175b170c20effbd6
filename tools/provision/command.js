/** Commands run to their end, with what they said. */
import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';

/** Runs a command; gives its status and words. Ends it when nothing was heard of `alive` for `stallMs`. */
export function command(file, words, { cwd, env, input, timeoutMs, onTick } = {}) {
  return new Promise((resolve) => {
    const child = spawn(file, words, {
      cwd,
      env: env ?? process.env,
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      shell: process.platform === 'win32' && file === 'npm',
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk) => (out = (out + String(chunk)).slice(-200_000)));
    child.stderr.on('data', (chunk) => (err = (err + String(chunk)).slice(-200_000)));
    if (input !== undefined) child.stdin.end(input);
    const tick = onTick ? setInterval(onTick, 250) : undefined;
    const late = timeoutMs ? setTimeout(() => child.kill('SIGKILL'), timeoutMs) : undefined;
    const end = (status, signal) => {
      clearInterval(tick);
      clearTimeout(late);
      resolve({ ok: status === 0, status, signal, out, err });
    };
    child.on('error', (error) => {
      err += error.message;
      end(127, null);
    });
    child.on('close', end);
  });
}

/** The path of a program on PATH, or null. */
export function program(name) {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not in this folder: look in the next.
    }
  }
  return null;
}
