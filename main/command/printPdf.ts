import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { warningOf } from '../../shared/warning';
import type { Warning } from '../../shared/result';

/** Printing a report takes seconds; a window that does not come is given up after this. */
const giveUpMs = 60_000;

/** The window's executable: named by the start script in a checkout, beside the resources in the package. */
function windowCommand(): { readonly command: string; readonly words: readonly string[] } | null {
  const named = process.env['ISOLENS_ELECTRON'];
  const here = dirname(fileURLToPath(import.meta.url));
  if (named !== undefined) return { command: named, words: [join(here, '..', '..')] };
  const packaged = join(here, '..', '..', process.platform === 'win32' ? 'isolens-window.exe' : 'isolens-window');
  return existsSync(packaged) ? { command: packaged, words: [] } : null;
}

function reasonNot(): string | null {
  const display = process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY'];
  if (process.platform === 'linux' && !display) return 'there is no display';
  return windowCommand() === null ? 'the window of Isolens was not found' : null;
}

/** Prints `report.html` of a results folder through Electron; a warning that says why where it cannot. */
export function printPdf(folder: string): Promise<Warning | null> {
  const refused = reasonNot();
  const found = windowCommand();
  if (refused !== null || found === null)
    return Promise.resolve(warningOf('command/no-pdf', { reason: refused ?? '' }));
  const root = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return new Promise((resolve) => {
    const child = spawn(found.command, [...root, ...found.words, `--print-report=${folder}`], { stdio: 'ignore' });
    const late = setTimeout(() => child.kill('SIGKILL'), giveUpMs);
    const end = (reason: string | null): void => {
      clearTimeout(late);
      resolve(reason === null ? null : warningOf('command/no-pdf', { reason }));
    };
    child.once('error', (error) => {
      end(error.message);
    });
    child.once('exit', (code) => {
      end(code === 0 ? null : 'the window ended before it had printed');
    });
  });
}
