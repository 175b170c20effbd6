import { describe, expect, it } from 'vitest';
import type { Shape } from '../../../main/engine/network/graph';
import type { Activation } from '../../../main/engine/network/operation/activation';
import { plainActivations } from '../../../main/engine/network/operation/activation';
import { startBackend, tf } from '../../../main/engine/network/tensorflow';
import { byDifferences, farOff, gradientOn } from './gradientOn';
import { chain, filled, weight } from './handmade';

await startBackend({ rung: 'native' });

type Layer = Parameters<typeof chain>[1][number];
type Sizes = readonly number[];

/** A layer, the shape that it reads, and how its input is drawn; `step` 1 where the output is linear in it. */
type Case = readonly [
  name: string,
  shape: Sizes,
  layers: readonly Layer[],
  how?: { step?: number; distinct?: boolean; draw?: (v: number) => number },
];

const many = (n: number, rank: number): number[] => Array.from({ length: rank }, () => n);

function conv(rank: number, k: number, s: number, d: number, padding: unknown, groups = 1): Layer {
  return {
    name: 'y',
    op: `conv${rank}d`,
    attributes: { kernelSize: many(k, rank), strides: many(s, rank), dilation: many(d, rank), padding, groups },
    weights: [
      weight('kernel', [...many(k, rank), 4 / groups, 2], filled([(k ** rank * 8) / groups], k + s)),
      weight('bias', [2], [1, 2]),
    ],
  };
}

function transposed(rank: number, k: number, s: number, d: number, more: object, groups = 1): Layer {
  return {
    name: 'y',
    op: `${groups > 1 ? 'groupedConvTranspose' : 'convTranspose'}${rank}d`,
    attributes: { kernelSize: many(k, rank), strides: many(s, rank), dilation: many(d, rank), groups, ...more },
    weights: [
      weight('kernel', [...many(k, rank), 4, 2], filled([k ** rank * 8], k + s)),
      weight('bias', [2 * groups], filled([2 * groups], 3)),
    ],
  };
}

const pool = (kind: string, rank: number, k: number, s: number, padding: unknown, more: object = {}): Layer => ({
  name: 'y',
  op: `${kind}Pool${rank}d`,
  attributes: { kernelSize: many(k, rank), strides: many(s, rank), padding, ...more },
});

const plain = (op: string, attributes: object = {}, weights: Layer['weights'] = []): Layer => ({
  name: 'y',
  op,
  attributes: { ...attributes },
  weights,
});

const image: Sizes = [1, 7, 6, 4];
const solid: Sizes = [1, 5, 4, 5, 4];
const line: Sizes = [1, 11, 4];
const linear = { step: 1 };
const apart = { step: 2 ** -6 };
/** No two values nearer than two steps, so that the largest stays the largest. */
const ranked = { step: 2 ** -9, distinct: true };
const positive = { step: 2 ** -6, draw: (v: number) => 1.5 + v };

const shapeOf = (rank: number): Sizes => [line, image, solid][rank - 1]!;

const cases: readonly Case[] = [
  ...[1, 2, 3].flatMap((rank): Case[] => [
    [`convolution ${rank}D same`, shapeOf(rank), [conv(rank, 3, 1, 1, 'same')], linear],
    [`convolution ${rank}D same, strided, even kernel`, shapeOf(rank), [conv(rank, 4, 2, 1, 'same')], linear],
    [`convolution ${rank}D valid, strided, with a rest`, shapeOf(rank), [conv(rank, 2, 2, 1, 'valid')], linear],
    [`convolution ${rank}D strided wider than the kernel`, shapeOf(rank), [conv(rank, 1, 2, 1, 'same')], linear],
    [`convolution ${rank}D dilated same`, shapeOf(rank), [conv(rank, 3, 1, 2, 'same')], linear],
    [`convolution ${rank}D dilated valid`, shapeOf(rank), [conv(rank, 2, 1, 2, 'valid')], linear],
    [`convolution ${rank}D dilated and strided`, shapeOf(rank), [conv(rank, 2, 2, 2, 'same')], linear],
    [
      `convolution ${rank}D padded by numbers`,
      shapeOf(rank),
      [
        conv(
          rank,
          3,
          2,
          1,
          many(0, rank).map(() => [2, 1]),
        ),
      ],
      linear,
    ],
    [`convolution ${rank}D grouped`, shapeOf(rank), [conv(rank, 3, 1, 1, 'same', 2)], linear],
    [`convolution ${rank}D grouped and dilated`, shapeOf(rank), [conv(rank, 2, 1, 2, 'same', 2)], linear],
    [`transposed ${rank}D same`, shapeOf(rank), [transposed(rank, 3, 2, 1, { padding: 'same' })], linear],
    [`transposed ${rank}D valid`, shapeOf(rank), [transposed(rank, 2, 3, 1, { padding: 'valid' })], linear],
    [`transposed ${rank}D dilated`, shapeOf(rank), [transposed(rank, 2, 1, 2, { padding: 'valid' })], linear],
    [
      `transposed ${rank}D output padding`,
      shapeOf(rank),
      [transposed(rank, 3, 2, 1, { padding: 'same', outputPadding: many(1, rank) })],
      linear,
    ],
    [
      `transposed ${rank}D cut by numbers, grouped`,
      shapeOf(rank),
      [transposed(rank, 3, 2, 1, { padding: many(0, rank).map(() => [1, 0]), outputPadding: many(1, rank) }, 2)],
      linear,
    ],
    [`largest of windows ${rank}D`, shapeOf(rank), [pool('max', rank, 3, 2, 'same')], ranked],
    [
      `largest of windows ${rank}D, padded by numbers`,
      shapeOf(rank),
      [
        pool(
          'max',
          rank,
          2,
          2,
          many(0, rank).map(() => [1, 1]),
        ),
      ],
      ranked,
    ],
    [
      `largest of windows ${rank}D, with holes`,
      shapeOf(rank),
      [pool('max', rank, 2, 2, 'valid', { dilation: many(2, rank) })],
      ranked,
    ],
    [`mean of windows ${rank}D, overlapping, same`, shapeOf(rank), [pool('average', rank, 3, 2, 'same')], linear],
    [`mean of windows ${rank}D, valid`, shapeOf(rank), [pool('average', rank, 2, 1, 'valid')], linear],
    [
      `mean of windows ${rank}D, padded by numbers`,
      shapeOf(rank),
      [
        pool(
          'average',
          rank,
          3,
          2,
          many(0, rank).map(() => [1, 2]),
        ),
      ],
      linear,
    ],
    [
      `nearest upsampling ${rank}D`,
      shapeOf(rank),
      [plain(`upsample${rank}d`, { factor: many(2, rank), interpolation: 'nearest' })],
      linear,
    ],
    [
      `zero border ${rank}D`,
      shapeOf(rank),
      [plain(`zeroPad${rank}d`, { amounts: many(0, rank).map(() => [1, 2]) })],
      linear,
    ],
    [
      `mirrored border ${rank}D`,
      shapeOf(rank),
      [plain(`reflectPad${rank}d`, { amounts: many(0, rank).map(() => [2, 1]) })],
      linear,
    ],
    [
      `cut border ${rank}D`,
      shapeOf(rank),
      [plain(`crop${rank}d`, { amounts: many(0, rank).map(() => [1, 2]) })],
      linear,
    ],
    [`largest of the map ${rank}D`, shapeOf(rank), [plain('globalMaxPool', { keepDims: rank === 2 })], ranked],
    [`mean of the map ${rank}D`, shapeOf(rank), [plain('globalAveragePool', { keepDims: rank === 2 })], linear],
    [`tiled ${rank}D`, shapeOf(rank), [plain('tile', { times: [...many(2, rank), 3] })], linear],
    [
      `instance norm ${rank}D`,
      shapeOf(rank),
      [plain('instanceNorm', { epsilon: 1e-3 }, [weight('gamma', [4], [1, 2, -1, 0.5])])],
      apart,
    ],
    [
      `group norm ${rank}D`,
      shapeOf(rank),
      [
        plain('groupNorm', { epsilon: 1e-3, groups: 2 }, [
          weight('gamma', [4], [1, 2, -1, 0.5]),
          weight('beta', [4], [1, 2, 3, 4]),
        ]),
      ],
      apart,
    ],
    [
      `layer norm ${rank}D`,
      shapeOf(rank),
      [plain('layerNorm', { epsilon: 1e-3, axes: [-1] }, [weight('gamma', [4], [1, 2, -1, 0.5])])],
      apart,
    ],
    ...(['half-pixel', 'corner', 'aligned'] as const).flatMap((convention): Case[] => [
      [
        `resized ${rank}D, linear, ${convention}`,
        shapeOf(rank),
        [plain('resize', { size: [9, 3, 7].slice(0, rank), interpolation: 'linear', convention })],
        linear,
      ],
      [
        `resized ${rank}D, nearest, ${convention}`,
        shapeOf(rank),
        [plain('resize', { size: [9, 3, 7].slice(0, rank), interpolation: 'nearest', convention })],
        linear,
      ],
    ]),
    ...(['nearest', 'linear', 'cubic'] as const).map((interpolation): Case => [
      `sampled ${rank}D, ${interpolation}`,
      shapeOf(rank),
      [
        plain(`resample${rank}d`, {
          along: many(0, rank).map(() => ({ size: 8, scale: null, part: [0, 1] })),
          interpolation,
          convention: 'half_pixel',
          rounding: 'round_prefer_floor',
        }),
      ],
      linear,
    ]),
  ]),
  ['bilinear upsampling', image, [plain('upsample2d', { factor: [2, 3], interpolation: 'bilinear' })], linear],
  [
    "tfjs-layers' bilinear upsampling",
    image,
    [plain('upsample2d', { factor: [2, 3], interpolation: 'bilinear-legacy' })],
    linear,
  ],
  ...[1, 2].flatMap((rank): Case[] =>
    [
      [1, 1],
      [2, 1],
      [1, 2],
    ].map(([s, d]): Case => [
      `depthwise ${rank}D, stride ${s}, dilation ${d}`,
      shapeOf(rank),
      [
        plain(
          `depthwiseConv${rank}d`,
          { kernelSize: many(3, rank), strides: many(s!, rank), dilation: many(d!, rank), padding: 'same' },
          [weight('kernel', [...many(3, rank), 4, 2], filled([3 ** rank * 8], 4))],
        ),
      ],
      linear,
    ]),
  ),
  [
    'depthwise 2D with unequal strides',
    image,
    [
      plain('depthwiseConv2d', { kernelSize: [3, 3], strides: [2, 1], dilation: [1, 1], padding: 'same' }, [
        weight('kernel', [3, 3, 4, 1], filled([36], 4)),
      ]),
    ],
    linear,
  ],
  [
    'separable 2D',
    image,
    [
      plain('separableConv2d', { kernelSize: [3, 3], strides: [2, 2], dilation: [1, 1], padding: 'same' }, [
        weight('depthwise', [3, 3, 4, 2], filled([72], 4)),
        weight('pointwise', [1, 1, 8, 3], filled([24], 5)),
      ]),
    ],
    linear,
  ],
  [
    'dense',
    [1, 9],
    [plain('dense', {}, [weight('kernel', [9, 4], filled([36], 6)), weight('bias', [4], [1, 2, 3, 4])])],
    linear,
  ],
  ['dense over voxels', image, [plain('dense', {}, [weight('kernel', [4, 3], filled([12], 6))])], linear],
  [
    'batch norm',
    image,
    [
      plain('batchNorm', { epsilon: 1e-3, axis: -1 }, [
        weight('gamma', [4], [1, 2, -1, 0.5]),
        weight('mean', [4], [1, 0, 2, 3]),
        weight('variance', [4], [1, 2, 3, 0.1]),
      ]),
    ],
    linear,
  ],
  ['unit norm', image, [plain('unitNorm', { axes: [-1] })], apart],
  ['root mean square norm', image, [plain('rmsNorm', { epsilon: 1e-3, axes: [-1] })], apart],
  ['rescaling', image, [plain('rescale', { scale: [2, 3, 4, 5], offset: [1, 1, 1, 1] })], linear],
  [
    'normalisation by stored figures',
    image,
    [plain('normalize', {}, [weight('mean', [4], [1, 2, 3, 4]), weight('variance', [4], [1, 4, 9, 2])])],
    linear,
  ],
  [
    'scale and offset',
    image,
    [plain('affine', {}, [weight('scale', [7, 6, 1], filled([42], 2)), weight('offset', [4], [1, 2, 3, 4])])],
    linear,
  ],
  ['flatten', image, [plain('flatten', { channelsFirst: true })], linear],
  ['reshape', image, [plain('reshape', { target: [6, -1] })], linear],
  ['permute', image, [plain('permute', { axes: [3, 1, 2] })], linear],
  ['repeat', [1, 5], [plain('repeat', { times: 3 })], linear],
  ['gather', image, [plain('gather', { axis: 2, indices: [5, 0, 0, 3] })], linear],
  ['slice with steps', image, [plain('slice', { begin: [1, -5, 0], end: [null, null, 3], step: [2, 3, 1] })], linear],
  ['space to depth', [1, 4, 6, 2], [plain('spaceToDepth', { block: 2 })], linear],
  ['depth to space', image, [plain('depthToSpace', { block: 2 })], linear],
  ['squeeze', [1, 1, 5, 2], [plain('squeeze', { axes: [1] })], linear],
  ['expand', [1, 5, 2], [plain('expandDims', { axes: [2] })], linear],
  ...(['constant', 'edge', 'reflect', 'wrap'] as const).map((mode): Case => [
    `border, ${mode}`,
    image,
    [
      plain('pad', {
        amounts: [
          [2, 1],
          [0, 3],
          [1, 1],
        ],
        mode,
        value: 4,
      }),
    ],
    linear,
  ]),
  ['local response', image, [plain('localResponseNorm', { size: 3, alpha: 2, beta: 0.75, bias: 1 })], apart],
  ...(['reduceMean', 'reduceSum'] as const).map((op): Case => [
    op,
    image,
    [plain(op, { axes: [1, 3], keepDims: false })],
    linear,
  ]),
  ...(['reduceMax', 'reduceMin', 'reduceProduct', 'reduceLogSumExp'] as const).flatMap((op): Case[] => [
    [`${op} of two axes`, [1, 4, 3, 2], [plain(op, { axes: [1, 2], keepDims: false })], ranked],
    [`${op}, axes kept`, image, [plain(op, { axes: [2], keepDims: true })], ranked],
  ]),
  ...[
    'sqrt',
    'rsqrt',
    'square',
    'abs',
    'log',
    'log1p',
    'expm1',
    'atan',
    'erf',
    'asinh',
    'acosh',
    'sinh',
    'cosh',
    'sin',
    'cos',
    'reciprocal',
  ].map((word): Case => [
    `function ${word}`,
    image,
    [plain('elementwise', { function: word, exponent: 2.5 })],
    word === 'acosh' ? { step: 2 ** -7, draw: (v) => 2.5 + v } : positive,
  ]),
  ...['tan', 'asin', 'acos', 'atanh'].map((word): Case => [
    `function ${word}`,
    image,
    [plain('elementwise', { function: word })],
    { step: 2 ** -8, draw: (v) => 0.7 * v },
  ]),
  ['function power', image, [plain('elementwise', { function: 'power', exponent: 2.5 })], positive],
  ['function clip', image, [plain('elementwise', { function: 'clip', lower: -0.4, upper: 0.3 })], { step: 2 ** -12 }],
  [
    'a gate over the map',
    image,
    [
      plain('globalAveragePool', { keepDims: true }),
      {
        ...plain('dense', { activation: { kind: 'sigmoid' } }, [weight('kernel', [4, 4], filled([16], 6))]),
        name: 'gate',
        inputs: ['y'],
      },
      { name: 'gated', op: 'multiply', inputs: ['input', 'gate'] },
    ],
    apart,
  ],
  ...['add', 'subtract', 'multiply', 'divide', 'average', 'maximum', 'minimum'].map((op): Case => [
    `${op} of a map and its mean`,
    image,
    [
      plain('globalAveragePool', { keepDims: true }),
      { name: 'z', op, inputs: op === 'divide' ? ['y', 'input'] : ['input', 'y'] },
    ],
    op.endsWith('imum') ? ranked : positive,
  ]),
  ['a map added to itself', image, [plain('add', {}), { name: 'z', op: 'add', inputs: ['y', 'y'] }], linear],
  ['a map times itself', image, [{ name: 'z', op: 'multiply', inputs: ['input', 'input'] }], apart],
  [
    'concatenated with itself',
    image,
    [{ name: 'z', op: 'concatenate', inputs: ['input', 'input'], attributes: { axis: -1 } }],
    linear,
  ],
  [
    'attention',
    [1, 6, 4],
    [
      { name: 'scores', op: 'matMul', inputs: ['input', 'input'], attributes: { transposeB: true } },
      {
        name: 'shares',
        op: 'activation',
        inputs: ['scores'],
        attributes: { activation: { kind: 'softmax', axes: [-1] } },
      },
      { name: 'z', op: 'matMul', inputs: ['shares', 'input'] },
    ],
    apart,
  ],
  [
    'cosine of two vectors',
    [1, 5],
    [
      plain('dense', {}, [weight('kernel', [5, 5], filled([25], 6))]),
      { name: 'z', op: 'dot', inputs: ['input', 'y'], attributes: { normalize: true } },
    ],
    apart,
  ],
  [
    'a choice',
    image,
    [
      plain('compare', { relation: 'greater', than: 0.1 }),
      { name: 'z', op: 'where', inputs: ['y', 'input'], attributes: { no: 3 } },
    ],
    ranked,
  ],
];

const activations: readonly (Activation & { readonly draw?: (v: number) => number })[] = [
  ...plainActivations.map((kind) => ({ kind })),
  { kind: 'relu', negativeSlope: 0, maxValue: null, threshold: 0 },
  { kind: 'relu', negativeSlope: 0.2, maxValue: null, threshold: 0 },
  { kind: 'relu', negativeSlope: 0, maxValue: 2, threshold: 0 },
  { kind: 'relu', negativeSlope: 0.1, maxValue: 1.5, threshold: 0.5 },
  { kind: 'elu', alpha: 1 },
  { kind: 'elu', alpha: 0.5 },
  { kind: 'elu', alpha: -0.5 },
  { kind: 'celu', alpha: 1.5 },
  { kind: 'softmax', axes: [-1] },
  { kind: 'softmax', axes: [1, 2] },
  { kind: 'logSoftmax', axes: [-1] },
  { kind: 'gelu', approximate: true },
  { kind: 'gelu', approximate: false },
  { kind: 'softShrink', at: 0.5, value: 0 },
  { kind: 'hardShrink', at: 0.5, value: 0 },
  { kind: 'threshold', at: 0.5, value: 2 },
];

const counted = (shape: Sizes): number => shape.reduce((p, n) => p * n, 1);

describe("each operation's gradient", () => {
  it.each(cases.map(([name, shape, layers, how = {}]) => [name, { shape, layers, how }] as const))(
    'of %s is that of central differences',
    async (_, { shape, layers, how }) => {
      const graph = chain([null, ...shape.slice(1)] as Shape, layers);
      const count = counted(shape);
      const values = how.distinct
        ? Float32Array.from({ length: count }, (_, i) => (2 * ((i * 163) % count)) / count - 1)
        : filled([count], 12, how.draw);
      const tensors = tf.memory().numTensors;
      const { gradients } = await gradientOn(graph, { inputs: { input: { shape, values } } });
      expect(tf.memory().numTensors).toBe(tensors);
      const wanted = await byDifferences(graph, { shape, values }, how.step ?? 2 ** -6);
      expect(gradients.get('input')!.shape).toEqual(shape);
      expect(farOff(gradients.get('input')!.values, wanted)).toBeLessThan(how.step === 1 ? 1e-5 : 2e-3);
    },
  );

  it.each(activations.map((a) => [JSON.stringify(a), a] as const))(
    'of the activation %s is that of central differences, by its value before and after',
    async (_, activation) => {
      const shape = [1, 3, 5, 4];
      const graph = chain([null, 3, 5, 4], [plain('activation', { activation })]);
      // Off the kinks at whole numbers and halves by more than the step.
      const values = filled([60], 21, (v) => Math.round(v * 24) / 4 + 0.13);
      const { gradients } = await gradientOn(graph, { inputs: { input: { shape, values } } });
      const wanted = await byDifferences(graph, { shape, values }, 2 ** -7);
      expect(farOff(gradients.get('input')!.values, wanted)).toBeLessThan(1e-3);
    },
  );

  it('of a PReLU takes each channel its slope', async () => {
    const graph = chain(
      [null, 2, 2],
      [plain('prelu', { activation: { kind: 'prelu' } }, [weight('alpha', [1, 2], [0.5, -2])])],
    );
    const { gradients } = await gradientOn(graph, {
      inputs: { input: { shape: [1, 2, 2], values: Float32Array.of(-1, -1, 3, 4) } },
      cotangent: () => Float32Array.of(1, 1, 1, 1),
    });
    expect([...gradients.get('input')!.values]).toEqual([0.5, -2, 1, 1]);
  });

  it.each([
    ['relu', { kind: 'relu', negativeSlope: 0, maxValue: null, threshold: 0 }, 0],
    ['softplus', { kind: 'softplus' }, 0.5],
    ['softsign', { kind: 'softsign' }, 1],
    ['mish', { kind: 'mish' }, 0.6],
    ['silu', { kind: 'silu' }, 0.5],
    ['gelu', { kind: 'gelu', approximate: false }, 0.5],
    ['elu', { kind: 'elu', alpha: 1 }, 1],
    ['tanh', { kind: 'tanh' }, 1],
    ['log sigmoid', { kind: 'logSigmoid' }, 0.5],
  ] as const)('of %s at 0, where padding and dead channels lie, is the closed form', async (_, activation, wanted) => {
    const graph = chain([null, 1], [plain('activation', { activation })]);
    const { gradients } = await gradientOn(graph, {
      inputs: { input: { shape: [1, 1], values: Float32Array.of(0) } },
      cotangent: () => Float32Array.of(1),
    });
    expect(gradients.get('input')!.values[0]).toBeCloseTo(wanted, 6);
  });

  it.each([1, 2, 3])('goes to one of those that are equally large in a window %iD, whole', async (rank) => {
    const sizes = many(2, rank);
    const graph = chain([null, ...sizes, 1], [pool('max', rank, 2, 2, 'same')]);
    const { gradients } = await gradientOn(graph, {
      inputs: { input: { shape: [1, ...sizes, 1], values: new Float32Array(2 ** rank).fill(-7) } },
      cotangent: () => Float32Array.of(6),
    });
    expect([...gradients.get('input')!.values].sort((a, b) => b - a)).toEqual([6, ...many(0, 2 ** rank - 1)]);
  });

  it('is shared by several that are largest, and keeps its sum', async () => {
    const graph = chain([null, 2, 2, 1], [plain('globalMaxPool', {})]);
    const { gradients } = await gradientOn(graph, {
      inputs: { input: { shape: [1, 2, 2, 1], values: Float32Array.of(3, 1, 3, 3) } },
      cotangent: () => Float32Array.of(6),
    });
    expect([...gradients.get('input')!.values]).toEqual([2, 0, 2, 2]);
  });
});
