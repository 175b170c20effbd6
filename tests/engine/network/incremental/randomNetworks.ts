import { assemble, type GraphDraft } from '../../../../main/engine/network/assemble';
import type { NetworkGraph, Weight } from '../../../../main/engine/network/graph';
import type { Activation } from '../../../../main/engine/network/operation/activation';
import type { NodeCore } from '../../../../main/engine/network/operation/operation';

/** Numbers that are the same in every run. */
export class Draws {
  #state: number;
  constructor(seed: number) {
    this.#state = (Math.imul(seed, 2654435761) + 12345) >>> 0;
    for (let n = 0; n < 4; n++) this.unit();
  }
  /** In [0, 1). */
  unit(): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
    return this.#state / 2 ** 32;
  }
  integer(from: number, to: number): number {
    return from + Math.floor(this.unit() * (to - from + 1));
  }
  chance(share: number): boolean {
    return this.unit() < share;
  }
  among<T>(list: readonly T[]): T {
    return list[this.integer(0, list.length - 1)]!;
  }
  normal(count: number, scale = 1): Float32Array {
    return Float32Array.from(
      { length: count },
      () => scale * Math.sqrt(-2 * Math.log(this.unit() + 1e-9)) * Math.cos(2 * Math.PI * this.unit()),
    );
  }
}

export interface Built {
  readonly name: string;
  readonly sizes: readonly number[];
  readonly channels: number;
}

const product = (sizes: readonly number[]): number => sizes.reduce((p, n) => p * n, 1);

/** Builds a network of one input node by node. */
export class Builder {
  readonly nodes: NodeCore[] = [{ name: 'input', op: 'input', inputs: [], attributes: {}, weights: [] }];
  readonly input: Built;
  readonly rank: number;
  readonly #draws: Draws;
  readonly #shape: readonly (number | null)[];
  constructor(sizes: readonly number[], channels: number, draws: Draws) {
    this.rank = sizes.length;
    this.#draws = draws;
    this.#shape = [null, ...sizes, channels];
    this.input = { name: 'input', sizes, channels };
  }
  get dims(): string {
    return `${this.rank}d`;
  }
  each<T>(value: T): T[] {
    return Array.from({ length: this.rank }, () => value);
  }
  add(op: string, inputs: readonly Built[], attributes: object, weights: readonly Weight[] = []): Built {
    const name = `${op}-${this.nodes.length}`;
    this.nodes.push({ name, op, inputs: inputs.map((i) => i.name), attributes: { ...attributes }, weights });
    const shape = this.graph().nodes.at(-1)!.outputShape!;
    return { name, sizes: shape.slice(1, -1) as number[], channels: shape.at(-1)! };
  }
  weight(name: string, shape: readonly number[], scale: number): Weight {
    return { name, shape, values: this.#draws.normal(product(shape), scale) };
  }
  convolution(
    x: Built,
    channels: number,
    kernel: number,
    more: {
      readonly stride?: number;
      readonly dilation?: number;
      readonly padding?: unknown;
      readonly groups?: number;
      readonly activation?: Activation | null;
      readonly bias?: boolean;
    } = {},
  ): Built {
    const { stride = 1, dilation = 1, padding = 'same', groups = 1, activation = null, bias = true } = more;
    const size = this.each(kernel);
    const fan = product(size) * (x.channels / groups);
    return this.add(
      `conv${this.dims}`,
      [x],
      { kernelSize: size, strides: this.each(stride), dilation: this.each(dilation), padding, groups, activation },
      [
        this.weight('kernel', [...size, x.channels / groups, channels], Math.sqrt(2 / fan)),
        ...(bias ? [this.weight('bias', [channels], 0.3)] : []),
      ],
    );
  }
  transposed(x: Built, channels: number, kernel: number, stride: number, more: object = {}): Built {
    const size = this.each(kernel);
    const fan = (product(size) * x.channels) / stride ** this.rank;
    return this.add(
      `convTranspose${this.dims}`,
      [x],
      { kernelSize: size, strides: this.each(stride), dilation: this.each(1), padding: 'same', ...more },
      [
        this.weight('kernel', [...size, x.channels, channels], Math.sqrt(2 / Math.max(1, fan))),
        this.weight('bias', [channels], 0.3),
      ],
    );
  }
  pool(x: Built, kind: 'max' | 'average', kernel: number, stride: number, padding: 'same' | 'valid'): Built {
    return this.add(`${kind}Pool${this.dims}`, [x], {
      kernelSize: this.each(kernel),
      strides: this.each(stride),
      padding,
    });
  }
  normalised(x: Built): Built {
    const positive = (w: Weight): Weight => ({ ...w, values: w.values.map((v) => 0.5 + Math.abs(v)) });
    return this.add('batchNorm', [x], { epsilon: 1e-3, axis: -1 }, [
      positive(this.weight('gamma', [x.channels], 0.5)),
      this.weight('beta', [x.channels], 0.3),
      this.weight('mean', [x.channels], 0.3),
      positive(this.weight('variance', [x.channels], 0.5)),
    ]);
  }
  dense(x: Built, channels: number, activation: Activation | null = null): Built {
    return this.add('dense', [x], { activation }, [
      this.weight('kernel', [x.channels, channels], Math.sqrt(1 / x.channels)),
      this.weight('bias', [channels], 0.3),
    ]);
  }
  graph(): NetworkGraph {
    const draft: GraphDraft = {
      name: 'random',
      nodes: this.nodes,
      inputs: [{ name: 'input', node: 'input', shape: this.#shape }],
      outputs: [{ name: 'output', node: this.nodes.at(-1)!.name }],
    };
    return assemble(draft);
  }
}

export const relu: Activation = { kind: 'relu', negativeSlope: 0, maxValue: null, threshold: 0 };

const activations: readonly (Activation | null)[] = [
  null,
  relu,
  relu,
  relu,
  { kind: 'relu', negativeSlope: 0.1, maxValue: null, threshold: 0 },
  { kind: 'relu', negativeSlope: 0, maxValue: 6, threshold: 0 },
  { kind: 'elu', alpha: 1 },
  { kind: 'silu' },
  { kind: 'gelu', approximate: false },
  { kind: 'sigmoid' },
  { kind: 'tanh' },
  { kind: 'softmax', axes: [-1] },
];

const kinds = [
  'conv',
  'conv',
  'conv',
  'strided',
  'dilated',
  'explicit',
  'grouped',
  'depthwise',
  'max',
  'max',
  'average',
  'up',
  'transposed',
  'add',
  'concat',
  'concat',
  'activation',
  'norm',
  'prelu',
  'pad',
  'crop',
] as const;

export interface RandomNetwork {
  readonly graph: NetworkGraph;
  readonly sizes: readonly number[];
  readonly channels: number;
  /** What it is made of, for the tally. */
  readonly used: ReadonlySet<string>;
  /** The map that the head reads, with its sizes. */
  readonly map: Built;
  readonly head: 'map' | 'mean' | 'flat' | 'largest';
}

/** A small network of everything that slides, merges and samples, 2D or 3D. `mixing`: with what takes in a whole map too. */
export function randomNetwork(rank: 2 | 3, draws: Draws, mixing = false): RandomNetwork {
  const sizes = Array.from({ length: rank }, () => (rank === 2 ? draws.integer(12, 26) : draws.integer(8, 13)));
  const built = new Builder(sizes, draws.integer(1, 2), draws);
  const used = new Set<string>();
  const maps: Built[] = [built.input];
  const steps = draws.integer(4, 9);
  for (let n = 0; n < steps; n++) {
    const x = draws.chance(0.7) ? maps.at(-1)! : draws.among(maps);
    const kind = mixing && n === Math.floor(steps / 2) ? draws.among(mixers) : draws.among(kinds);
    const y = grown(kind, x, maps, built, draws);
    if (!y) continue;
    used.add(kind);
    maps.push(y);
  }
  let map = maps.at(-1)!;
  if (map === built.input) map = built.convolution(map, 3, 3, { activation: relu });
  const head = draws.among(['map', 'map', 'mean', 'mean', 'flat', 'largest'] as const);
  used.add(head);
  const dims = { mean: 'globalAveragePool', largest: 'globalMaxPool', flat: 'flatten' } as const;
  if (head !== 'map') {
    const vector = built.add(dims[head], [map], {});
    built.dense(vector, 3, draws.chance(0.5) ? { kind: 'softmax', axes: [-1] } : null);
  }
  return { graph: built.graph(), sizes, channels: built.input.channels, used, map, head };
}

const mixers = ['instanceNorm', 'groupNorm', 'excite', 'linear', 'reflect'] as const;

function grown(
  kind: (typeof kinds)[number] | (typeof mixers)[number],
  x: Built,
  maps: readonly Built[],
  built: Builder,
  draws: Draws,
): Built | null {
  const channels = draws.integer(2, 5);
  const small = x.sizes.some((n) => n < 5);
  const wide = product(x.sizes) > 1500;
  const activation = draws.among(activations);
  const padding = draws.chance(0.7) || small ? 'same' : 'valid';
  switch (kind) {
    case 'conv': {
      const kernel = draws.among([1, 2, 3, 3, 5]);
      if (padding === 'valid' && x.sizes.some((n) => n <= kernel)) return null;
      return built.convolution(x, channels, kernel, { padding, activation, bias: draws.chance(0.8) });
    }
    case 'strided':
      return small ? null : built.convolution(x, channels, draws.among([2, 3, 4]), { stride: 2, padding, activation });
    case 'dilated':
      if (x.sizes.some((n) => n < 8)) return null;
      return built.convolution(x, channels, 3, { dilation: draws.integer(2, 3), padding, activation });
    case 'explicit': {
      if (small) return null;
      const pairs = x.sizes.map(() => [draws.integer(0, 2), draws.integer(0, 2)]);
      return built.convolution(x, channels, 3, { padding: pairs, stride: draws.integer(1, 2), activation });
    }
    case 'grouped':
      return x.channels % 2 === 0 ? built.convolution(x, 4, 3, { groups: 2, activation }) : null;
    case 'depthwise':
      if (built.rank !== 2) return null;
      return built.add(
        'depthwiseConv2d',
        [x],
        { kernelSize: [3, 3], strides: [1, 1], dilation: [1, 1], padding, activation },
        [built.weight('kernel', [3, 3, x.channels, 1], 0.5), built.weight('bias', [x.channels], 0.3)],
      );
    case 'max':
    case 'average': {
      if (small) return null;
      const kernel = draws.among([2, 2, 3]);
      return built.pool(x, kind, kernel, kernel === 2 ? 2 : draws.integer(1, 3), padding);
    }
    case 'up':
      return wide ? null : built.add(`upsample${built.dims}`, [x], { factor: built.each(2), interpolation: 'nearest' });
    case 'linear':
      if (wide || built.rank !== 2) return null;
      return built.add('upsample2d', [x], { factor: [2, 2], interpolation: 'bilinear' });
    case 'transposed':
      return wide ? null : built.transposed(x, channels, draws.among([2, 3, 4]), 2, { activation });
    case 'add':
    case 'concat': {
      const fits = (m: Built): boolean =>
        m !== x && m.sizes.join() === x.sizes.join() && (kind === 'concat' || m.channels === x.channels);
      const mates = maps.filter(fits);
      if (mates.length === 0) return null;
      if (kind === 'concat') return built.add('concatenate', [x, draws.among(mates)], { axis: -1 });
      return built.add(draws.among(['add', 'multiply', 'maximum']), [x, draws.among(mates)], { activation });
    }
    case 'activation':
      return built.add('activation', [x], { activation: activation ?? relu });
    case 'norm':
      return built.normalised(x);
    case 'prelu':
      return built.add('prelu', [x], { activation: { kind: 'prelu' } }, [
        built.weight('alpha', [...built.each(1), x.channels], 0.3),
      ]);
    case 'pad':
    case 'crop': {
      if (kind === 'crop' && small) return null;
      const amounts = x.sizes.map(() => [draws.integer(0, 1), draws.integer(0, 2)]);
      return built.add(`${kind === 'pad' ? 'zeroPad' : 'crop'}${built.dims}`, [x], { amounts });
    }
    case 'reflect': {
      if (small) return null;
      return built.add(`reflectPad${built.dims}`, [x], { amounts: x.sizes.map(() => [1, 2]) });
    }
    case 'instanceNorm':
      return built.add('instanceNorm', [x], { epsilon: 1e-3 });
    case 'groupNorm':
      return built.add('groupNorm', [x], { epsilon: 1e-3, groups: x.channels % 2 === 0 ? 2 : 1 });
    case 'excite': {
      const squeezed = built.add('globalAveragePool', [x], { keepDims: true });
      const gate = built.dense(squeezed, x.channels, { kind: 'sigmoid' });
      return built.add('multiply', [x, gate], {});
    }
  }
}
