import { spawn } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import type { CDPSession, Page, Request } from 'playwright';
import { packagedFolder, startPackaged, type Packaged } from '../flows/packaged';
import { median, printTable, quantile } from './figures';
import { drawnBy, firstSlice, placeOf, scroll, shownIn, type Scrolled } from './inWindow';
import type { Made } from './make';
import { printMemory } from './memory';
import { memoryOf, type ProcessMemory } from './processes';
import { readPlainly } from './plain';

const slices = 150;
/** Where it begins, so that every slice on the way has something to show. */
const firstShown = 25;
/** A channel of the first layer that is bright all over the body with the weights that the seed gives. */
const shownChannel = 6;

/** Counts the slices that the page fetches, and waits until it wants no more. */
function fetchesOf(page: Page): { slices(): number; quiet(): Promise<void> } {
  const running = new Set<Request>();
  let last = performance.now();
  let come = 0;
  const isBlob = (request: Request): boolean => request.url().startsWith('isolens://blob/');
  page.on('request', (request) => {
    if (isBlob(request)) running.add(request);
    last = performance.now();
  });
  const ended = (request: Request): void => {
    if (running.delete(request)) come += Number(new URL(request.url()).searchParams.get('count') ?? 0);
    last = performance.now();
  };
  page.on('requestfinished', ended);
  page.on('requestfailed', ended);
  return {
    slices: () => come,
    async quiet() {
      const until = performance.now() + 120_000;
      while (running.size > 0 || performance.now() - last < 2000) {
        if (performance.now() > until) throw new Error('the window did not stop fetching voxels');
        await pause(100);
      }
    },
  };
}

/** Gives the folder to the window that is open, as a second start of the application does. */
function openInWindow({ userData }: Packaged, folder: string): void {
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const words = [...asRoot, `--user-data-dir=${userData}`, folder];
  spawn(join(packagedFolder() ?? '', 'isolens-window'), words, { stdio: 'ignore' });
}

async function pollFor(what: string, holds: () => Promise<boolean>): Promise<void> {
  const until = performance.now() + 120_000;
  while (!(await holds())) {
    if (performance.now() > until) throw new Error(`waited in vain for ${what}`);
    await pause(200);
  }
}

const sliceNumber = (place: string): number => Number(/(\d+)\s*\/\s*\d+/.exec(place)?.[1] ?? NaN);

interface Row extends Scrolled {
  readonly what: string;
  readonly way: string;
  /** How long the page's thread was busy, ms a frame on average. */
  readonly busyMs: number;
}

const regions = ['plan', 'network-pane'] as const;

async function shown(page: Page): Promise<string> {
  const [plan, network] = await Promise.all(regions.map((region) => page.evaluate(shownIn, region)));
  return network === '' ? `Plan alone: ${plan ?? ''}` : `Plan: ${plan ?? ''} | Network: ${network ?? ''}`;
}

/** Frame times of one state of the window: standing still, or there through some slices and back. */
async function rowsOf(page: Page, cdp: CDPSession, way: string, by = slices): Promise<Row[]> {
  const busy = async (): Promise<number> => {
    const { metrics } = await cdp.send('Performance.getMetrics');
    return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? NaN);
  };
  const what = await shown(page);
  const one = async (to: number, how: string, still: boolean): Promise<Row> => {
    const from = await page.evaluate(placeOf, 'plan');
    const before = await busy();
    const scrolled = await page.evaluate(scroll, { region: 'plan', slices: to, still });
    const busyMs = ((await busy()) - before) / scrolled.frames.length;
    const at = await page.evaluate(placeOf, 'plan');
    if (sliceNumber(at) - sliceNumber(from) !== (still ? 0 : to))
      throw new Error(`scrolled ${String(to)} slices, and went from ${from} to ${at}`);
    return { ...scrolled, what, way: how, busyMs };
  };
  if (way === 'standing still') return [await one(by, way, true)];
  return [await one(by, way, false), await one(-by, 'back', false)];
}

async function frameTimes(page: Page, cdp: CDPSession): Promise<void> {
  const axial = page.locator('[data-region="plan"] [data-view].axial');
  await axial.focus();
  await axial.press('Home');
  for (let n = 0; n < firstShown; n++) await axial.press('ArrowUp');
  const rows = await rowsOf(page, cdp, 'standing still');
  rows.push(...(await rowsOf(page, cdp, 'first time')));
  await page.locator('[data-region="plan"] header button.plain').click();
  rows.push(...(await rowsOf(page, cdp, 'again')));
  await axial.focus();
  for (const key of ['c', 'd', 'o']) await page.keyboard.press(key);
  rows.push(...(await rowsOf(page, cdp, 'again')));

  const least = rows.at(-1)?.busyMs ?? NaN;
  console.log(`frame times, ms: ${String(slices)} slices, one notch of the wheel a frame`);
  const headings = ['what was on', 'way', 'median', '99 %', 'longest', 'frames/s', 'pictures', 'page busy', 'ratio'];
  printTable(
    headings,
    rows.map(({ what, way, frames, drawn, busyMs }) => [
      what,
      way,
      median(frames).toFixed(1),
      quantile(frames, 0.99).toFixed(1),
      quantile(frames, 1).toFixed(1),
      (1000 / (frames.reduce((sum, each) => sum + each, 0) / frames.length)).toFixed(0),
      String(drawn),
      busyMs.toFixed(1),
      (busyMs / least).toFixed(2),
    ]),
  );
}

/** Opens the made study in the packaged application, and prints how long it took, how it scrolls and what it holds. */
export async function bench(made: Made): Promise<void> {
  const readMs = median([1, 2, 3].map(() => readPlainly(made.study).milliseconds));
  let watched: readonly ProcessMemory[] = [];
  // The network first: without a path the demo's patients would be made.
  const app = await startPackaged({ open: [made.network] });
  try {
    const { page } = app;
    const fetches = fetchesOf(page);
    await pollFor('the network', async () => (await page.locator('[role="treeitem"]').count()) > 3);
    const skip = page.getByRole('button', { name: /skip|passer/i });
    if (await skip.isVisible()) await skip.click();
    console.log(`drawn by: ${await page.evaluate(drawnBy)}`);

    const opening = page.evaluate(firstSlice);
    await page.evaluate(() => undefined); // The page works off what it is sent in order: it listens now.
    openInWindow(app, made.study);
    const firstMs = await opening;
    console.log('\nfrom the folder to its first slice in the window');
    printTable(
      ['', 'ms', 'ratio'],
      [
        ['reading the files plainly', readMs.toFixed(0), '1.0'],
        ['first slice', firstMs.toFixed(0), (firstMs / readMs).toFixed(1)],
      ],
    );
    await fetches.quiet();
    console.log(`slices fetched until the window wanted no more: ${String(fetches.slices())}`);

    await page.keyboard.press('1');
    const chip = page.locator('[data-region="network-pane"] header .chip').nth(1);
    await pollFor('an activation map', () => chip.isEnabled());
    await page.getByRole('option').nth(shownChannel).click();
    await pollFor('the map of the channel', async () => (await chip.innerText()).includes(`0${String(shownChannel)}`));
    await fetches.quiet();
    const cdp = await page.context().newCDPSession(page);
    await cdp.send('Performance.enable');
    await frameTimes(page, cdp);
    await cdp.send('HeapProfiler.collectGarbage');
    await pause(1000);
    watched = memoryOf(app.pid);
  } finally {
    await app.close();
  }
  await printMemory(made, watched);
}
