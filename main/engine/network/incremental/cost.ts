import { volumeOf } from './box';
import type { DeltaPart } from './delta';
import { isView, type Program, type Step } from './program';

/** Box sizes by step; null: nothing is recomputed there. */
export type Sizes = readonly (readonly number[] | null)[];

/** Of two cores with AVX-512; only their ratios decide. */
const macsPerSecond = 6e10;
const bytesPerSecond = 3e9;
const secondsPerOperation = 4e-5;

/** A batch's largest array and what it is made from keep within the processor's cache. */
const workingSetBytes = 16e6;
const largestBatch = 256;

export interface Cost {
  readonly macs: number;
  readonly bytes: number;
  readonly operations: number;
  /** Bytes of the largest input and output of a step. */
  readonly peak: number;
}

/** What the cost of a network's boxes is made of. */
export interface CostModel {
  /** Of one place whose boxes have these sizes. */
  of(sizes: Sizes): Cost;
  /** Whether the difference form is cheaper for a convolution. */
  deltaPays(step: number, sizes: Sizes): boolean;
  batchOf(cost: Cost): number;
  /** Of several places of the same sizes. */
  seconds(cost: Cost, places: number): number;
  /** Of one run of the whole network. */
  readonly full: Cost;
}

export function costModel(
  program: Program,
  parts: readonly (readonly DeltaPart[] | null)[],
  { delta, budgetBytes }: { readonly delta: boolean; readonly budgetBytes: number },
): CostModel {
  const { steps } = program;
  const channelsIn = steps.map((step) => step.inputs.reduce((sum, input) => sum + steps[input]!.channels, 0));
  const deltaCells = (step: number, sizes: Sizes): number => {
    let share = 0;
    for (const { step: source, from, to } of parts[step]!) {
      const own = sizes[source];
      if (own) share += ((to - from) / channelsIn[step]!) * volumeOf(own);
    }
    return share;
  };
  const deltaPays = (index: number, sizes: Sizes): boolean => {
    const step = steps[index]!;
    const own = sizes[index];
    if (!delta || !parts[index] || !own || step.work.kind !== 'convolution') return false;
    const cells = volumeOf(own);
    const read = deltaCells(index, sizes);
    let halo = 1;
    step.work.sliding.forEach(({ kernel, dilation }, a) => (halo *= own[a]! + (kernel - 1) * dilation));
    const passes = 4 * (2 * channelsIn[index]! * read + 2 * step.channels * cells - 1.4 * channelsIn[index]! * halo);
    return (step.macsPerCell * (cells - read)) / macsPerSecond > passes / bytesPerSecond;
  };
  const of = (sizes: Sizes): Cost => {
    let [macs, bytes, operations, peak] = [0, 0, 4, 0];
    for (const step of steps) {
      const own = sizes[step.index];
      if (!own || isView(step)) continue;
      const cells = volumeOf(own);
      const read = cellsRead(step, own) * Math.max(1, channelsIn[step.index]!);
      const written = cells * step.channels;
      peak = Math.max(peak, 4 * (read + written));
      operations += 6;
      if (deltaPays(step.index, sizes)) {
        const differing = deltaCells(step.index, sizes);
        macs += step.macsPerCell * differing;
        bytes += 8 * (channelsIn[step.index]! * differing + written);
      } else {
        const computed = step.work.kind === 'whole' ? volumeOf(step.sizes) : cells;
        macs += step.macsPerCell * computed;
        bytes += 4 * (read + written);
      }
    }
    return { macs, bytes, operations, peak };
  };
  const batchOf = ({ peak }: Cost): number =>
    Math.max(1, Math.min(largestBatch, Math.floor(Math.min(workingSetBytes, budgetBytes / 4) / peak)));
  const seconds = (cost: Cost, places: number): number =>
    places * (cost.macs / macsPerSecond + cost.bytes / bytesPerSecond) +
    Math.ceil(places / batchOf(cost)) * cost.operations * secondsPerOperation;
  return { of, deltaPays, batchOf, seconds, full: fullCost(steps) };
}

/** Cells of one input channel that a box of the output reads. */
function cellsRead(step: Step, own: readonly number[]): number {
  const { work } = step;
  switch (work.kind) {
    case 'convolution':
    case 'pool': {
      let cells = 1;
      work.sliding.forEach((along, a) => {
        cells *= (own[a]! - 1) * along.stride + (along.kernel - 1) * along.dilation + 1;
      });
      return cells;
    }
    case 'transposed': {
      let cells = 1;
      work.spreading.forEach(({ kernel, stride, dilation }, a) => {
        cells *= own[a]! / stride + Math.ceil(((kernel - 1) * dilation + 1) / stride) - 1;
      });
      return cells;
    }
    case 'whole':
    case 'mean':
      return step.inputShapes.reduce((sum, shape) => sum + volumeOf(shape.slice(1, -1) as readonly number[]), 0);
    case 'input':
    case 'channels':
    case 'lookup':
    case 'window':
    case 'cells':
      return volumeOf(own);
  }
}

function fullCost(steps: readonly Step[]): Cost {
  let [macs, bytes, peak] = [0, 0, 0];
  for (const step of steps) {
    const cells = volumeOf(step.sizes);
    macs += step.macsPerCell * cells;
    bytes += 8 * cells * step.channels;
    peak = Math.max(peak, 8 * cells * step.channels);
  }
  return { macs, bytes, operations: steps.length, peak };
}
