/** One at a time: commands may be started side by side, and only one of them may fetch or unpack. */
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import process from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';

function alive({ host, pid }) {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** A lock whose owner is gone, or that nobody finished writing, is free; so is one of another machine after two hours. */
function stale(file) {
  try {
    const age = Date.now() - statSync(file).mtimeMs;
    try {
      return !alive(JSON.parse(readFileSync(file, 'utf8'))) || age > 7_200_000;
    } catch {
      return age > 5000;
    }
  } catch {
    return false;
  }
}

/** Takes a stale lock away; where another waiter was quicker and holds a live one by now, puts that back. */
function clear(file) {
  const aside = `${file}.${String(process.pid)}`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  if (stale(aside)) rmSync(aside, { force: true });
  else renameSync(aside, file);
}

/** Runs `work` while no other process does under the same lock file; says once that it waits. */
export async function alone(file, work, onWait = () => undefined) {
  mkdirSync(dirname(file), { recursive: true });
  let said = false;
  for (;;) {
    try {
      const handle = openSync(file, 'wx');
      writeSync(handle, JSON.stringify({ host: hostname(), pid: process.pid }));
      closeSync(handle);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      if (stale(file)) {
        clear(file);
        continue;
      }
      if (!said) onWait();
      said = true;
      await wait(200);
    }
  }
  const release = () => rmSync(file, { force: true });
  process.on('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}
