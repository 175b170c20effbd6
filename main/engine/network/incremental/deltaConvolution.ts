import type { Sliding } from '../operation/along';
import { convolvedByPlanes, goesByPlanes, planesOf } from '../operation/planes';
import { tf, type Tensor } from '../tensorflow';
import { intactBoxes, readingAt } from './assembly';
import { sameSizes, volumeOf } from './box';
import { sourceOf, type DeltaPart } from './delta';
import { convolvedPadded2d, gathered, indices, joinedAlong, paired, reshaped, spread } from './native';
import type { Step } from './program';
import { boxRows, rowTables } from './rowTables';
import type { Running } from './running';

/**
 * A convolution by its linearity: z′ = z + w ∗ (x′ − x). The difference is zero outside the recomputed box of x, so that the kernel runs
 * over that box alone and no cell around it is copied. Before the bias' and the activation's turn z already holds the bias.
 */
export function deltaConvolution(running: Running, step: Step, parts: readonly DeltaPart[]): Tensor {
  const { intact } = running;
  const before = intact?.before[step.index] ?? intact?.rows[step.index];
  if (!before) throw new Error(`no intact map is held of ${step.node.name}`);
  let sum = intactBoxes(running, step.index, before);
  for (const part of parts) {
    if (!running.sizes[part.step]) continue;
    sum = paired('sum', sum, partialSum(running, step, part));
  }
  return sum;
}

/** What one input adds, in the box of the output. */
function partialSum(running: Running, step: Step, part: DeltaPart): Tensor {
  const { work } = step;
  if (work.kind !== 'convolution') throw new Error(`${step.node.name} is no convolution`);
  const { count } = running;
  const sizes = running.sizes[step.index]!;
  const read = running.sizes[part.step]!;
  const rank = sizes.length;
  const change = difference(running, running.program.steps[part.step]!);
  const reach = work.sliding.map((along) => (along.kernel - 1) * along.dilation);
  const full = read.map((n, a) => n + reach[a]!);
  const all = fullSum(running, step, part, change, work.sliding);
  // Where the output's box starts in the full sum.
  const from = running.starts[part.step]!;
  const offsets = running.starts[step.index]!.map((at, n) => {
    const axis = n % rank;
    return at - (from[n]! + work.sliding[axis]!.before - reach[axis]!);
  });
  if (sameSizes(full, sizes) && offsets.every((at) => at === 0)) return all;
  const inside = offsets.every((at, n) => at >= 0 && at + sizes[n % rank]! <= full[n % rank]!);
  const cells = volumeOf(full);
  const flat = reshaped(all, [count * cells, step.channels]);
  const table = inside ? flat : joinedAlong([flat, tf.zeros([1, step.channels])], 0);
  const bases = Int32Array.from({ length: count }, (_, item) => item * cells);
  const rows = boxRows(offsets, sizes, full, bases, inside ? -1 : count * cells);
  return gathered(table, indices(rows, [count, ...sizes]));
}

/** What the cells of a box add to all cells around that they reach. In space the kernel for that passes over the zeros outside. */
function fullSum(
  { weights }: Running,
  step: Step,
  part: DeltaPart,
  change: Tensor,
  sliding: readonly Sliding[],
): Tensor {
  const reach = sliding.map((along) => (along.kernel - 1) * along.dilation);
  if (goesByPlanes(sliding)) {
    const around = sliding.map((along, a) => ({ ...along, before: reach[a]!, after: reach[a]! }));
    return convolvedByPlanes(planesOf(change), weights.part(step, part), around);
  }
  if (sliding.length === 3) {
    return spread(
      change,
      weights.turned(step, part),
      sliding.map(() => 1),
    );
  }
  return convolvedPadded2d(
    change,
    weights.part(step, part),
    sliding.map((along) => along.dilation),
    reach.map((r) => [r, r] as const),
  );
}

/** x′ − x in the recomputed box of a step, or of the box of a view of it. */
function difference(running: Running, step: Step): Tensor {
  const source = sourceOf(running.program, step)!;
  const patch = running.patches[source.index]!;
  const change = paired('difference', patch, intactBoxes(running, source.index, running.intact!.rows[source.index]!));
  if (source === step) return change;
  const { count } = running;
  const sizes = running.sizes[step.index]!;
  let { axes } = readingAt(count, running.starts[step.index]!, sizes, step.sizes);
  for (let view = step; view.work.kind === 'lookup'; view = running.program.steps[view.inputs[0]!]!) {
    const { work } = view;
    axes = axes.map((along, axis) => along.map((at) => (at < 0 ? at : work.source(at, axis))));
  }
  const channels = step.channels;
  const flat = joinedAlong([reshaped(change, [change.size / channels, channels]), tf.zeros([1, channels])], 0);
  const zero = flat.shape[0] - 1;
  const rows = rowTables(count, sizes, axes, {
    origin: source.sizes.map(() => 0),
    extent: source.sizes.map(() => 0),
    slots: running.slots,
    patch: { sizes: running.sizes[source.index]!, starts: running.starts[source.index]! },
    paddedRow: zero,
    zeroRow: zero,
  });
  // Cells that the patch does not hold have not changed.
  const from = new Int32Array(count * volumeOf(sizes)).fill(zero);
  rows.patchTo.forEach((to, n) => {
    from[to] = rows.patchFrom[n]!;
  });
  return gathered(flat, indices(from, [count, ...sizes]));
}
