import type { HiddenPlace, NetworkArray } from '../network';
import { sizesOfBox, volumeOf, type Box } from './box';

/** Boxes shrink by steps of this share of the window, so that they do not come in too many sizes. */
const shrinkingSteps = 4;

/** A small box that holds every voxel whose values differ from the input's; null where none does. */
export function changedBox({ entry, box, values }: HiddenPlace, { shape, values: input }: NetworkArray): Box | null {
  const rank = box.start.length;
  const channels = shape.at(-1)!;
  const sizes = sizesOfBox(box);
  const base = entry * volumeOf(shape.slice(1));
  const low = [...box.end];
  const high = [...box.start];
  const at = [...box.start];
  const width = sizes[rank - 1]!;
  const rows = volumeOf(sizes.slice(0, -1));
  for (let row = 0; row < rows; row++) {
    let offset = 0;
    for (let axis = 0; axis < rank; axis++) offset = offset * shape[axis + 1]! + at[axis]!;
    const inInput = base + offset * channels;
    const inValues = row * width * channels;
    let first = -1;
    let last = -1;
    for (let n = 0; n < width * channels; n++) {
      // NaN differs from everything, itself too.
      if (values[inValues + n] === input[inInput + n]) continue;
      if (first < 0) first = n;
      last = n;
    }
    if (first >= 0) {
      for (let axis = 0; axis < rank - 1; axis++) {
        low[axis] = Math.min(low[axis]!, at[axis]!);
        high[axis] = Math.max(high[axis]!, at[axis]! + 1);
      }
      low[rank - 1] = Math.min(low[rank - 1]!, box.start[rank - 1]! + Math.floor(first / channels));
      high[rank - 1] = Math.max(high[rank - 1]!, box.start[rank - 1]! + Math.floor(last / channels) + 1);
    }
    for (let axis = rank - 2; axis >= 0; axis--) {
      at[axis]! += 1;
      if (at[axis]! < box.end[axis]!) break;
      at[axis] = box.start[axis]!;
    }
  }
  return low.every((from, axis) => from < high[axis]!) ? stepped({ start: low, end: high }, box) : null;
}

function stepped({ start, end }: Box, window: Box): Box {
  const step = sizesOfBox(window).map((n) => Math.ceil(n / shrinkingSteps));
  const at = (axis: number): number => window.start[axis]!;
  return {
    start: start.map((from, a) => at(a) + Math.floor((from - at(a)) / step[a]!) * step[a]!),
    end: end.map((to, a) => Math.min(window.end[a]!, at(a) + Math.ceil((to - at(a)) / step[a]!) * step[a]!)),
  };
}
