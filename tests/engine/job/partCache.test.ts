import { mkdtemp, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { partCache, partName, type PartKey } from '../../../main/engine/job/partCache';

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
    await partCache(out).keep(partName(key), part);
    expect(await partCache(out).find(partName(key))).toEqual(part);
  });

  it.each(['network', 'input', 'inputId', 'analysis', 'version', 'recipe', 'parameters'] as const)(
    'are not taken for those of another %s',
    async (name) => {
      await partCache(out).keep(partName(key), part);
      const other = {
        ...key,
        [name]: name === 'version' ? 2 : name === 'recipe' || name === 'parameters' ? {} : 'other',
      };
      expect(await partCache(out).find(partName(other))).toBeNull();
    },
  );

  it('are computed again when a file of theirs is gone', async () => {
    await partCache(out).keep(partName(key), part);
    await unlink(join(out, 'maps.nrrd'));
    expect(await partCache(out).find(partName(key))).toBeNull();
  });

  it('are the same when they are found as when they were kept, whatever their numbers', async () => {
    const odd = {
      result: { ...part.result, values: { mean: NaN, list: Float32Array.of(0.1, -0) } },
      kept: { sums: Float64Array.of(0.1, 1e-300), missing: undefined, infinite: Infinity },
    };
    const kept = await partCache(out).keep('odd', odd);
    expect(await partCache(out).find('odd')).toEqual(kept);
    expect(kept.kept).toEqual({ sums: [0.1, 1e-300], infinite: null });
    expect(kept.result.values).toEqual({ mean: null, list: [Math.fround(0.1), 0] });
    expect(kept.result.warnings.map(({ code }) => code)).toEqual(['result/not-finite']);
  });

  it('keep the pictures of the report', async () => {
    const view = { plane: 'axial', positionMm: 3, width: 1, height: 1, png: Uint8Array.of(137, 80, 0, 255) } as const;
    const picture = { name: 'map', kind: 'signed', unit: '', range: [-1, 1], views: [view] } as const;
    expect(await partCache(out).picturesOf('p')).toBeNull();
    await partCache(out).keepPictures('p', [picture]);
    const [found] = (await partCache(out).picturesOf('p')) ?? [];
    expect(found).toMatchObject({ name: 'map', range: [-1, 1] });
    expect([...(found?.views[0]?.png ?? [])]).toEqual([...view.png]);
  });
});
