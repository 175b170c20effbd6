import { describe, expect, it } from 'vitest';
import type { OpenInput } from '../../../../main/engine/analysis/analysis';
import { openProbe } from '../../../../main/engine/analysis/occlusion/probe';
import type { LoadedNetwork } from '../../../../main/engine/network/network';
import { prepareStudy } from '../../../../main/engine/recipe/prepareStudy';
import { occlusion } from '../../../../shared/analysis/occlusion';
import { applyAffine, type Affine, type Vec3 } from '../../../../shared/geometry';
import { Recipe } from '../../../../shared/recipe';
import { imageOf, studyOf } from '../../recipe/study';
import { assembledNetwork } from '../assembledNetwork';
import { Builder, Draws, relu } from '../../network/incremental/randomNetworks';
import { contextOf } from '../writtenNetwork';
import { occlude } from './run';

const size: [number, number, number] = [12, 10, 8];
const affine: Affine = [3, 0, 0, -20, 0, 2, 0, -15, 0, 0, 4, 30, 0, 0, 0, 1];
const hu = Int16Array.from({ length: 12 * 10 * 8 }, (_, v) => Math.round(400 * Math.sin(v * 12.9898)));
const { signal } = new AbortController();

const recipeOf = (more: Record<string, unknown>) =>
  Recipe.parse({
    schema: 'isolens/recipe@1',
    grid: {},
    channels: [{ image: 'CT', clip: [-1000, 1000], scale: [0, 1], outside: -1000 }],
    output: { kind: 'classification', labels: ['a', 'b', 'c'], activation: 'softmax' },
    ...more,
  });

async function opened(recipe: Recipe, sizes: readonly number[]): Promise<OpenInput> {
  const study = studyOf({ images: [imageOf({ size, affine }, hu)], structures: [] });
  const input = { name: 'x', shape: [null, ...sizes, 1], multiple: sizes.map(() => 1) };
  const prepared = await prepareStudy(study, recipe, input, { id: 'P1', patient: 'P1' });
  return { prepared, spec: { study: 'P1' }, study, label: null, truth: null };
}

async function classifier(sizes: readonly number[]): Promise<LoadedNetwork> {
  const net = new Builder(sizes, 1, new Draws(11));
  const deep = net.convolution(net.convolution(net.input, 4, 3, { activation: relu }), 6, 3, { activation: relu });
  net.dense(net.add('globalAveragePool', [deep], {}), 3, { kind: 'softmax', axes: [-1] });
  const { nodes, inputs, outputs, name } = net.graph();
  return assembledNetwork({ name, nodes, inputs, outputs });
}

const mmAt = (i: number, j: number, k: number): Vec3 => applyAffine(affine, [i, j, k]);

describe('the window under the cursor', () => {
  it.each([
    ['3D', { dims: 3 }, [8, 10, 12], [3, 5, 5]],
    ['axial planes', { dims: 2, plane: 'axial' }, [10, 12], [5, 3]],
    ['coronal planes, which run from superior to inferior', { dims: 2, plane: 'coronal' }, [8, 12], [3, 5]],
    ['sagittal planes', { dims: 2, plane: 'sagittal' }, [8, 10], [3, 5]],
  ] as const)('loses what a lattice loses there: %s', async (_, more, sizes, window) => {
    const recipe = recipeOf(more);
    const input = await opened(recipe, sizes);
    const network = await classifier(sizes);
    const context = contextOf(network, { recipe });
    const parameters = {
      windowVoxels: [...window],
      strideVoxels: 1,
      fill: { constant: -1000 },
      target: { class: 'b' },
      game: false,
    };
    const { drops, values } = await occlude(input, context, parameters);
    const probe = await openProbe(input, context, occlusion.parameters.parse(parameters), signal);
    for (const [i, j, k] of [
      [5, 4, 3],
      [0, 0, 0],
      [11, 9, 7],
      [8, 2, 6],
    ] as const) {
      // A point off the voxel's centre is still that voxel's.
      const [x, y, z] = mmAt(i, j, k);
      const found = await probe.at([x + 0.7, y - 0.6, z + 1.1]);
      // Tensor order, planes first: those of the head come first where rows run down.
      const at = { 3: [k, j, i], axial: [k, j, i], coronal: [j, 7 - k, i], sagittal: [i, 7 - k, j] }[
        more.dims === 3 ? 3 : more.plane
      ];
      const windows = more.dims === 3 ? window : [1, ...window];
      const { count } = values.lattice;
      const position = at.reduce((flat, voxel, axis) => {
        const own = Math.max(0, Math.min((count[axis] ?? 1) - 1, voxel - (((windows[axis] ?? 1) - 1) >> 1)));
        return flat * (count[axis] ?? 1) + own;
      }, 0);
      expect(found?.drop).toBeCloseTo(drops[position] ?? NaN, 4);
      const inside = [x, y, z].every((mm, axis) => {
        const { min, max } = found?.boxMm ?? { min: [0, 0, 0], max: [0, 0, 0] };
        return mm > (min[axis] ?? 0) && mm < (max[axis] ?? 0);
      });
      expect(inside).toBe(true);
      const mm = [3, 2, 4];
      const voxels = found?.boxMm.max.map((to, axis) => (to - (found.boxMm.min[axis] ?? 0)) / (mm[axis] ?? 1));
      expect(voxels?.reduce((p, n) => p * n, 1)).toBeCloseTo(
        windows.reduce<number>((p, n) => p * n, 1),
        6,
      );
    }
    expect(await probe.at(mmAt(12, 0, 0))).toBeNull();
    probe.close();
    network.close();
  });
});
