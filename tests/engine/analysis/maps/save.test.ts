import { describe, expect, it } from 'vitest';
import { maps } from '../../../../main/engine/analysis/maps/maps';
import { prepareStudy } from '../../../../main/engine/recipe/prepareStudy';
import { maps as definition } from '../../../../shared/analysis/maps';
import { applyAffine } from '../../../../shared/geometry';
import { Recipe } from '../../../../shared/recipe';
import { axialGrid, imageOf, studyOf } from '../../recipe/study';
import { contextOf, memoryWriter, runToEnd, writtenNetwork } from '../writtenNetwork';

describe('saved maps', () => {
  it('lie on the node’s own grid in patient space, channel fastest', async () => {
    const grid = axialGrid([6, 4, 3], [2, 2, 5], [10, 20, 30]);
    const hu = Int16Array.from({ length: 72 }, (_, v) => v * 10);
    const recipe = Recipe.parse({
      schema: 'isolens/recipe@1',
      dims: 2,
      grid: {},
      channels: [{ image: 'CT', outside: 0 }],
      output: { kind: 'segmentation', labels: ['a', 'b'] },
    });
    const network = writtenNetwork(
      [4, 6, 1],
      [
        {
          name: 'block/pool',
          inputs: ['x'],
          shape: [2, 3, 2],
          receptiveField: { size: [2, 2], step: [2, 2], start: [0, 0] },
          // The first voxel of each 2 × 2 cell, and its negative.
          compute: ([x]) =>
            Array.from({ length: 6 }, (_, o) => x?.[2 * (o % 3) + 12 * Math.floor(o / 3)] ?? NaN).flatMap((a) => [
              a,
              -a,
            ]),
        },
      ],
      { batch: 2 },
    );
    const study = studyOf({ images: [imageOf(grid, hu)] });
    const prepared = await prepareStudy(
      study,
      recipe,
      { name: 'x', shape: [null, 4, 6, 1], multiple: [1, 1] },
      { id: 'P1', patient: 'P1' },
    );
    const { writer, volumes } = memoryWriter();
    const { part } = await runToEnd(
      maps.onInput(
        { prepared, spec: { study: 'P1' }, study, label: null, truth: null },
        contextOf(network, { recipe }),
        definition.parameters.parse({ save: ['block/pool'] }),
        writer,
        new AbortController().signal,
      ),
    );
    expect(part.result.files).toEqual({ maps: { 'block/pool': 'block_pool.nrrd' } });
    const saved = volumes.get('block_pool');
    expect(saved?.channels).toBe(2);
    expect(saved?.volume.grid.size).toEqual([3, 2, 3]);
    // Cell (1, 1) of slice 2 begins at voxel (2, 2), and is centred half a voxel beyond it.
    const at = 1 + 3 * (1 + 2 * 2);
    expect(Array.from(saved?.volume.values.slice(2 * at, 2 * at + 2) ?? [])).toEqual([
      10 * (2 + 12 + 48),
      -10 * (2 + 12 + 48),
    ]);
    expect(saved && applyAffine(saved.volume.grid.affine, [1, 1, 2])).toEqual(applyAffine(grid.affine, [2.5, 2.5, 2]));
  });
});
