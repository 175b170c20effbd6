import type { GraphDraft } from '../../main/engine/network/assemble';
import type { NodeCore } from '../../main/engine/network/operation/operation';
import type { ChannelStatus } from '../../shared/analysis/channelStatuses';
import { vector } from '../engine/analysis/assembledNetwork';
import { chanceOf, sum, times, type Chance } from './chance';
import { convolution, draftOf, node, relu } from './written';

/** One patient's input, and what is known of it. */
export interface PlantedInput {
  readonly values: Float32Array;
  readonly scanner: 'A' | 'B';
  /** Several inputs may be of one patient; left out where each is of its own. */
  readonly patient?: string;
}

export interface PlantedChannel {
  readonly status: ChannelStatus;
  /** A row of the evidence table that must be among those that hold. */
  readonly cause?: string;
  /** Dead for scanner B alone: Fisher's p. */
  readonly p?: number;
  /** Saturated share of all voxels, and of how many. */
  readonly flat?: { readonly share: number; readonly of: number };
}

/** A network whose node `f` has the statuses that were written into it. */
export interface PlantedStatuses {
  readonly name: string;
  readonly dims: 2 | 3;
  readonly shape: readonly number[];
  readonly draft: GraphDraft;
  readonly node: string;
  readonly inputs: readonly PlantedInput[];
  readonly truth: readonly PlantedChannel[];
}

const shapeOf = (dims: 2 | 3, channels = 1): number[] => (dims === 2 ? [10, 10, channels] : [6, 6, 6, channels]);
const voxelsOf = (dims: 2 | 3): number => (dims === 2 ? 100 : 216);
const centreOf = (dims: 2 | 3): readonly number[] => (dims === 2 ? [5, 5] : [3, 3, 3]);

function voxelAt(dims: 2 | 3, at: readonly number[]): number {
  const n = dims === 2 ? 10 : 6;
  return at.reduce((offset, i) => offset * n + i, 0);
}

/** Positive weights whose sum is `total`. */
function positive(chance: Chance, taps: number, total: number): number[] {
  const drawn = times(taps, () => chance.between(0.2, 1));
  return drawn.map((w) => (w * total) / sum(drawn));
}

/** Weights of sum 0 and length 1. */
function balanced(chance: Chance, taps: number): number[] {
  const drawn = times(taps, () => chance.normal());
  const mean = sum(drawn) / taps;
  const length = Math.hypot(...drawn.map((w) => w - mean));
  return drawn.map((w) => (w - mean) / length);
}

interface Written {
  readonly weights: readonly number[];
  readonly bias: number;
  readonly truth: PlantedChannel;
}

/** Behind a ReLU, on inputs in [0, 0.7] of which one patient alone has a block of 0.8, in a range of [0, 1]. */
const behindRelu: Readonly<Record<string, (chance: Chance, taps: number) => Written>> = {
  // P1.
  certified: (chance, taps) => {
    const total = chance.between(0.5, 3);
    const weights = positive(chance, taps, total);
    return { weights, bias: -total - 1, truth: { status: 'dead-certified', cause: 'bias' } };
  },
  dead: (chance, taps) => {
    const total = chance.between(0.5, 3);
    return { weights: positive(chance, taps, total), bias: -0.9 * total, truth: { status: 'dead', cause: 'bias' } };
  },
  nearly: (chance, taps) => {
    const total = chance.between(2, 4);
    return { weights: positive(chance, taps, total), bias: -0.75 * total, truth: { status: 'nearly-dead' } };
  },
  dormant: (chance, taps) => ({
    weights: balanced(chance, taps).map((w) => 0.001 * w),
    bias: 0,
    truth: { status: 'dormant' },
  }),
  on: (chance, taps) => ({
    weights: positive(chance, taps, chance.between(0.1, 0.4)),
    bias: chance.between(0.05, 0.15),
    truth: { status: 'always-on' },
  }),
  alive: (chance, taps) => ({ weights: balanced(chance, taps), bias: 0, truth: { status: 'alive' } }),
};

function readingInputs(chance: Chance, dims: 2 | 3, patients: number): PlantedInput[] {
  const chosen = chance.below(patients);
  return times(patients, (patient) => {
    const values = Float32Array.from({ length: voxelsOf(dims) }, () => chance.between(0, 0.7));
    if (patient === chosen)
      for (let t = 0; t < 3 ** dims; t++)
        values[voxelAt(dims, centreOf(dims).map((c, a) => c - 1 + (Math.floor(t / 3 ** a) % 3)))] = 0.8; // prettier-ignore
    return { values, scanner: patient % 2 === 0 ? 'A' : 'B' };
  });
}

/** P1 among filters of every other fate, in `patients` patients; fewer than 30 make the dead “silent so far”. */
export function reluNetwork(seed: number, dims: 2 | 3, patients: number): PlantedStatuses {
  const chance = chanceOf(seed);
  const taps = 3 ** dims;
  const kinds = chance.shuffled(['certified', 'dead', 'nearly', 'dormant', 'on', 'alive', 'alive', 'alive']);
  const filters = kinds.map((kind) => behindRelu[kind]!(chance, taps));
  // One voxel of one patient in 12 is a share of silent patients below 0.95, and a mean far below that of the layer.
  const few: Partial<Record<ChannelStatus, ChannelStatus>> =
    patients < 20 ? { dead: 'silent-so-far', 'nearly-dead': 'dormant' } : {};
  return {
    name: `ReLU ${String(seed)}`,
    dims,
    shape: shapeOf(dims),
    node: 'f',
    draft: draftOf(shapeOf(dims), [
      convolution('f', 'x', dims, {
        kernel: 3,
        filters: filters.map(({ weights }) => weights),
        bias: filters.map(({ bias }) => bias),
        activation: relu,
      }),
    ]),
    inputs: readingInputs(chance, dims, patients),
    truth: filters.map(({ truth }) => ({ ...truth, status: few[truth.status] ?? truth.status })),
  };
}

/** The one patient in 30 who wakes a filter has a dozen inputs: of inputs it would be silent in 29 of 41, of patients it is in 29 of 30. */
export function repeatedNetwork(seed: number, dims: 2 | 3): PlantedStatuses {
  const planted = reluNetwork(seed, dims, 30);
  const brightest = (input: PlantedInput): boolean => input.values.some((value) => value > 0.75);
  return {
    ...planted,
    name: `repeated ${String(seed)}`,
    inputs: planted.inputs.flatMap((input) =>
      brightest(input) ? times(12, () => ({ ...input, patient: 'seen often' })) : [input],
    ),
  };
}

/** P2: filters that a scanner's brightness wakes, 8 patients of A (bright) against 8 of B (dark). */
export function scannerNetwork(seed: number, dims: 2 | 3): PlantedStatuses {
  const chance = chanceOf(seed);
  const taps = 3 ** dims;
  const split = chance.between(0.4, 0.6);
  const total = chance.between(0.5, 2);
  // 2 / C(16, 8).
  const truths: PlantedChannel[] = [{ status: 'alive', p: 2 / 12870 }, { status: 'alive' }, { status: 'alive' }];
  return {
    name: `scanner ${String(seed)}`,
    dims,
    shape: shapeOf(dims),
    node: 'f',
    draft: draftOf(shapeOf(dims), [
      convolution('f', 'x', dims, {
        kernel: 3,
        filters: [positive(chance, taps, total), balanced(chance, taps), balanced(chance, taps)],
        bias: [-split * total, 0, 0],
        activation: relu,
      }),
    ]),
    inputs: times(16, (patient) => {
      const scanner = patient < 8 ? 'A' : 'B';
      const middle = split + (scanner === 'A' ? 0.2 : -0.2);
      return {
        values: Float32Array.from({ length: voxelsOf(dims) }, () => middle + chance.between(-0.15, 0.15)),
        scanner,
      };
    }),
    truth: truths,
  };
}

/** P3: γ = 0 with β < 0 is dead behind the ReLU, with β > 0 frozen at β. */
export function normalisedNetwork(seed: number, dims: 2 | 3): PlantedStatuses {
  const chance = chanceOf(seed);
  const fates = chance.shuffled(['shot', 'frozen', 'alive', 'alive'] as const);
  const drawn = fates.map((fate) => ({
    shot: { gamma: 0, beta: -chance.between(0.5, 2) },
    frozen: { gamma: 0, beta: chance.between(0.5, 2) },
    alive: { gamma: 1, beta: 0 },
  })[fate]); // prettier-ignore
  const status = { shot: 'dead-certified', frozen: 'frozen', alive: 'alive' } as const;
  const layers: NodeCore[] = [
    convolution('conv', 'x', dims, { kernel: 3, filters: fates.map(() => balanced(chance, 3 ** dims)) }),
    node('bn', 'batchNorm', 'conv', {
      attributes: { epsilon: 1e-3 },
      weights: [
        vector('gamma', drawn.map(({ gamma }) => gamma)),
        vector('beta', drawn.map(({ beta }) => beta)),
        vector('mean', fates.map(() => 0)),
        vector('variance', fates.map(() => 0.04)),
      ], // prettier-ignore
    }),
    node('f', 'activation', 'bn', { attributes: { activation: relu } }),
  ];
  return {
    name: `normalised ${String(seed)}`,
    dims,
    shape: shapeOf(dims),
    node: 'f',
    draft: draftOf(shapeOf(dims), layers),
    inputs: readingInputs(chance, dims, 12),
    truth: fates.map((fate) => ({
      status: status[fate],
      ...(fate === 'shot' ? { cause: 'batch-normalisation' } : {}),
    })),
  };
}

/** P4: tanh of 100 x on N(0, 1): flat where |x| > atanh(0.98) / 100. */
export function saturatedNetwork(seed: number, dims: 2 | 3): PlantedStatuses {
  const chance = chanceOf(seed);
  const shape = dims === 2 ? [24, 24, 1] : [8, 8, 8, 1];
  const voxels = shape.reduce((all, n) => all * n, 1);
  const draft = draftOf(shape, [
    convolution('f', 'x', dims, { kernel: 1, filters: [[100], [-100], [0.5]], activation: { kind: 'tanh' } }),
  ]);
  const flat = { share: 0.98167, of: 10 * voxels };
  return {
    name: `tanh ${String(seed)}`,
    dims,
    shape,
    node: 'f',
    draft,
    inputs: times(10, () => ({ values: Float32Array.from({ length: voxels }, () => chance.normal()), scanner: 'A' })),
    truth: [{ status: 'saturated', flat }, { status: 'saturated', flat }, { status: 'alive' }],
  };
}

/** P5: a kernel of sum 0 on images of one value answers at the padding alone; where every patient has that value, it is position that it shows. */
export function borderNetwork(seed: number, dims: 2 | 3, alike: boolean): PlantedStatuses {
  const chance = chanceOf(seed);
  const taps = 3 ** dims;
  // Whole numbers add up to exactly 0 in any order.
  const whole = times(taps - 1, () => 1 + chance.below(3));
  const middle = (taps - 1) / 2;
  const zeroSum = [...whole.slice(0, middle).map((w) => -w), sum(whole), ...whole.slice(middle).map((w) => -w)];
  return {
    name: `border ${String(seed)}`,
    dims,
    shape: shapeOf(dims),
    node: 'f',
    draft: draftOf(shapeOf(dims), [
      convolution('f', 'x', dims, { kernel: 3, filters: [zeroSum, zeroSum.map((w) => 2 * w)], activation: relu }),
    ]),
    inputs: times(12, (patient) => ({
      values: new Float32Array(voxelsOf(dims)).fill(alike ? 1 : (1 + patient) / 16),
      scanner: 'A',
    })),
    truth: times(2, () => ({ status: alike ? 'position-only' : 'border-only' })),
  };
}

/** A leaky ReLU never dies: below 0 everywhere it is a line; behind weights that are no number nothing can be said. */
export function oddNetwork(seed: number, dims: 2 | 3): PlantedStatuses {
  const chance = chanceOf(seed);
  const taps = 3 ** dims;
  const slope = { ...relu, negativeSlope: 0.1 };
  const lost = seed % 2 === 0;
  return {
    name: `odd ${String(seed)}`,
    dims,
    shape: shapeOf(dims),
    node: 'f',
    draft: draftOf(shapeOf(dims), [
      convolution('f', 'x', dims, {
        kernel: 3,
        filters: [positive(chance, taps, 1), balanced(chance, taps), balanced(chance, taps)],
        bias: [-1.5, 0, lost ? NaN : 0],
        activation: slope,
      }),
    ]),
    inputs: readingInputs(chance, dims, 10),
    truth: [{ status: 'one-sided' }, { status: 'alive' }, { status: lost ? 'invalid' : 'alive' }],
  };
}

/** Every network of the family, by seeds that differ. */
export function statusNetworks(): PlantedStatuses[] {
  const both = (seeds: number, make: (seed: number, dims: 2 | 3) => PlantedStatuses, from: number): PlantedStatuses[] =>
    times(2 * seeds, (n) => make(from + n, n % 2 === 0 ? 2 : 3));
  return [
    ...both(4, (seed, dims) => reluNetwork(seed, dims, 30), 100),
    ...both(2, (seed, dims) => reluNetwork(seed, dims, 12), 200),
    ...both(1, repeatedNetwork, 250),
    ...both(3, scannerNetwork, 300),
    ...both(3, normalisedNetwork, 400),
    ...both(2, saturatedNetwork, 500),
    ...both(2, (seed, dims) => borderNetwork(seed, dims, false), 600),
    ...both(1, (seed, dims) => borderNetwork(seed, dims, true), 700),
    ...both(2, (seed, dims) => oddNetwork(seed + Math.floor(seed / 2), dims), 800),
  ];
}
