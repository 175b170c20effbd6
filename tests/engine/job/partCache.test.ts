import { mkdtemp, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { partCache, type PartKey } from '../../../main/engine/job/partCache';

const key: PartKey = {
  network: 'n',
  input: 'i',
  inputId: 'HN-0001',
  recipe: { dims: 2 },
  analysis: 'maps',
  version: 1,
  parameters: { nodes: 'all' },
};
const part = {
  result: { id: 'HN-0001', values: { mean: 0.5 }, files: { maps: { conv1: 'maps.nrrd' } }, warnings: [] },
  kept: { n: 3 },
};

let out = '';
beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), 'isolens-parts-'));
  await writeFile(join(out, 'maps.nrrd'), 'x');
});
afterEach(() => rm(out, { recursive: true }));

describe('finished parts', () => {
  it('are found again under the same key', async () => {
    await partCache(out).keep(key, part);
    expect(await partCache(out).find(key)).toEqual(part);
  });

  it.each(['network', 'input', 'inputId', 'analysis', 'version', 'recipe', 'parameters'] as const)(
    'are not taken for those of another %s',
    async (name) => {
      await partCache(out).keep(key, part);
      const other = {
        ...key,
        [name]: name === 'version' ? 2 : name === 'recipe' || name === 'parameters' ? {} : 'other',
      };
      expect(await partCache(out).find(other)).toBeNull();
    },
  );

  it('are computed again when a file of theirs is gone', async () => {
    await partCache(out).keep(key, part);
    await unlink(join(out, 'maps.nrrd'));
    expect(await partCache(out).find(key)).toBeNull();
  });
});
