import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright';

/** The packaged application, running on the display, with its page in Playwright's hands. */
export interface Packaged {
  readonly page: Page;
  /** Process id of Electron's main process. */
  readonly pid: number;
  /** The user's own folder of this run: preferences, demo patients. */
  readonly userData: string;
  /** What the application has written to its error output so far. */
  readonly said: () => string;
  /** Closes the window as a user does and gives the exit status; it is ended by force, and that is an error, after 20 s. */
  close(): Promise<number | null>;
}

export interface PackagedWords {
  /** Folders and networks to open, as on the command line. */
  readonly open?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const startMs = 60_000;
const closeMs = 20_000;

/** Folder of the packaged application (`npm test` sets it), or null. */
export function packagedFolder(): string | null {
  return process.env['ISOLENS_APP'] ?? null;
}

/**
 * Starts the executable of the package itself: its inspect fuse is off, so Playwright comes in by Chromium's own port.
 * As root Chromium's sandbox cannot start and is left out; as anybody else it is on.
 */
export async function startPackaged({ open = [], env = {} }: PackagedWords = {}): Promise<Packaged> {
  const folder = packagedFolder();
  if (folder === null) throw new Error('ISOLENS_APP names no packaged application');
  const userData = mkdtempSync(join(tmpdir(), 'isolens-window-'));
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const words = [...asRoot, '--remote-debugging-port=0', `--user-data-dir=${userData}`, ...open];
  const child = spawn(join(folder, 'isolens-window'), words, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...env },
  });
  let said = '';
  child.stderr.on('data', (chunk) => (said += String(chunk)));
  try {
    const browser = await connected(child, () => said);
    const page = await firstPage(browser);
    return {
      page,
      pid: child.pid ?? 0,
      userData,
      said: () => said,
      close: () => closed(child, browser, userData),
    };
  } catch (thrown) {
    child.kill('SIGKILL');
    rmSync(userData, { recursive: true, force: true });
    throw thrown;
  }
}

async function connected(child: ChildProcess, said: () => string): Promise<Browser> {
  const address = await new Promise<string>((resolve, reject) => {
    const late = setTimeout(() => {
      reject(new Error(`the window did not open its port within ${String(startMs)} ms: ${said()}`));
    }, startMs);
    const look = (): void => {
      const found = /DevTools listening on (ws:\S+)/.exec(said());
      if (!found?.[1]) return;
      clearTimeout(late);
      child.stderr?.off('data', look);
      resolve(found[1]);
    };
    child.stderr?.on('data', look);
    child.once('exit', (status) => {
      clearTimeout(late);
      reject(new Error(`the application ended with ${String(status)}: ${said()}`));
    });
  });
  return chromium.connectOverCDP(address);
}

async function firstPage(browser: Browser): Promise<Page> {
  const context = browser.contexts()[0];
  if (!context) throw new Error('the application has no browser context');
  const page = context.pages()[0] ?? (await context.waitForEvent('page', { timeout: startMs }));
  await page.waitForLoadState('domcontentloaded');
  return page;
}

async function closed(child: ChildProcess, browser: Browser, userData: string): Promise<number | null> {
  const ended =
    child.exitCode !== null || child.signalCode !== null
      ? Promise.resolve(child.exitCode)
      : new Promise<number | null>((resolve, reject) => {
          const late = setTimeout(() => {
            child.kill('SIGKILL');
            reject(new Error(`the window did not close within ${String(closeMs)} ms`));
          }, closeMs);
          child.once('exit', (status) => {
            clearTimeout(late);
            resolve(status);
          });
        });
  try {
    const pages = browser.contexts().flatMap((context) => context.pages());
    // The window is gone before it can answer: that the connection breaks is how it says so.
    await Promise.all(
      pages.map((page) =>
        page
          .evaluate(() => {
            window.close();
          })
          .catch(() => undefined),
      ),
    );
    return await ended;
  } finally {
    await browser.close().catch(() => undefined);
    rmSync(userData, { recursive: true, force: true });
  }
}
