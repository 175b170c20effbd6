import { tf, type Tensor } from '../tensorflow';
import { sameSizes, volumeOf } from './box';
import { gathered, indices, joinedAlong, reshaped, stitched } from './native';
import type { Step } from './program';
import { boxRows, rowTables, type RowTables } from './rowTables';
import { extentOf, originOf, type Running } from './running';
import { paddedCell } from './work';

/** Boxes of one size on a step's map, one for each item of a batch. */
export interface Reading {
  readonly sizes: readonly number[];
  /** Where each starts, item by item; null where the cells do not follow one another, as behind an upsampling. */
  readonly starts: Int32Array | null;
  /** Along each axis, item by item, the coordinate of each cell, or the code of a cell outside. */
  readonly axes: readonly Int32Array[];
}

/** Boxes that start at `starts` and may reach beyond a map of `extent` cells, where there is padding. */
export function readingAt(
  count: number,
  starts: Int32Array,
  sizes: readonly number[],
  extent: readonly number[],
): Reading {
  const rank = sizes.length;
  const axes = sizes.map((size, axis) => {
    const along = new Int32Array(count * size);
    for (let item = 0; item < count; item++) {
      const start = starts[item * rank + axis]!;
      for (let n = 0; n < size; n++) {
        const at = start + n;
        along[item * size + n] = at >= 0 && at < extent[axis]! ? at : paddedCell;
      }
    }
    return along;
  });
  return { sizes, starts, axes };
}

/** The whole map, for every item. */
export const wholeReading = ({ count }: Running, { sizes }: Step): Reading =>
  readingAt(count, new Int32Array(count * sizes.length), sizes, sizes);

/** The same cells on the map that a lookup reads. */
function looked({ sizes, axes }: Reading, step: Step): Reading {
  const { work } = step;
  if (work.kind !== 'lookup') throw new Error(`${step.node.name} looks nothing up`);
  return {
    sizes,
    starts: null,
    axes: axes.map((along, axis) => along.map((at) => (at < 0 ? at : work.source(at, axis)))),
  };
}

/**
 * A batch of boxes: what was recomputed from its patch, the rest from the intact map, padding outside.
 * *Shape* count, the box's sizes, channels. `lowest`: a maximum is taken over it, so that padding must never win.
 */
export function assembled(running: Running, index: number, reading: Reading, lowest = false): Tensor {
  const step = running.program.steps[index]!;
  if (step.work.kind === 'channels') {
    const parts = step.inputs.map((input) => assembled(running, input, reading, lowest));
    return joinedAlong(parts, reading.sizes.length + 1);
  }
  if (step.work.kind === 'lookup') return assembled(running, step.inputs[0]!, looked(reading, step), lowest);
  const patch = running.patches[index] ?? null;
  if (patch && isPatch(running, step, reading)) return patch;
  const table = tableOf(running, index);
  const own = running.sizes[index];
  const rows = rowTables(running.count, reading.sizes, reading.axes, {
    origin: originOf(running, index),
    extent: running.intact ? extentOf(running, index) : step.sizes.map(() => 0),
    slots: running.slots,
    patch: patch && own ? { sizes: own, starts: running.starts[index]! } : null,
    paddedRow: table.shape[0] - (lowest ? 1 : 2),
    zeroRow: table.shape[0] - 2,
  });
  return fromTables(patch, table, rows, [running.count, ...reading.sizes]);
}

function fromTables(patch: Tensor | null, table: Tensor, rows: RowTables, shape: readonly number[]): Tensor {
  const { cleanTo, cleanFrom, patchTo, patchFrom, patchWhole } = rows;
  if (!patch || patchTo.length === 0) return gathered(table, indices(cleanFrom, shape));
  const channels = table.shape[1]!;
  const flat = (): Tensor => reshaped(patch, [patch.size / channels, channels]);
  if (cleanTo.length === 0)
    return patchWhole ? reshaped(patch, [...shape, channels]) : gathered(flat(), indices(patchFrom, shape));
  const recomputed = patchWhole ? patch : gathered(flat(), indices(patchFrom));
  const index = [indices(cleanTo), indices(patchTo, recomputed.shape.slice(0, -1))];
  return reshaped(stitched(index, [gathered(table, indices(cleanFrom)), recomputed]), [...shape, channels]);
}

/** The table of a step's intact rows; in the intact run itself there is nothing but padding yet. */
function tableOf({ intact, program }: Running, index: number): Tensor {
  const held = intact?.rows[index];
  if (held) return held;
  if (intact) throw new Error(`no intact map is held of ${program.steps[index]!.node.name}`);
  return paddingRows(program.steps[index]!.channels);
}

export const paddingRows = (channels: number): Tensor =>
  tf.tensor2d(
    Float32Array.from({ length: 2 * channels }, (_, n) => (n < channels ? 0 : -Infinity)),
    [2, channels],
  );

/** The cells asked for are the patch as it lies, and none of them is outside the map. */
function isPatch(running: Running, step: Step, { sizes, starts }: Reading): boolean {
  const own = running.sizes[step.index];
  const corners = running.starts[step.index];
  if (!own || !starts || !corners || !sameSizes(own, sizes)) return false;
  const rank = sizes.length;
  for (let n = 0; n < corners.length; n++) {
    const at = starts[n]!;
    const axis = n % rank;
    if (at !== corners[n]! || at < 0 || at + sizes[axis]! > step.sizes[axis]!) return false;
  }
  return true;
}

/** Whether all that is read of a step is recomputed whole: then the operation can run as on any input. */
export function isWholePatch(running: Running, index: number): boolean {
  const step = running.program.steps[index]!;
  if (step.work.kind === 'channels' || step.work.kind === 'lookup')
    return step.inputs.every((input) => isWholePatch(running, input));
  const own = running.sizes[index];
  return running.patches[index] !== null && own !== null && own !== undefined && sameSizes(own, step.sizes);
}

/** The intact cells where a step's boxes lie. *Shape* count, the box's sizes, channels. */
export function intactBoxes(running: Running, index: number, table: Tensor): Tensor {
  return gathered(table, intactRows(running, index));
}

/** Row numbers of a step's boxes in its table: asked for by what is computed there, and again by what reads it. */
function intactRows(running: Running, index: number): Tensor {
  const known = running.boxRows.get(index);
  if (known) return known;
  const sizes = running.sizes[index]!;
  const origin = originOf(running, index);
  const extent = extentOf(running, index);
  const rank = sizes.length;
  const starts = running.starts[index]!.map((at, n) => at - origin[n % rank]!);
  const bases = running.slots.map((slot) => slot * volumeOf(extent));
  const made = tf.keep(indices(boxRows(starts, sizes, extent, bases), [running.count, ...sizes]));
  running.boxRows.set(index, made);
  return made;
}
