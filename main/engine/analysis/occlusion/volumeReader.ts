import type { Fetch, NetworkArray } from '../../network/network';
import { forEachRow, type Box } from './box';
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
  /** The values that are summed, of one batch entry: a label's probabilities, or a dose. */
  extract(output: NetworkArray, at: number): Float32Array;
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
    scope: 'input',
    counts: (entry) => !counted || (counted[entry] ?? false),
    parts(values, entry, hidden) {
      const all = add(values, masks?.[entry], whole);
      if (!hidden || !withoutHidden) return all;
      const own = add(values, masks?.[entry], outputBox(grid, hidden));
      return Float64Array.of((all[0] ?? 0) - (own[0] ?? 0), (all[1] ?? 0) - (own[1] ?? 0));
    },
    finish: ([sum = NaN, n = NaN]) => factor * (score === 'mean' ? sum / n : sum),
  };
}
