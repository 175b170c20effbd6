import type { Fetch, NetworkArray } from '../../network/network';
import { boxSizes, forEachRow, voxelsIn, type Box } from './box';
import { outputBox, type OutputGrid } from './outputGrid';
import type { ScoreReader } from './reader';

export interface VolumeReading {
  readonly fetch: Fetch;
  readonly score: 'soft-volume' | 'mean';
  readonly unit: string;
  /** The score's unit for one output voxel's value: cc, voxels or Gy. */
  readonly factor: number;
  readonly grid: OutputGrid;
  readonly masks: readonly Uint8Array[] | null;
  /** A segmenter's score leaves out the hidden voxels themselves: hiding an organ would explain its label trivially. */
  readonly withoutHidden: boolean;
  /** The values that are summed, of one batch entry: a label's probabilities, or a dose. Only where the mask is 1 are they read. */
  extract(output: NetworkArray, at: number, mask: Uint8Array | undefined): Float32Array;
  readonly target: Readonly<Record<string, unknown>>;
}

/** Σ or mean of an output over a region, all planes of a 2D network together. */
export function volumeReader(reading: VolumeReading): ScoreReader {
  const { grid, masks, factor, score, withoutHidden } = reading;
  const whole: Box = { start: grid.sizes.map(() => 0), end: grid.sizes };
  const add = (values: Float32Array, mask: Uint8Array | undefined, box: Box): Float64Array => {
    let sum = 0;
    let n = 0;
    forEachRow(grid.sizes, box, (offset, _, length) => {
      for (let v = offset; v < offset + length; v++) {
        if (mask && mask[v] !== 1) continue;
        sum += values[v] ?? NaN;
        n += 1;
      }
    });
    return Float64Array.of(sum, n);
  };
  const counted = masks?.map((mask) => mask.includes(1));
  return {
    ...reading,
    extract: (output, at, entry) => reading.extract(output, at, masks?.[entry]),
    scope: 'input',
    counts: (entry) => !counted || (counted[entry] ?? false),
    parts(values, entry, hidden) {
      const all = add(values, masks?.[entry], whole);
      if (!hidden || !withoutHidden) return all;
      const own = add(values, masks?.[entry], outputBox(grid, hidden));
      return Float64Array.of((all[0] ?? 0) - (own[0] ?? 0), (all[1] ?? 0) - (own[1] ?? 0));
    },
    boxes: {
      region: masks && hullOf(masks, grid.sizes),
      extract: (output) => reading.extract(output, 0, undefined),
      parts: (values, box, entry, hidden) =>
        inBox(values, box, grid.sizes, masks?.[entry], hidden && withoutHidden ? outputBox(grid, hidden) : null),
      own: (hidden) => (withoutHidden ? outputBox(grid, hidden) : null),
    },
    finish: ([sum = NaN, n = NaN]) => factor * (score === 'mean' ? sum / n : sum),
  };
}

/** Sum and number of a box's values, where the mask is 1 and outside `without`. */
function inBox(
  values: Float32Array,
  box: Box,
  sizes: readonly number[],
  mask: Uint8Array | undefined,
  without: Box | null,
): Float64Array {
  let sum = 0;
  let n = 0;
  const last = sizes.length - 1;
  const [from, to] = [without?.start[last] ?? 0, without?.end[last] ?? 0];
  forEachRow(sizes, box, (offset, inValues, length) => {
    const column = box.start[last] ?? 0;
    const crosses = without !== null && rowCrosses(offset, sizes, without);
    for (let i = 0; i < length; i++) {
      if (mask && mask[offset + i] !== 1) continue;
      if (crosses && column + i >= from && column + i < to) continue;
      sum += values[inValues + i] ?? NaN;
      n += 1;
    }
  });
  return Float64Array.of(sum, n);
}

/** Whether a row of the map (by the offset of one of its voxels) runs through a box. */
function rowCrosses(offset: number, sizes: readonly number[], { start, end }: Box): boolean {
  let rest = Math.floor(offset / (sizes.at(-1) ?? 1));
  for (let axis = sizes.length - 2; axis >= 0; axis--) {
    const at = rest % (sizes[axis] ?? 1);
    if (at < (start[axis] ?? 0) || at >= (end[axis] ?? 0)) return false;
    rest = Math.floor(rest / (sizes[axis] ?? 1));
  }
  return true;
}

/** The smallest box that holds every voxel of any mask; null where there is none. */
function hullOf(masks: readonly Uint8Array[], sizes: readonly number[]): Box | null {
  const start = [...sizes];
  const end = sizes.map(() => 0);
  for (const mask of masks) {
    for (let v = mask.indexOf(1); v >= 0; v = mask.indexOf(1, v + 1)) {
      let rest = v;
      for (let axis = sizes.length - 1; axis >= 0; axis--) {
        const at = rest % (sizes[axis] ?? 1);
        start[axis] = Math.min(start[axis] ?? 0, at);
        end[axis] = Math.max(end[axis] ?? 0, at + 1);
        rest = Math.floor(rest / (sizes[axis] ?? 1));
      }
    }
  }
  const box = { start, end };
  return voxelsIn(boxSizes(box)) > 0 && start.every((from, axis) => from < (end[axis] ?? 0)) ? box : null;
}
