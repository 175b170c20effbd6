import { afterEach, describe, expect, it } from 'vitest';
import { boxesSeen, type SeenBox } from '../../../../main/engine/analysis/receptiveField';
import { indexOf } from '../../../../main/engine/analysis/search/strongest';
import type { NodeCore } from '../../../../main/engine/network/operation/operation';
import type { LoadedNetwork } from '../../../../main/engine/network/network';
import { assembledNetwork } from '../assembledNetwork';
import { draftOf, evenConvolution, layer } from './planted';

const up = (dims: number, from: string): NodeCore =>
  layer('up', `upsample${String(dims)}d`, from, {
    attributes: {
      factor: Array.from({ length: dims }, () => 2),
      interpolation: 'nearest',
    },
  });

const pool = (dims: number, from: string): NodeCore =>
  layer('pool', `maxPool${String(dims)}d`, from, {
    attributes: {
      kernelSize: Array.from({ length: dims }, () => 2),
      strides: Array.from({ length: dims }, () => 2),
      padding: 'valid',
    },
  });

/** Chains of all-positive convolutions, free in size, whose last map is asked. */
const chains: readonly (readonly [string, readonly number[], readonly NodeCore[]])[] = [
  [
    'three convolutions',
    [9, 11],
    [evenConvolution('a', 'x', 2, 3), evenConvolution('b', 'a', 2, 3), evenConvolution('y', 'b', 2, 3)],
  ],
  [
    'a stride over an even size',
    [8, 10],
    [evenConvolution('a', 'x', 2, 3, { stride: 2 }), evenConvolution('y', 'a', 2, 3)],
  ],
  [
    'a stride over an odd size',
    [7, 9],
    [evenConvolution('a', 'x', 2, 3, { stride: 2 }), evenConvolution('y', 'a', 2, 5)],
  ],
  ['an even kernel', [7, 8], [evenConvolution('y', 'x', 2, 4)]],
  [
    'nothing padded',
    [9, 9],
    [
      evenConvolution('a', 'x', 2, 3, { padding: 'valid', stride: 2 }),
      evenConvolution('y', 'a', 2, 2, { padding: 'valid' }),
    ],
  ],
  [
    'a decoder, each phase with its own box',
    [8, 8],
    [evenConvolution('a', 'x', 2, 3), pool(2, 'a'), up(2, 'pool'), evenConvolution('y', 'up', 2, 3)],
  ],
  ['a volume', [5, 6, 7], [evenConvolution('a', 'x', 3, 3, { stride: 2 }), evenConvolution('y', 'a', 3, 3)]],
];

describe('the box that a voxel sees', () => {
  let network: LoadedNetwork | null = null;
  afterEach(() => network?.close());

  const answer = async (net: LoadedNetwork, values: Float32Array, shape: readonly number[]): Promise<Float32Array> => {
    const maps = await net.run({ x: { shape, values } }, [{ node: 'y', stage: 'output' }]);
    return maps.get('y')?.values ?? new Float32Array(0);
  };

  it.each(chains)('holds every input that moves the voxel, and its faces do: %s', async (_, sizes, layers) => {
    network = await assembledNetwork(draftOf([...sizes.map(() => null), 1], layers));
    const shape = [1, ...sizes, 1];
    const count = sizes.reduce((product, n) => product * n, 1);
    const background = Float32Array.from({ length: count }, (__, v) => 1 + ((v * 37) % 11) / 100);
    const baseline = await answer(network, background, shape);
    const maps = await network.run({ x: { shape, values: background } }, [{ node: 'y', stage: 'output' }]);
    const spatial = (maps.get('y')?.shape ?? []).slice(1, -1);
    const seen = boxesSeen(network, shape);
    const low = Array.from({ length: baseline.length }, () => sizes.map(() => Infinity));
    const high = Array.from({ length: baseline.length }, () => sizes.map(() => -Infinity));
    for (let v = 0; v < count; v++) {
      const changed = Float32Array.from(background);
      changed[v] = 50;
      const index = indexOf(v, sizes);
      (await answer(network, changed, shape)).forEach((value, at) => {
        if (value === baseline[at]) return;
        index.forEach((i, axis) => {
          const [lowest, highest] = [low[at] as number[], high[at] as number[]];
          lowest[axis] = Math.min(lowest[axis] as number, i);
          highest[axis] = Math.max(highest[axis] as number, i + 1);
        });
      });
    }
    for (let at = 0; at < baseline.length; at++) {
      const { cut } = seen('y', indexOf(at, spatial));
      expect({ at, start: cut.start, end: cut.end }).toEqual({ at, start: low[at], end: high[at] });
    }
  });

  it('has the size of the closed form: 1 + Σ(k − 1)·Πs', async () => {
    network = await assembledNetwork(
      draftOf(
        [64, 64, 1],
        [
          evenConvolution('a', 'x', 2, 5, { stride: 2 }),
          evenConvolution('b', 'a', 2, 3, { stride: 2 }),
          evenConvolution('y', 'b', 2, 3),
        ],
      ),
    );
    const { whole } = boxesSeen(network, [1, 64, 64, 1])('y', [7, 7]);
    const size = (whole.end[0] ?? 0) - (whole.start[0] ?? 0);
    expect(size).toBe(1 + 4 + 2 * 2 + 2 * 4);
  });

  it('is the whole input behind a global pooling, and says what of a box lies outside', async () => {
    network = await assembledNetwork(
      draftOf([9, 9, 1], [evenConvolution('a', 'x', 2, 3), layer('y', 'globalAveragePool', 'a')]),
    );
    const seen: (node: string, at: readonly number[]) => SeenBox = boxesSeen(network, [1, 9, 9, 1]);
    expect(seen('y', []).cut).toEqual({ start: [0, 0], end: [9, 9] });
    expect(seen('a', [0, 4])).toEqual({
      whole: { start: [-1, 3], end: [2, 6] },
      cut: { start: [0, 3], end: [2, 6] },
    });
  });
});
