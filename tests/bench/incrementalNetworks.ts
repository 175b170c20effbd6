import { assemble } from '../../main/engine/network/assemble';
import type { NetworkGraph, Weight } from '../../main/engine/network/graph';
import type { HiddenPlace, VoxelBox } from '../../main/engine/network/network';
import type { Activation } from '../../main/engine/network/operation/activation';
import type { NodeCore } from '../../main/engine/network/operation/operation';

/** A network with made weights, and the lattice of an occlusion of it. */
export interface BenchCase {
  readonly name: string;
  readonly graph: NetworkGraph;
  readonly node: string;
  /** Spatial sizes of the input, of one channel. */
  readonly sizes: readonly number[];
  readonly window: number;
  readonly stride: number;
  /** What the target reads of the output; null: all of it. */
  readonly region: VoxelBox | null;
  /** Batch sizes that full inference is tried with. */
  readonly batches: readonly number[];
}

const relu: Activation = { kind: 'relu', negativeSlope: 0, maxValue: null, threshold: 0 };

let state = 12345;
const unit = (): number => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32 - 0.5;
};
/** Evenly spread, of the given standard deviation. */
export const drawn = (count: number, scale = 1): Float32Array =>
  Float32Array.from({ length: count }, () => unit() * Math.sqrt(12) * scale);

const product = (sizes: readonly number[]): number => sizes.reduce((p, n) => p * n, 1);

interface Made {
  readonly name: string;
  readonly channels: number;
}

class Layers {
  readonly nodes: NodeCore[] = [{ name: 'input', op: 'input', inputs: [], attributes: {}, weights: [] }];
  readonly #rank: number;
  constructor(rank: number) {
    this.#rank = rank;
  }
  #add(op: string, inputs: readonly Made[], channels: number, attributes: object, weights: Weight[] = []): Made {
    const name = `${op}-${this.nodes.length}`;
    this.nodes.push({ name, op, inputs: inputs.map((i) => i.name), attributes: { ...attributes }, weights });
    return { name, channels };
  }
  #each(n: number): number[] {
    return Array.from({ length: this.#rank }, () => n);
  }
  convolution(x: Made, kernel: number, channels: number, activation: Activation | null = relu): Made {
    const fan = product(this.#each(kernel)) * x.channels;
    return this.#add(
      `conv${this.#rank}d`,
      [x],
      channels,
      {
        kernelSize: this.#each(kernel),
        strides: this.#each(1),
        dilation: this.#each(1),
        padding: 'same',
        groups: 1,
        activation,
      },
      [
        {
          name: 'kernel',
          shape: [...this.#each(kernel), x.channels, channels],
          values: drawn(fan * channels, Math.sqrt(2 / fan)),
        },
        { name: 'bias', shape: [channels], values: drawn(channels, 0.1) },
      ],
    );
  }
  twice(x: Made, channels: number): Made {
    return this.convolution(this.convolution(x, 3, channels), 3, channels);
  }
  pool(x: Made): Made {
    const attributes = { kernelSize: this.#each(2), strides: this.#each(2), padding: 'valid' };
    return this.#add(`maxPool${this.#rank}d`, [x], x.channels, attributes);
  }
  transposed(x: Made, channels: number): Made {
    return this.#add(
      `convTranspose${this.#rank}d`,
      [x],
      channels,
      { kernelSize: this.#each(2), strides: this.#each(2), dilation: this.#each(1), padding: 'same' },
      [
        {
          name: 'kernel',
          shape: [...this.#each(2), x.channels, channels],
          values: drawn(2 ** this.#rank * x.channels * channels, Math.sqrt(1 / x.channels)),
        },
        { name: 'bias', shape: [channels], values: drawn(channels, 0.1) },
      ],
    );
  }
  joined(a: Made, b: Made): Made {
    return this.#add('concatenate', [a, b], a.channels + b.channels, { axis: -1 });
  }
  mean(x: Made): Made {
    return this.#add('globalAveragePool', [x], x.channels, {});
  }
  dense(x: Made, channels: number): Made {
    return this.#add('dense', [x], channels, {}, [
      {
        name: 'kernel',
        shape: [x.channels, channels],
        values: drawn(x.channels * channels, 1 / Math.sqrt(x.channels)),
      },
      { name: 'bias', shape: [channels], values: drawn(channels, 0.1) },
    ]);
  }
  graph(sizes: readonly number[]): NetworkGraph {
    return assemble({
      name: 'bench',
      nodes: this.nodes,
      inputs: [{ name: 'input', node: 'input', shape: [null, ...sizes, 1] }],
      outputs: [{ name: 'output', node: this.nodes.at(-1)?.name ?? '' }],
    });
  }
}

/** Two convolutions and a pooling for each width, more convolutions, mean, dense. */
function classifier(rank: number, size: number, widths: readonly number[], tail: number): [NetworkGraph, string] {
  const layers = new Layers(rank);
  let x: Made = { name: 'input', channels: 1 };
  for (const width of widths) x = layers.pool(layers.twice(x, width));
  for (let n = 0; n < tail; n++) x = layers.convolution(x, 3, x.channels);
  const { name } = layers.dense(layers.mean(x), 10);
  return [layers.graph(Array.from({ length: rank }, () => size)), name];
}

/** Two convolutions a level, up by transposed convolutions, one channel of logits. */
function unet(rank: number, size: number, depth: number, width: number): [NetworkGraph, string] {
  const layers = new Layers(rank);
  const skips: Made[] = [];
  let x: Made = { name: 'input', channels: 1 };
  for (let level = 0; level < depth; level++) {
    x = layers.twice(x, width << level);
    skips.push(x);
    x = layers.pool(x);
  }
  x = layers.twice(x, width << depth);
  for (let level = depth - 1; level >= 0; level--) {
    const up = layers.transposed(x, width << level);
    x = layers.twice(layers.joined(skips[level] ?? up, up), width << level);
  }
  const { name } = layers.convolution(x, 1, 1, null);
  return [layers.graph(Array.from({ length: rank }, () => size)), name];
}

const central = (rank: number, size: number, region: number): VoxelBox => {
  const from = (size - region) >> 1;
  return {
    start: Array.from({ length: rank }, () => from),
    end: Array.from({ length: rank }, () => from + region),
  };
};

const cube = (rank: number, size: number): number[] => Array.from({ length: rank }, () => size);

type Maker = () => BenchCase;

const made = (
  name: string,
  [graph, node]: [NetworkGraph, string],
  rank: number,
  size: number,
  [window, stride]: readonly [number, number],
  region: number | null,
  batches: readonly number[],
): BenchCase => ({
  name,
  graph,
  node,
  sizes: cube(rank, size),
  window,
  stride,
  region: region === null ? null : central(rank, size, region),
  batches,
});

const wide = [16, 32, 64, 128] as const;
const narrow = [8, 16, 32] as const;

/** The networks that targets are given for. */
export const benchCases: Readonly<Record<string, Maker>> = {
  'classifier-2d-256': () =>
    made('2D classifier 256²', classifier(2, 256, wide, 2), 2, 256, [16, 8], null, [1, 2, 4, 8]),
  'classifier-2d-512': () => made('2D classifier 512²', classifier(2, 512, wide, 2), 2, 512, [16, 8], null, [1, 2, 4]),
  'classifier-3d-64': () => made('3D classifier 64³', classifier(3, 64, narrow, 0), 3, 64, [8, 8], null, [1, 2, 4]),
  'classifier-3d-96': () => made('3D classifier 96³', classifier(3, 96, narrow, 0), 3, 96, [8, 8], null, [1, 2]),
  'unet-2d-512': () => made('2D U-Net 512², ROI 48²', unet(2, 512, 4, 16), 2, 512, [16, 16], 48, [1, 2, 4]),
  'unet-3d-96': () => made('3D U-Net 96³, ROI 16³', unet(3, 96, 3, 8), 3, 96, [8, 8], 16, [1, 2]),
};

/** Every window of the lattice with zeros in it; the last ones are cut at the border. */
export function windowsOf({ sizes, window, stride }: BenchCase): HiddenPlace[] {
  let starts: number[][] = [[]];
  for (const size of sizes) {
    const own: number[] = [];
    for (let s = 0; s === 0 || s + window - stride < size; s += stride) own.push(s);
    starts = starts.flatMap((before) => own.map((s) => [...before, s]));
  }
  return starts.map((start): HiddenPlace => {
    const end = start.map((s, axis) => Math.min(sizes[axis] ?? 0, s + window));
    const count = product(end.map((to, axis) => to - (start[axis] ?? 0)));
    return { entry: 0, box: { start, end }, values: new Float32Array(count) };
  });
}
