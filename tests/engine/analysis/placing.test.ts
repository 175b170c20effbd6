import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placingOf } from '../../../main/engine/analysis/placing';
import type { GraphDraft } from '../../../main/engine/network/assemble';
import type { PreparedInput } from '../../../main/engine/recipe/preparedInput';
import { prepareStudy } from '../../../main/engine/recipe/prepareStudy';
import { applyAffine } from '../../../shared/geometry';
import { Recipe } from '../../../shared/recipe';
import { axialGrid, imageOf, studyOf } from '../recipe/study';
import { assembledNetwork } from './assembledNetwork';

type DraftNode = GraphDraft['nodes'][number];

const [nx, ny, nz] = [240, 96, 1];
const [hx, hy] = [2, 3];

/** Each voxel's value is its own x in mm, in tenths: averages of it are the mm of where they were taken. */
async function rampOf(): Promise<PreparedInput> {
  const grid = axialGrid([nx, ny, nz], [hx, hy, 5], [10, 20, 30]);
  const hu = Int16Array.from({ length: nx * ny * nz }, (_, v) => 10 + hx * (v % nx));
  const recipe = Recipe.parse({
    schema: 'isolens/recipe@1',
    dims: 2,
    grid: {},
    channels: [{ image: 'CT', outside: 0 }],
    output: { kind: 'regression', quantity: 'dose' },
  });
  return prepareStudy(
    studyOf({ images: [imageOf(grid, hu)] }),
    recipe,
    { name: 'x', shape: [null, null, null, 1], multiple: [1, 1] },
    { id: 'P1', patient: 'P1' },
  );
}

const kernel = (taps: readonly number[]) => ({
  name: 'kernel',
  shape: [taps.length, taps.length, 1, 1],
  values: Float32Array.from(taps.flatMap((a) => taps.map((b) => a * b))),
});
const even = (size: number): number[] => Array.from({ length: size }, () => 1 / size);
const node = (name: string, op: string, input: string, attributes: object, weights: DraftNode['weights'] = []) =>
  ({ name, op, inputs: [input], attributes: { ...attributes }, weights }) as DraftNode;

const conv = (name: string, input: string, size: number, stride: number, padding: 'same' | 'valid') =>
  node(name, 'conv2d', input, { kernelSize: [size, size], strides: [stride, stride], dilation: [1, 1], padding }, [
    kernel(even(size)),
  ]);
const pool = (name: string, input: string, size: number) =>
  node(name, 'averagePool2d', input, { kernelSize: [size, size], strides: [size, size], padding: 'valid' });
const upsample = (name: string, input: string) =>
  node(name, 'upsample2d', input, { factor: [2, 2], interpolation: 'nearest' });
const transposed = (name: string, input: string, taps: readonly number[]) =>
  node(
    name,
    'convTranspose2d',
    input,
    { kernelSize: [taps.length, taps.length], strides: [2, 2], dilation: [1, 1], padding: 'same' },
    [kernel(taps)],
  );

/**
 * Mean over the phases of the map's inside of (mm that the map holds − mm where its voxel is placed): 0 where it is centred on what it shows.
 */
async function offBy(nodes: readonly DraftNode[]): Promise<{ readonly mean: number; readonly size: number }> {
  const prepared = await rampOf();
  const last = nodes.at(-1)?.name ?? '';
  const network = await assembledNetwork({
    name: 'chain',
    nodes: [{ name: 'x', op: 'input', inputs: [], attributes: {}, weights: [] }, ...nodes],
    inputs: [{ name: 'x', node: 'x', shape: [null, ny, nx, 1] }],
    outputs: [{ name: last, node: last }],
  });
  try {
    const map = (await network.run({ x: prepared.array }, [{ node: last, stage: 'output' }])).get(last);
    if (!map) throw new Error('no map');
    const placing = placingOf(network, prepared, last, map.shape);
    if (!placing) throw new Error('no place');
    const volume = prepared.toVolume(map.values, placing);
    const [sx, sy] = volume.grid.size;
    let [sum, count] = [0, 0];
    // An even number of columns of the middle row, well inside the image: what padding adds reaches no further.
    for (let i = Math.floor(sx / 3) - (Math.floor(sx / 3) % 2); count < 2 * Math.floor(sx / 6); i++, count++) {
      const held = volume.values[i + sx * Math.floor(sy / 2)] ?? NaN;
      sum += held - applyAffine(volume.grid.affine, [i, Math.floor(sy / 2), 0])[0];
    }
    return { mean: sum / count, size: sx };
  } finally {
    network.close();
  }
}

describe('where a map lies', () => {
  it('is the receptive field’s centre for a coarser map: any kernel, stride and padding', async () => {
    const layer = fc.record({
      size: fc.integer({ min: 1, max: 5 }),
      stride: fc.integer({ min: 1, max: 2 }),
      padding: fc.constantFrom('same' as const, 'valid' as const),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(layer, { minLength: 1, maxLength: 3 }), async (layers) => {
        const nodes = layers.map(({ size, stride, padding }, n) =>
          conv(`c${String(n)}`, n === 0 ? 'x' : `c${String(n - 1)}`, size, stride, padding),
        );
        const { mean, size } = await offBy([...nodes, pool('p', nodes.at(-1)?.name ?? 'x', 2)]);
        expect(size).toBeLessThan(nx);
        expect(mean).toBeCloseTo(0, 3);
      }),
      { numRuns: 25 },
    );
  });

  it('is the input’s own grid for a map that comes back to full size, nearest or transposed', async () => {
    for (const nodes of [
      [pool('p', 'x', 2), upsample('u', 'p')],
      [pool('p', 'x', 4), upsample('u', 'p'), upsample('v', 'u')],
      [conv('c', 'x', 2, 2, 'same'), transposed('t', 'c', [1, 1])],
      [conv('c', 'x', 3, 2, 'same'), transposed('t', 'c', [0.5, 1, 0.5])],
    ]) {
      const { mean, size } = await offBy(nodes);
      expect(size).toBe(nx);
      expect(mean).toBeCloseTo(0, 3);
    }
  });

  it('is centred within a decoder too, where voxels see by turns more to one side', async () => {
    for (const nodes of [
      [pool('p', 'x', 4), upsample('u', 'p')],
      [conv('b', 'x', 3, 2, 'same'), conv('c', 'b', 3, 2, 'same'), transposed('t', 'c', [0.5, 1, 0.5])],
      [pool('p', 'x', 2), conv('c', 'p', 2, 2, 'valid'), transposed('t', 'c', [1, 1])],
      [upsample('u', 'x')],
    ]) {
      expect((await offBy(nodes)).mean).toBeCloseTo(0, 3);
    }
  });
});
