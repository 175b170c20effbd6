import { describe, expect, it } from 'vitest';
import type { ReceptiveField } from '../../../shared/network';
import type { NetworkGraph, Weight } from '../../../main/engine/network/graph';
import { productOf } from '../../../main/engine/network/operation/operation';
import { receptiveBoxes } from '../../../main/engine/network/receptiveBox';
import { receptiveFields } from '../../../main/engine/network/receptiveField';
import { startBackend } from '../../../main/engine/network/tensorflow';
import { gradientOn } from './gradientOn';
import { chain, filled } from './handmade';
import { Builder, Draws, type Built } from './incremental/randomNetworks';

await startBackend({ rung: 'native' });

/** Kernels that are the same positive number everywhere, and sum to about 1. */
const constant = (name: string, shape: readonly number[]): Weight => {
  const count = productOf(shape);
  return { name, shape, values: new Float32Array(count).fill(shape.at(-1)! / count) };
};

const kinds = [
  'conv',
  'conv',
  'conv',
  'explicit',
  'grouped',
  'depthwise',
  'transposed',
  'transposed',
  'mean',
  'mean',
  'nearest',
  'linear',
  'legacy',
  'resize',
  'pad',
  'crop',
  'mirror',
  'edge',
  'slice',
  'blocks',
  'add',
  'add',
  'concat',
  'concat',
  'gate',
  'global',
  'row',
] as const;
type Kind = (typeof kinds)[number];

/** A network of everything that reads space, of which no gradient can cancel: positive everywhere. */
function positiveNetwork(
  rank: 2 | 3,
  draws: Draws,
): { graph: NetworkGraph; sizes: readonly number[]; channels: number; last: Built; used: Set<Kind> } {
  const sizes = Array.from({ length: rank }, () => (rank === 2 ? draws.integer(9, 19) : draws.integer(6, 10)));
  const built = new Builder(sizes, draws.integer(1, 2), draws);
  const maps: Built[] = [built.input];
  const used = new Set<Kind>();
  const steps = draws.integer(3, 8);
  for (let n = 0; n < steps; n++) {
    const x = draws.chance(0.75) ? maps.at(-1)! : draws.among(maps);
    const kind = draws.among(kinds);
    const y = grown(kind, x, maps, built, draws);
    if (!y) continue;
    used.add(kind);
    maps.push(y);
  }
  if (maps.length === 1) maps.push(windowed('conv', maps[0]!, built, draws, 'same'));
  return { graph: built.graph(), sizes, channels: built.input.channels, last: maps.at(-1)!, used };
}

function windowed(
  op: 'conv' | 'convTranspose',
  x: Built,
  built: Builder,
  draws: Draws,
  padding: unknown,
  more: { groups?: number } = {},
): Built {
  const kernelSize = x.sizes.map(() => draws.integer(1, 4));
  const strides = x.sizes.map(() => (draws.chance(0.5) ? 1 : draws.integer(1, 3)));
  const dilation = x.sizes.map(() => (draws.chance(0.6) ? 1 : draws.integer(1, 3)));
  const { groups = 1 } = more;
  const out = 2;
  const attributes = { kernelSize, strides, dilation, padding, groups };
  return built.add(`${op}${built.dims}`, [x], attributes, [
    constant('kernel', [...kernelSize, x.channels / groups, out]),
  ]);
}

/** A convolution that keeps the map's size, so that it can meet what it was made of again. */
function kept(x: Built, channels: number, built: Builder, draws: Draws): Built {
  const kernelSize = x.sizes.map(() => draws.integer(1, 4));
  const dilation = x.sizes.map(() => draws.integer(1, 3));
  const attributes = { kernelSize, strides: built.each(1), dilation, padding: 'same', groups: 1 };
  return built.add(`conv${built.dims}`, [x], attributes, [constant('kernel', [...kernelSize, x.channels, channels])]);
}

function grown(kind: Kind, x: Built, maps: readonly Built[], built: Builder, draws: Draws): Built | null {
  const small = x.sizes.some((n) => n < 5);
  const wide = productOf(x.sizes) > 1200;
  const pairs = (most: number): number[][] => x.sizes.map(() => [draws.integer(0, most), draws.integer(0, most)]);
  try {
    switch (kind) {
      case 'conv':
        return windowed('conv', x, built, draws, small ? 'same' : draws.among(['same', 'same', 'valid']));
      case 'explicit':
        return windowed('conv', x, built, draws, pairs(3));
      case 'grouped':
        return x.channels % 2 === 0 ? windowed('conv', x, built, draws, 'same', { groups: 2 }) : null;
      case 'depthwise': {
        if (built.rank !== 2) return null;
        const stride = draws.integer(1, 2);
        const attributes = {
          kernelSize: [3, 2],
          strides: [stride, stride],
          dilation: stride === 1 ? [2, 1] : [1, 1],
          padding: 'same',
        };
        return built.add('depthwiseConv2d', [x], attributes, [constant('kernel', [3, 2, x.channels, 1])]);
      }
      case 'transposed':
        return wide ? null : windowed('convTranspose', x, built, draws, draws.among(['same', 'valid']));
      case 'mean': {
        if (small) return null;
        const kernel = x.sizes.map(() => draws.integer(1, 3));
        const padding = draws.among([
          'same',
          'valid',
          x.sizes.map((_, a) => [draws.integer(0, kernel[a]! - 1), draws.integer(0, 2)]),
        ]);
        return built.add(`averagePool${built.dims}`, [x], {
          kernelSize: kernel,
          strides: x.sizes.map(() => draws.integer(1, 3)),
          padding,
        });
      }
      case 'nearest':
        return wide
          ? null
          : built.add(`upsample${built.dims}`, [x], {
              factor: x.sizes.map(() => draws.integer(1, 3)),
              interpolation: 'nearest',
            });
      case 'linear':
      case 'legacy': {
        if (wide || built.rank !== 2) return null;
        return built.add('upsample2d', [x], {
          factor: [2, draws.integer(1, 3)],
          interpolation: kind === 'linear' ? 'bilinear' : 'bilinear-legacy',
        });
      }
      case 'resize': {
        if (wide) return null;
        const convention = draws.among(['half-pixel', 'corner', 'aligned']);
        const size = x.sizes.map((n) => draws.integer(Math.max(2, n - 3), n + 5));
        return built.add('resize', [x], { size, interpolation: draws.among(['linear', 'nearest']), convention });
      }
      case 'pad':
        return wide ? null : built.add(`zeroPad${built.dims}`, [x], { amounts: pairs(3) });
      case 'crop':
        return small ? null : built.add(`crop${built.dims}`, [x], { amounts: pairs(2) });
      case 'mirror':
        return small ? null : built.add(`reflectPad${built.dims}`, [x], { amounts: pairs(3) });
      case 'edge':
        return wide ? null : built.add('pad', [x], { amounts: [...pairs(2), [0, 0]], mode: 'edge' });
      case 'slice': {
        const end = [...x.sizes.map(() => null), null];
        return built.add('slice', [x], {
          begin: [...x.sizes.map(() => draws.integer(0, 1)), 0],
          end,
          step: [...x.sizes.map(() => draws.integer(1, 2)), 1],
        });
      }
      case 'blocks': {
        if (built.rank !== 2 || wide) return null;
        if (x.sizes.every((n) => n % 2 === 0)) return built.add('spaceToDepth', [x], { block: 2 });
        return built.add('depthToSpace', [kept(x, 8, built, draws)], { block: 2 });
      }
      case 'add':
      case 'concat': {
        const mates = maps.filter(
          (m) => m !== x && m.sizes.join() === x.sizes.join() && (kind === 'concat' || m.channels === x.channels),
        );
        if (mates.length === 0) mates.push(kept(x, x.channels, built, draws));
        return kind === 'add'
          ? built.add('add', [x, draws.among(mates)], {})
          : built.add('concatenate', [x, draws.among(mates)], { axis: -1 });
      }
      case 'gate': {
        if (!draws.chance(0.3)) return null;
        const mean = built.add('globalAveragePool', [x], { keepDims: true });
        // Added, as a factor of a border's zeros would hide what it reads.
        return built.add('add', [x, mean], {});
      }
      case 'global':
        return draws.chance(0.3) ? built.add('globalAveragePool', [x], { keepDims: true }) : null;
      case 'row':
        return draws.chance(0.5)
          ? built.add('reduceMean', [x], { axes: [draws.integer(1, built.rank)], keepDims: true })
          : null;
    }
  } catch {
    // The window is larger than the map.
    built.nodes.pop();
    return null;
  }
}

/** The smallest box that holds every voxel with a gradient; null where there is none. */
function supportOf(
  values: Float32Array,
  sizes: readonly number[],
  channels: number,
): { start: number[]; end: number[] } | null {
  const start = sizes.map(() => Infinity);
  const end = sizes.map(() => -Infinity);
  for (let v = 0; v < values.length; v++) {
    if (values[v] === 0) continue;
    let rest = Math.floor(v / channels);
    for (let a = sizes.length - 1; a >= 0; a--) {
      const i = rest % sizes[a]!;
      rest = Math.floor(rest / sizes[a]!);
      start[a] = Math.min(start[a]!, i);
      end[a] = Math.max(end[a]!, i + 1);
    }
  }
  return start[0] === Infinity ? null : { start, end };
}

const perNetwork = 6;

describe('receptive boxes', () => {
  it.each([
    [2, 160],
    [3, 100],
  ] as const)(
    'are the support of the gradient, at any voxel of random %iD networks with positive constant kernels',
    async (rank, count) => {
      const tally = new Map<string, number>();
      let clipped = 0;
      let empty = 0;
      for (let seed = 1; seed <= count; seed++) {
        const draws = new Draws(seed * 7 + rank);
        const { graph, sizes, channels, last, used } = positiveNetwork(rank, draws);
        for (const kind of used) tally.set(kind, (tally.get(kind) ?? 0) + 1);
        const voxels = Array.from({ length: perNetwork }, (_, i) =>
          last.sizes.map((n) => (i === 0 ? 0 : i === 1 ? n - 1 : draws.integer(0, n - 1))),
        );
        const outputs = productOf(last.sizes) * last.channels;
        const { gradients } = await gradientOn(graph, {
          inputs: {
            input: {
              shape: [perNetwork, ...sizes, channels],
              values: new Float32Array(perNetwork * productOf(sizes) * channels).fill(1),
            },
          },
          fetch: last.name,
          cotangent: () => {
            const one = new Float32Array(perNetwork * outputs);
            voxels.forEach((voxel, b) => {
              const at = voxel.reduce((offset, i, a) => offset * last.sizes[a]! + i, 0);
              one.fill(1, b * outputs + at * last.channels, b * outputs + (at + 1) * last.channels);
            });
            return one;
          },
        });
        const { values } = gradients.get('input')!;
        const field = receptiveFields(graph).get(last.name) as ReceptiveField | 'global' | null;
        const size = productOf(sizes) * channels;
        voxels.forEach((voxel, b) => {
          const support = supportOf(values.subarray(b * size, (b + 1) * size), sizes, channels);
          const shapes = new Map([['input', [1, ...sizes, channels]]]);
          const { box, clipped: sides, whole } = receptiveBoxes(graph, shapes)(last.name, voxel).get('input')!;
          const story = `seed ${seed}, voxel ${voxel.join()}: ${graph.nodes.map((n) => `${n.name} ${JSON.stringify(n.attributes)} < ${n.inputs.join()}`).join('; ')}`;
          expect(box, story).toEqual(support);
          if (sides.flat().includes(true)) clipped++;
          if (!box) empty++;
          box?.start.forEach((start, a) => {
            expect(whole.start[a], story).toBeLessThanOrEqual(start);
            expect(whole.end[a], story).toBeGreaterThanOrEqual(box.end[a]!);
          });
          if (!box || !field || field === 'global') return;
          // What is described for all voxels together holds each one's box.
          box.start.forEach((start, a) => {
            const [whole, step, first] = [field.size[a] ?? null, field.step[a]!, field.start[a]!];
            if (whole === null || last.sizes[a] === 1) return;
            expect(start, story).toBeGreaterThanOrEqual(first + step * voxel[a]! - 1e-6);
            expect(box.end[a]! - 1, story).toBeLessThanOrEqual(first + step * voxel[a]! + whole - 1 + 1e-6);
          });
        });
      }
      // Each kind took part, borders too.
      for (const kind of new Set(kinds))
        if (rank === 2 || !['depthwise', 'linear', 'legacy', 'blocks'].includes(kind))
          expect(tally.get(kind) ?? 0, kind).toBeGreaterThan(2);
      expect(clipped).toBeGreaterThan(count);
      expect(empty).toBeLessThan((perNetwork * count) / 4);
    },
    240_000,
  );

  it('say which sides reach into padding: SAME on an odd size with stride 2', () => {
    const layer = {
      name: 'y',
      op: 'conv2d',
      attributes: { kernelSize: [3, 3], strides: [2, 2], dilation: [1, 1], padding: 'same', groups: 1 },
      weights: [{ name: 'kernel', shape: [3, 3, 1, 1], values: filled([9], 1) }],
    };
    const graph = chain([null, 7, 8, 1], [layer]);
    const sizes = new Map([['input', [1, 7, 8, 1]]]);
    const first = receptiveBoxes(graph, sizes)('y', [0, 0]).get('input')!;
    // Of 7 rows one is padded before and one behind, of 8 columns one behind alone.
    expect(first).toEqual({
      box: { start: [0, 0], end: [2, 3] },
      clipped: [
        [true, false],
        [false, false],
      ],
      whole: { start: [-1, 0], end: [2, 3] },
    });
    const last = receptiveBoxes(graph, sizes)('y', [3, 3]).get('input')!;
    expect(last).toEqual({
      box: { start: [5, 6], end: [7, 8] },
      clipped: [
        [false, true],
        [false, true],
      ],
      whole: { start: [5, 6], end: [8, 9] },
    });
  });
});
