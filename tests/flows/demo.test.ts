import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tourStops } from '../../renderer/panels/start/questionTour';
import { packagedFolder, startPackaged, type Packaged } from './packaged';

const pictures = join(import.meta.dirname, '..', '..', 'out', 'pictures');
const reason = packagedFolder() === null ? ' (needs the packaged application: ISOLENS_APP)' : '';

/** Every pixel of the views of a pane, as one number each: what the user sees of a map, to be compared with itself later. */
async function paneImage(page: Page, side: 'plan' | 'network-pane'): Promise<Buffer> {
  return page.locator(`[data-region="${side}"]`).screenshot();
}

/** The engine's process ids under a main process, from /proc: a plain Node that runs start.mjs. */
function enginesOf(pid: number): number[] {
  const children = execFileSync('ps', ['--ppid', String(pid), '-o', 'pid=,args='], { encoding: 'utf8' });
  return children
    .split('\n')
    .filter((line) => line.includes('start.mjs'))
    .map((line) => Number(line.trim().split(/\s+/)[0]));
}

interface Saved {
  readonly analyses: readonly { readonly partial?: boolean }[];
  readonly errors: readonly unknown[];
}

/** A network of the demo that nothing ships with: what is shown of it was computed here. */
const unanswered = 'organs-unet-half-database';

/** What that network's occlusion run of the demo's first patient has left on the disk. */
function savedOcclusion(userData: string): Saved {
  const results = join(userData, 'demo', 'results');
  const files = readdirSync(results, { recursive: true, encoding: 'utf8' });
  const file = files.find(
    (path) => path.startsWith(unanswered) && path.includes('occlusion') && path.endsWith('results.json'),
  );
  if (file === undefined) throw new Error('occlusion has left no results.json');
  return JSON.parse(readFileSync(join(results, file), 'utf8')) as Saved;
}

const tab = (page: Page, name: RegExp) => page.getByRole('tab', { name });
const button = (page: Page, name: RegExp) => page.getByRole('button', { name }).first();

describe.skipIf(packagedFolder() === null)(`the packaged application on its demo${reason}`, () => {
  let app: Packaged;
  let page: Page;
  const problems: string[] = [];

  const save = (name: string) => page.screenshot({ path: join(pictures, `${name}.png`) });

  beforeAll(async () => {
    mkdirSync(pictures, { recursive: true });
    app = await startPackaged();
    ({ page } = app);
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    page.on('pageerror', (error) => problems.push(error.message));
    await page.setViewportSize({ width: 1600, height: 1000 });
    await page.locator('[data-region="plan"]').waitFor({ timeout: 240_000 });
    const bubble = page.getByRole('button', { name: /skip|passer/i });
    if (await bubble.isVisible()) await bubble.click();
  });
  afterAll(async () => {
    expect(await app.close()).toBe(0);
  });

  it('opens on a synthetic patient with its plan, and predicts', async () => {
    await expect.poll(() => page.getByText(/PTV/).count(), { timeout: 60_000 }).toBeGreaterThan(0);
    await expect.poll(() => page.getByText('Dice').count(), { timeout: 120_000 }).toBeGreaterThan(0);
    await save('prediction');
  });

  it('draws the activation of a layer, and another picture for another channel', async () => {
    await tab(page, /^1\b|maps/i).click();
    // A tile says what it is; the options of the window's lists do not.
    const tiles = page.locator('[role="option"]');
    await expect.poll(() => tiles.count(), { timeout: 120_000 }).toBeGreaterThan(3);
    const first = await paneImage(page, 'network-pane');
    await tiles.nth(3).click();
    await expect
      .poll(async () => (await paneImage(page, 'network-pane')).equals(first), { timeout: 60_000 })
      .toBe(false);
  });

  it('goes through the tour of the questions without one of them being computed', async () => {
    await page.keyboard.press('F1');
    await button(page, /tour of the questions/i).click();
    const card = page.locator('[role="dialog"]');
    const count = Number(/ of (\d+)/.exec((await card.getAttribute('aria-label')) ?? '')?.[1]);
    expect(count).toBe(tourStops.length);
    for (const { key, mode } of tourStops) {
      await expect
        .poll(() => tab(page, new RegExp(`^(\\d\\s*)?${mode}`, 'i')).getAttribute('aria-selected'))
        .toBe('true');
      await expect.poll(() => card.locator('.run').count(), { timeout: 60_000, message: key }).toBe(0);
      const answer = page.locator('[data-region="answer"]');
      // Until its patient is open again, what was asked of another network still stands in the form.
      await expect
        .poll(() => answer.innerText(), { timeout: 60_000, message: key })
        .toMatch(/^(?![^]*out of date)[^]*computed in/i);
      await save(`tour-${key}`);
      await card.locator('.main').click();
    }
    expect(await card.count()).toBe(0);
    await page.getByRole('combobox', { name: /network/i }).selectOption({ label: unanswered });
    await expect.poll(() => page.getByText('Dice').count(), { timeout: 120_000 }).toBeGreaterThan(0);
  });

  it('runs Maps of the patients that are ticked to a verdict in words', async () => {
    await tab(page, /^1\b|maps/i).click();
    const ticks = page.locator('[role="tree"] input[type="checkbox"]:enabled');
    await expect.poll(() => ticks.count()).toBe(3);
    await ticks.first().uncheck();
    await ticks.last().uncheck();
    await button(page, /^run( |$)/i).click();
    await expect
      .poll(() => page.locator('[data-region="answer"]').innerText(), { timeout: 240_000 })
      .toMatch(/filters?|channels?/i);
    await expect.poll(() => button(page, /run again/i).isVisible(), { timeout: 240_000 }).toBe(true);
    await save('maps');
  });

  it('shows the map of occlusion while it grows, and keeps it when cancelled', async () => {
    await tab(page, /^4\b|occlusion/i).click();
    const before = await paneImage(page, 'network-pane');
    await button(page, /^run( |$)/i).click();
    await page.getByRole('progressbar').first().waitFor({ timeout: 60_000 });
    await expect
      .poll(async () => (await paneImage(page, 'network-pane')).equals(before), { timeout: 240_000 })
      .toBe(false);
    await button(page, /^cancel/i).click();
    await expect.poll(() => page.getByRole('progressbar').count(), { timeout: 30_000 }).toBe(0);
    expect(savedOcclusion(app.userData).analyses[0]?.partial).toBe(true);
  });

  it('starts another engine when the first is killed in the middle of a run, and says what was lost', async () => {
    const [engine] = enginesOf(app.pid);
    expect(engine).toBeDefined();
    await button(page, /^run( again)?( |$)/i).click();
    await page.getByRole('progressbar').first().waitFor({ timeout: 60_000 });
    process.kill(engine ?? 0, 'SIGKILL');
    await expect.poll(() => enginesOf(app.pid).some((pid) => pid !== engine), { timeout: 60_000 }).toBe(true);
    await expect
      .poll(() => page.locator('[data-region="answer"]').innerText(), { timeout: 60_000 })
      .toMatch(/lost|stopped|ended/i);
    expect(await page.locator('[data-region="plan"] canvas').count()).toBeGreaterThan(0);
    await expect
      .poll(() => page.locator('[data-region="status"]').innerText(), { timeout: 60_000 })
      .toMatch(/native|wasm|gpu/);
  });

  it('runs Occlusion to its end, with structures ranked', async () => {
    await button(page, /^run( again)?( |$)/i).click();
    await page.getByRole('progressbar').first().waitFor({ timeout: 60_000 });
    await expect.poll(() => page.getByRole('progressbar').count(), { timeout: 400_000, interval: 1000 }).toBe(0);
    await expect.poll(() => page.locator('tbody tr').count(), { timeout: 60_000 }).toBeGreaterThan(3);
    const { analyses, errors } = savedOcclusion(app.userData);
    expect(errors).toEqual([]);
    expect(analyses[0]?.partial).toBeUndefined();
    await expect.poll(() => page.getByText(/^CT \d+ \/ \d+$/).count(), { timeout: 120_000 }).toBe(0);
    await save('workbench');
    await page.setViewportSize({ width: 1280, height: 800 });
    await save('workbench-1280');
    await page.setViewportSize({ width: 1600, height: 1000 });
  }, 600_000);

  it('speaks French when asked, without losing what is open', async () => {
    await button(page, /^FR$/).click();
    await expect.poll(() => tab(page, /Cartes/).count()).toBe(1);
    expect(await page.locator('html').getAttribute('lang')).toBe('fr');
    await save('francais');
    await button(page, /^EN$/).click();
  });

  it('has said nothing on the console that is an error', () => {
    // Voxels that were being fetched when the engine was killed are gone: that one refusal is to be expected.
    expect(problems.filter((text) => !text.includes('status of 404'))).toEqual([]);
  });

  it('lies in one folder with everything inside', () => {
    const folder = packagedFolder() ?? '';
    for (const part of ['isolens', 'isolens-window', 'resources/app.asar', 'resources/engine/start.mjs'])
      expect(existsSync(join(folder, part)), part).toBe(true);
  });
});
