import { activate } from '../operation/activation';
import { operationOf } from '../operation/list';
import { tf, type Tensor } from '../tensorflow';
import { assembled, intactBoxes, isWholePatch, readingAt, wholeReading, type Reading } from './assembly';
import { sameSizes, volumeOf } from './box';
import { deltaConvolution } from './deltaConvolution';
import {
  convolved,
  cut,
  gathered,
  indices,
  multiplied,
  paired,
  pooled,
  rectified,
  reshaped,
  spread,
  summedOverSpace,
  withBias,
} from './native';
import type { Step } from './program';
import { boxRows, tileRows } from './rowTables';
import type { Running } from './running';

/** The box of a step, after its activation and before it (the same tensor where it has none). Runs inside a `tidy`. */
export interface Computed {
  readonly output: Tensor;
  readonly before: Tensor;
}

export function runStep(running: Running, step: Step): Computed {
  const parts = running.parts[step.index];
  if (parts && running.delta[step.index] === true) {
    return activated(running, step, deltaConvolution(running, step, parts));
  }
  return finished(running, step, plain(running, step));
}

/** Bias and activation upon a step's sum. */
export function finished(
  running: Pick<Running, 'weights' | 'count' | 'starts' | 'sizes'>,
  step: Step,
  sum: Tensor,
): Computed {
  const bias = running.weights.bias(step);
  return activated(running, step, bias ? withBias(sum, bias) : sum);
}

function activated(running: Parameters<typeof finished>[0], step: Step, before: Tensor): Computed {
  const { activation } = step;
  if (activation.kind === 'linear') return { output: before, before };
  const simple =
    activation.kind === 'relu' &&
    activation.negativeSlope === 0 &&
    activation.maxValue === null &&
    activation.threshold === 0;
  if (simple) return { output: rectified(before), before };
  return { output: activate(before, activation, slopesOf(running, step)), before };
}

/** A PReLU's slopes; where each voxel has its own, those of the boxes. */
function slopesOf({ weights, count, starts, sizes }: Parameters<typeof finished>[0], step: Step): Tensor | undefined {
  const slopes = weights.slopes(step);
  const own = sizes[step.index]!;
  if (!slopes || volumeOf(slopes.shape.slice(0, -1)) === 1 || sameSizes(own, step.sizes)) return slopes;
  const everywhere = tf.broadcastTo(slopes, [...step.sizes, step.channels]);
  const rows = boxRows(starts[step.index]!, own, step.sizes, new Int32Array(count));
  const flat = reshaped(everywhere, [volumeOf(step.sizes), step.channels]);
  return gathered(flat, indices(rows, [count, ...own]));
}

/** From boxes assembled with all that lies around them. */
function plain(running: Running, step: Step): Tensor {
  const { work } = step;
  const sizes = running.sizes[step.index]!;
  const starts = running.starts[step.index]!;
  const isWhole = sameSizes(sizes, step.sizes) && step.inputs.every((input) => isWholePatch(running, input));
  if (work.kind === 'whole' || (isWhole && !isTiling(step))) return onWholeMaps(running, step, isWhole);
  switch (work.kind) {
    case 'convolution': {
      const x = assembled(running, step.inputs[0]!, readingOf(running, step));
      return convolved(x, running.weights.of(step)['kernel']!, work.sliding);
    }
    case 'pool': {
      const x = assembled(running, step.inputs[0]!, readingOf(running, step), !work.average);
      const kernel = work.sliding.map((along) => along.kernel);
      const strides = work.sliding.map(({ stride }) => stride);
      const result = pooled(x, work.average, kernel, strides);
      return work.average && work.padded ? paired('product', result, insideShare(running, step)) : result;
    }
    case 'transposed':
      return transposedBoxes(running, step);
    case 'window': {
      const x = assembled(running, step.inputs[0]!, readingOf(running, step));
      const node = { ...step.node, attributes: { ...step.node.attributes, padding: 'valid' } };
      return operationOf(step.node.op).run(node, [x], running.weights.of(step));
    }
    case 'cells': {
      const x = step.inputs.map((input) =>
        assembled(running, input, readingAt(running.count, starts, sizes, step.sizes)),
      );
      return operationOf(step.node.op).run(step.node, x, running.weights.of(step));
    }
    case 'mean':
      return meanOf(running, step);
    case 'input':
    case 'channels':
    case 'lookup':
      throw new Error(`${step.node.name} is not computed`);
  }
}

/** Windows of a transposed convolution that lie side by side. */
const isTiling = ({ work }: Step): boolean =>
  work.kind === 'transposed' &&
  work.spreading.every(({ kernel, stride, dilation, before }) => kernel === stride && dilation === 1 && before === 0);

function transposedBoxes(running: Running, step: Step): Tensor {
  const { work } = step;
  if (work.kind !== 'transposed') throw new Error(`${step.node.name} is no transposed convolution`);
  const { count } = running;
  const sizes = running.sizes[step.index]!;
  const starts = running.starts[step.index]!;
  const reading = readingOf(running, step);
  const x = assembled(running, step.inputs[0]!, reading);
  const strides = work.spreading.map(({ stride }) => stride);
  if (isTiling(step)) return tiled(running, step, x, strides);
  const all = spread(x, running.weights.of(step)['kernel']!, strides);
  if (sameSizes(all.shape.slice(1, -1), sizes)) return all;
  const offset = work.spreading.map(
    ({ stride, before }, axis) => starts[axis]! - (reading.starts![axis]! * stride - before),
  );
  return cut(all, [0, ...offset, 0], [count, ...sizes, step.channels]);
}

/** Each input cell gives a tile of the output: one product of matrices, and the tiles put in their places. The native kernel is far slower. */
function tiled(running: Running, step: Step, x: Tensor, strides: readonly number[]): Tensor {
  const read = x.shape.slice(1, -1);
  const cells = running.count * volumeOf(read);
  const taps = volumeOf(strides);
  const tiles = multiplied(reshaped(x, [cells, x.shape.at(-1)!]), running.weights.tiles(step));
  const rows = tileRows(running.count, read, strides);
  const sizes = read.map((n, axis) => n * strides[axis]!);
  return gathered(reshaped(tiles, [cells * taps, step.channels]), indices(rows, [running.count, ...sizes]));
}

/** The box of the only input that the step's boxes read, padding included. */
function readingOf({ count, starts, sizes }: Running, step: Step): Reading {
  const own = starts[step.index]!;
  const rules = step.rules[0]!;
  const rank = rules.length;
  const from = own.map((at, n) => rules[n % rank]!.first(at));
  const read = sizes[step.index]!.map(
    (size, axis) => rules[axis]!.last(own[axis]! + size - 1) + 1 - rules[axis]!.first(own[axis]!),
  );
  const extent = step.inputShapes[0]!.slice(1, -1) as readonly number[];
  return readingAt(count, from, read, extent);
}

/** The operation itself, on whole maps; then its box. */
function onWholeMaps(running: Running, step: Step, isWhole: boolean): Tensor {
  const { count } = running;
  const { steps } = running.program;
  const maps = step.inputs.map((input) => assembled(running, input, wholeReading(running, steps[input]!)));
  const node = step.bias
    ? { ...step.node, weights: step.node.weights.filter(({ name }) => name !== 'bias') }
    : step.node;
  const { bias: _, ...weights } = running.weights.of(step);
  const result =
    step.work.kind === 'mean'
      ? mean(step, maps[0]!)
      : operationOf(node.op).run(node, maps, step.bias ? weights : running.weights.of(step));
  if (isWhole || sameSizes(running.sizes[step.index]!, step.sizes)) return result;
  const cells = volumeOf(step.sizes);
  const bases = Int32Array.from({ length: count }, (__, item) => item * cells);
  const rows = boxRows(running.starts[step.index]!, running.sizes[step.index]!, step.sizes, bases);
  const flat = reshaped(result, [count * cells, step.channels]);
  return gathered(flat, indices(rows, [count, ...running.sizes[step.index]!]));
}

const mean = (step: Step, map: Tensor): Tensor => {
  const cells = volumeOf(map.shape.slice(1, -1));
  return reshaped(tf.div(summedOverSpace(map), cells), [map.shape[0], ...step.sizes, step.channels]);
};

/** The intact mean, and what the recomputed box moves it by. */
function meanOf(running: Running, step: Step): Tensor {
  const [input] = step.inputs;
  const source = running.program.steps[input!]!;
  const { intact } = running;
  if (!intact) return mean(step, assembled(running, input!, wholeReading(running, source)));
  const change = paired('difference', running.patches[input!]!, intactBoxes(running, input!, intact.rows[input!]!));
  const moved = tf.div(summedOverSpace(change), volumeOf(source.sizes));
  return paired(
    'sum',
    intactBoxes(running, step.index, intact.rows[step.index]!),
    reshaped(moved, [running.count, ...step.sizes, step.channels]),
  );
}

/** Cells outside do not count in a mean: by how much it grows where the window stands over the border. */
function insideShare({ count, starts, sizes }: Running, step: Step): Tensor {
  const { work } = step;
  if (work.kind !== 'pool') throw new Error(`${step.node.name} is no pooling`);
  const own = sizes[step.index]!;
  const rank = own.length;
  const share = (item: number, axis: number, n: number): number => {
    const { kernel, stride, before } = work.sliding[axis]!;
    const first = (starts[step.index]![item * rank + axis]! + n) * stride - before;
    const inside = Math.min(step.inputShapes[0]![axis + 1]!, first + kernel) - Math.max(0, first);
    return kernel / Math.max(1, inside);
  };
  const cells = volumeOf(own);
  const shares = new Float32Array(count * cells);
  for (let item = 0; item < count; item++) {
    const axes = own.map((size, axis) => Float64Array.from({ length: size }, (_, n) => share(item, axis, n)));
    for (let cell = 0; cell < cells; cell++) {
      let product = 1;
      let rest = cell;
      for (let axis = rank - 1; axis >= 0; axis--) {
        product *= axes[axis]![rest % own[axis]!]!;
        rest = Math.floor(rest / own[axis]!);
      }
      shares[item * cells + cell] = product;
    }
  }
  return tf.tensor(shares, [count, ...own, 1]);
}
