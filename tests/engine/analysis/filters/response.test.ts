import { describe, expect, it } from 'vitest';
import { filters } from '../../../../main/engine/analysis/filters/filters';
import type { NodeCore } from '../../../../main/engine/network/operation/operation';
import { filters as definition } from '../../../../shared/analysis/filters';
import type { FiltersResponse, ResponseLayer } from '../../../../shared/analysis/filtersResponse';
import { Recipe } from '../../../../shared/recipe';
import { convolution, draftOf, node, relu } from '../../../planted/written';
import { assembledNetwork } from '../assembledNetwork';
import { contextOf, memoryWriter, relu as written, runToEnd, writtenNetwork } from '../writtenNetwork';

const recipe = (dims: 2 | 3, scale: readonly [number, number], spacingMm: unknown = [2, 2, 2]) =>
  Recipe.parse({
    schema: 'isolens/recipe@1',
    dims,
    grid: { spacingMm },
    channels: [{ image: 'CT', clip: [-1000, 1000], scale }],
    output: { kind: 'regression', quantity: 'dose' },
  });

/** Runs Filters with the linear-system view on a network put together by hand, and gives what it measured. */
async function viewOf(
  shape: readonly number[],
  layers: readonly NodeCore[],
  { scale = [-1, 1] as readonly [number, number], spacingMm = [2, 2, 2] as unknown, memoryBytes = 2 ** 28 } = {},
): Promise<{ view: FiltersResponse; layer: (name: string) => ResponseLayer }> {
  const network = await assembledNetwork(draftOf(shape, layers));
  try {
    const asked = definition.parameters.parse({ twins: 0, response: true });
    const context = contextOf(network, { recipe: recipe(shape.length === 4 ? 3 : 2, scale, spacingMm), memoryBytes });
    if (!filters.onNetwork) throw new Error('filters look at the network');
    const run = filters.onNetwork(context, asked, memoryWriter().writer, new AbortController().signal);
    const { part } = await runToEnd(run);
    const alone = JSON.parse(JSON.stringify(part)) as typeof part;
    const { response: view } = definition.summary.parse(filters.conclude([], { ...context, alone }, asked).summary);
    if (!view) throw new Error('nothing was measured');
    const layer = (name: string): ResponseLayer => {
      const found = view.layers.find((own) => own.node === name);
      if (!found) throw new Error(`no layer ${name}`);
      return found;
    };
    return { view, layer };
  } finally {
    network.close();
  }
}

/** Sampled Gaussian of sum 1 on a square of `size` voxels. */
function gaussian(size: number, sigma: number): number[] {
  const middle = (size - 1) / 2;
  const line = Array.from({ length: size }, (_, n) => Math.exp(-((n - middle) ** 2) / (2 * sigma * sigma)));
  const sum = line.reduce((a, b) => a + b, 0);
  return line.flatMap((a) => line.map((b) => (a * b) / (sum * sum)));
}
const length = (weights: readonly number[]): number => Math.hypot(...weights);
const sobel = [-1, 0, 1, -2, 0, 2, -1, 0, 1];

describe('the linear-system view of a layer', () => {
  it('of a Gaussian kernel has the MTF exp(−2π²σ²f²) in cycles/mm, gain 1 and noise gain ‖w‖', async () => {
    const sigma = 1.4;
    const kernel = gaussian(11, sigma);
    const { view, layer } = await viewOf([64, 64, 1], [convolution('blur', 'x', 2, { kernel: 11, filters: [kernel] })]);
    expect(view).toMatchObject({ unit: 'HU', base: 0, signal: 10, noise: 10, presented: 'CT', frequencyUnit: '1/mm' });
    const { axes, listed, noiseGain } = layer('blur');
    expect(axes.map(({ axis, cut }) => [axis, cut])).toEqual([
      ['row', false],
      ['column', false],
    ]);
    for (const { frequencies, mtf, mtf50 } of axes) {
      expect(frequencies.at(-1)).toBe(0.25);
      frequencies.forEach((f, n) => {
        expect(mtf.median[n]).toBeCloseTo(Math.exp(-2 * Math.PI ** 2 * (2 * sigma) ** 2 * f * f), 3);
      });
      // exp(−2π²σ²f²) = ½ at f = √(ln 2 / 2) / (πσ).
      expect(mtf50?.median).toBeCloseTo(Math.sqrt(Math.LN2 / 2) / (Math.PI * 2 * sigma), 3);
    }
    expect(listed[0]?.gain).toBeCloseTo(1, 4);
    expect(listed[0]?.nonlinear).toBeLessThan(1e-3);
    expect((noiseGain?.median ?? 0) / length(kernel)).toBeCloseTo(1, 1);
  });

  it('of white noise has the gain ‖w‖ whatever the kernel’s shape', async () => {
    const kernels = [sobel, [0, 0, 0, 0, 3, 0, 0, 0, 0], [1, -1, 1, -1, 1, -1, 1, -1, 1]];
    const { layer } = await viewOf([64, 64, 1], [convolution('c', 'x', 2, { kernel: 3, filters: kernels })]);
    kernels.forEach((kernel, c) => {
      const ratio = (layer('c').listed[c]?.noiseGain ?? 0) / length(kernel);
      expect(Math.abs(ratio - 1)).toBeLessThan(0.04);
    });
  });

  it('of an edge detector passes no constant and peaks where its transfer function does', async () => {
    const { layer } = await viewOf([64, 64, 1], [convolution('edge', 'x', 2, { kernel: 3, filters: [sobel] })]);
    const [row, column] = layer('edge').listed[0]?.axes ?? [];
    // Along the columns |H| = 8 |sin 2πf|: 0 at f = 0, largest at a quarter of a cycle a voxel (2 mm).
    expect(column?.peak).toBeCloseTo(0.125, 6);
    expect(column?.mtf[0]).toBeLessThan(1e-4);
    expect(column?.mtf[8]).toBeCloseTo(Math.sin((2 * Math.PI * 8) / 64), 3);
    // A line along the columns has no edge that a Sobel across them answers to.
    expect(row).toBeNull();
  });

  it('fills in what a coarse map leaves out: a strided layer has the transfer function of its kernel', async () => {
    const kernel = gaussian(5, 0.9);
    const whole = await viewOf([64, 64, 1], [convolution('a', 'x', 2, { kernel: 5, filters: [kernel] })]);
    const coarse = await viewOf(
      [64, 64, 1],
      [
        convolution('a', 'x', 2, { kernel: 5, filters: [kernel], stride: 2 }),
        convolution('b', 'a', 2, { kernel: 1, filters: [[1]], stride: 2 }),
      ],
    );
    for (const name of ['a', 'b'])
      coarse.layer(name).listed[0]?.axes.forEach((axis, n) => {
        axis?.mtf.forEach((value, f) => {
          expect(value).toBeCloseTo(whole.layer('a').listed[0]?.axes[n]?.mtf[f] ?? NaN, 4);
        });
      });
  });

  it('of a rectifier has the ramp as CT-number response, and says where it is not linear', async () => {
    const layers = [
      convolution('bent', 'x', 2, {
        kernel: 1,
        filters: [[1], [1], [1], [-1]],
        bias: [0, 0.5, -0.2, -0.4],
        activation: relu,
      }),
    ];
    const { view, layer } = await viewOf([32, 32, 1], layers);
    const { listed, nonlinearChannels, silentChannels } = layer('bent');
    const net = view.insert.map((hu) => hu / 1000);
    [(x: number) => x, (x: number) => x + 0.5, (x: number) => x - 0.2, (x: number) => -x - 0.4].forEach((line, c) => {
      net.forEach((x, n) => {
        expect(listed[c]?.response[n]).toBeCloseTo(Math.max(0, line(x)), 5);
      });
    });
    // At water the first stands at its bend, the second on its ramp, the others are off.
    expect(listed.map(({ nonlinear }) => (nonlinear === null ? null : Math.round(nonlinear)))).toEqual([
      1,
      0,
      null,
      null,
    ]);
    expect([nonlinearChannels, silentChannels]).toEqual([1, 2]);
    expect(listed[2]?.axes).toEqual([null, null]);
  });

  it('measures volumes along three axes, and maps behind pooling and upsampling', async () => {
    const { layer } = await viewOf(
      [16, 16, 16, 1],
      [
        convolution('c', 'x', 3, { kernel: 3, filters: [Array.from({ length: 27 }, () => 1 / 27)] }),
        node('p', 'averagePool3d', 'c', {
          attributes: { kernelSize: [2, 2, 2], strides: [2, 2, 2], padding: 'valid' },
        }),
      ],
    );
    expect(layer('c').axes.map(({ axis }) => axis)).toEqual(['slice', 'row', 'column']);
    // The mean of two neighbours under a mean of three: cos πf · (1 + 2 cos 2πf) / 3.
    layer('p').axes.forEach(({ mtf }) => {
      [0, 5, 16, 31].forEach((n) => {
        const f = n / 64;
        const own = Math.abs((Math.cos(Math.PI * f) * (1 + 2 * Math.cos(2 * Math.PI * f))) / 3);
        expect(mtf.median[n]).toBeCloseTo(own, 4);
      });
    });
  });

  it('is in cycles a voxel where the recipe leaves the spacing to the scan, and hangs not on the batches', async () => {
    const layers = [convolution('blur', 'x', 2, { kernel: 3, filters: [gaussian(3, 0.8), sobel] })];
    const one = await viewOf([32, 32, 1], layers, { spacingMm: 'native' });
    const small = await viewOf([32, 32, 1], layers, { spacingMm: 'native', memoryBytes: 60_000 });
    expect(one.view.frequencyUnit).toBe('1/voxel');
    expect(one.layer('blur').axes[0]?.frequencies.at(-1)).toBe(0.5);
    const plain = (view: FiltersResponse) => view.layers.map(({ listed }) => listed.map(({ response }) => response));
    plain(one.view)
      .flat(2)
      .forEach((value, n) => {
        expect(value).toBeCloseTo(plain(small.view).flat(2)[n] ?? NaN, 5);
      });
  });

  it('is left out, and said, where the network takes no map', async () => {
    const network = writtenNetwork(
      [4],
      [{ name: 'y', inputs: ['x'], shape: [1], activation: written, compute: () => [0] }],
    );
    const asked = definition.parameters.parse({ response: true });
    if (!filters.onNetwork) throw new Error('filters look at the network');
    const run = filters.onNetwork(contextOf(network), asked, memoryWriter().writer, new AbortController().signal);
    const { part } = await runToEnd(run);
    expect(part.result.warnings.map(({ code }) => code)).toContain('analysis/response-not-a-map');
    expect(filters.conclude([], { ...contextOf(network), alone: part }, asked).summary).toMatchObject({
      response: null,
    });
  });
});
