import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { layPinned, pinPicture } from '../../main/desktop/pinPicture';

const png = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3]);
const page = '<!doctype html><html lang="fr"><body><main>les chiffres</main></body></html>';
let folder = '';
const report = (): Promise<string> => readFile(join(folder, 'report.html'), 'utf8');

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isolens-pin-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('pinned pictures', () => {
  it('stand at the end of the report in the order in which they were pinned, once each', async () => {
    await writeFile(join(folder, 'report.html'), page);
    expect(await pinPicture(folder, 'Axiale, S 1 mm <b>', png)).toBe(1);
    expect(await pinPicture(folder, 'Coronale', png)).toBe(2);
    const said = await report();
    expect(said.match(/<figure>/g)).toHaveLength(2);
    expect(said).toContain('Images épinglées');
    expect(said).toContain('Axiale, S 1 mm &#60;b&#62;');
    expect(said.indexOf('Axiale')).toBeLessThan(said.indexOf('Coronale'));
    expect(said.indexOf('Coronale')).toBeLessThan(said.indexOf('</main>'));
  });
  it('come back into a report that a run wrote anew', async () => {
    await writeFile(join(folder, 'report.html'), page);
    await pinPicture(folder, 'Axiale', png);
    await writeFile(join(folder, 'report.html'), page);
    await layPinned(folder);
    await layPinned(folder);
    expect((await report()).match(/<figure>/g)).toHaveLength(1);
  });
  it('need a report, and are pictures', async () => {
    await expect(pinPicture(folder, 'x', png)).rejects.toMatchObject({ problem: { code: 'desktop/no-report' } });
    await writeFile(join(folder, 'report.html'), page);
    await expect(pinPicture(folder, 'x', Uint8Array.from([1, 2, 3]))).rejects.toThrow();
    expect(await report()).toBe(page);
  });
});
