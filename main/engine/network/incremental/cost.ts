import { volumeOf } from './box';
import type { DeltaPart } from './delta';
import { isView, type Program, type Step } from './program';

/** Multiply-adds a second of two cores with AVX-512; only their ratios decide. Few channels fill the registers badly. */
function rateOf(step: Step): number {
  return 6e10 * Math.min(1, (30 + step.channels) / 94) * (step.sizes.length === 3 ? 0.65 : 1);
}
const bytesPerSecond = 3e9;
const secondsPerOperation = 4e-5;

/** A batch's largest array and what it is made from keep within the processor's cache. */
const workingSetBytes = 16e6;
const largestBatch = 256;

export interface Cost {
  readonly macs: number;
  /** Of arithmetic and of memory, calls left out. */
  readonly seconds: number;
  readonly operations: number;
  /** Bytes of the largest input and output of a step. */
  readonly peak: number;
}

/** What the cost of a network's boxes is made of. Sizes are those of `StepBoxes`: three a step. */
export interface CostModel {
  /** Of one place whose boxes have these sizes. */
  of(sizes: Int32Array): Cost;
  /** Whether the difference form is cheaper for a convolution. */
  deltaPays(step: number, sizes: Int32Array): boolean;
  batchOf(cost: Cost): number;
  /** Of several places of the same sizes. */
  seconds(cost: Cost, places: number): number;
  /** Of one run of the whole network. */
  readonly full: Cost;
}

const cellsAt = (sizes: Int32Array, step: number): number =>
  sizes[3 * step]! * sizes[3 * step + 1]! * sizes[3 * step + 2]!;

export function costModel(
  program: Program,
  parts: readonly (readonly DeltaPart[] | null)[],
  { delta, budgetBytes }: { readonly delta: boolean; readonly budgetBytes: number },
): CostModel {
  const { steps } = program;
  const channelsIn = steps.map((step) => step.inputs.reduce((sum, input) => sum + steps[input]!.channels, 0));
  const windows = steps.map(windowOf);
  const secondsPerCell = steps.map((step) => step.macsPerCell / rateOf(step));
  /** Input cells that a box reads, padding included. */
  const cellsRead = (step: number, sizes: Int32Array): number => {
    const { work, inputs } = steps[step]!;
    if (work.kind === 'whole') return windows[step]!.whole;
    // Of a mean only what changes is added up.
    if (work.kind === 'mean') return cellsAt(sizes, inputs[0]!);
    const { stride, reach } = windows[step]!;
    let cells = 1;
    for (let axis = 0; axis < 3; axis++) {
      const own = sizes[3 * step + axis]!;
      cells *= stride[axis]! >= 1 ? (own - 1) * stride[axis]! + reach[axis]! : own * stride[axis]! + reach[axis]!;
    }
    return cells;
  };
  /** Of a convolution in the difference form, in cells of all its channels. */
  const cellsDiffering = (step: number, sizes: Int32Array): number => {
    let share = 0;
    for (const { step: source, from, to } of parts[step]!) share += (to - from) * cellsAt(sizes, source);
    return share / channelsIn[step]!;
  };
  const deltaPays = (step: number, sizes: Int32Array): boolean => {
    if (!delta || !parts[step]) return false;
    const cells = cellsAt(sizes, step);
    if (cells === 0) return false;
    const { channels } = steps[step]!;
    const inside = channelsIn[step]!;
    const differing = cellsDiffering(step, sizes);
    const halo = cellsRead(step, sizes);
    const passes = 4 * (2 * inside * differing + 2 * channels * cells - 1.4 * inside * halo);
    return secondsPerCell[step]! * (cells - differing) > passes / bytesPerSecond;
  };
  const of = (sizes: Int32Array): Cost => {
    let [macs, seconds, bytes, operations, peak] = [0, 0, 0, 4, 0];
    for (const step of steps) {
      const cells = cellsAt(sizes, step.index);
      if (cells === 0 || isView(step)) continue;
      const read = cellsRead(step.index, sizes) * Math.max(1, channelsIn[step.index]!);
      const written = cells * step.channels;
      if (4 * (read + written) > peak) peak = 4 * (read + written);
      operations += 6;
      if (deltaPays(step.index, sizes)) {
        const differing = cellsDiffering(step.index, sizes);
        macs += step.macsPerCell * differing;
        seconds += secondsPerCell[step.index]! * differing;
        bytes += 8 * (channelsIn[step.index]! * differing + written);
      } else {
        const computed = step.work.kind === 'whole' ? volumeOf(step.sizes) : cells;
        macs += step.macsPerCell * computed;
        seconds += secondsPerCell[step.index]! * computed;
        bytes += 4 * (read + written);
      }
    }
    return { macs, seconds: seconds + bytes / bytesPerSecond, operations, peak };
  };
  const batchOf = ({ peak }: Cost): number =>
    Math.max(1, Math.min(largestBatch, Math.floor(Math.min(workingSetBytes, budgetBytes / 4) / peak)));
  const seconds = (cost: Cost, places: number): number =>
    places * cost.seconds + Math.ceil(places / batchOf(cost)) * cost.operations * secondsPerOperation;
  return { of, deltaPays, batchOf, seconds, full: fullCost(steps) };
}

/**
 * Along each of three axes, input cells per output cell and how many more a window needs (of a transposed convolution the stride is a
 * fraction); and the cells of whole inputs.
 */
function windowOf({ work, inputShapes }: Step): {
  readonly stride: readonly number[];
  readonly reach: readonly number[];
  readonly whole: number;
} {
  const whole = inputShapes.reduce((sum, shape) => sum + volumeOf(shape.slice(1, -1) as readonly number[]), 0);
  const three = (values: readonly number[]): readonly number[] => [1, 1, 1, ...values].slice(-3);
  switch (work.kind) {
    case 'convolution':
    case 'pool':
      return {
        stride: three(work.sliding.map(({ stride }) => stride)),
        reach: three(work.sliding.map(({ kernel, dilation }) => (kernel - 1) * dilation + 1)),
        whole,
      };
    case 'transposed':
      return {
        stride: three(work.spreading.map(({ stride }) => 1 / stride)),
        // With stride 1 it slides like a convolution.
        reach: three(
          work.spreading.map(({ kernel, stride, dilation }) => {
            const taps = Math.ceil(((kernel - 1) * dilation + 1) / stride);
            return stride === 1 ? taps : taps - 1;
          }),
        ),
        whole,
      };
    case 'input':
    case 'channels':
    case 'lookup':
    case 'window':
    case 'cells':
    case 'mean':
    case 'whole':
      return { stride: [1, 1, 1], reach: [1, 1, 1], whole };
  }
}

function fullCost(steps: readonly Step[]): Cost {
  let [macs, seconds, peak] = [0, 0, 0];
  for (const step of steps) {
    const cells = volumeOf(step.sizes);
    macs += step.macsPerCell * cells;
    seconds += (step.macsPerCell * cells) / rateOf(step) + (8 * cells * step.channels) / bytesPerSecond;
    peak = Math.max(peak, 8 * cells * step.channels);
  }
  return { macs, seconds, operations: steps.length, peak };
}
