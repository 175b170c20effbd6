import type { ScoreName } from '../../../../shared/analysis/occlusion';
import type { Fetch, NetworkArray } from '../../network/network';
import type { Box } from './box';

/** How the score of a map is read from a box of it: what lies outside stays as it is. */
export interface BoxReading {
  /** The box of the fetched map in which anything counts; null: all of it. */
  readonly region: Box | null;
  /** What counts of a batch of one that holds a box of the map. */
  readonly extract: (output: NetworkArray) => Float32Array;
  /** As `parts`, of a box and the values extracted from it. */
  readonly parts: (values: Float32Array, box: Box, entry: number, hidden: Box | null) => Float64Array;
  /** Where the window itself lies on the map, if the score leaves its voxels out. */
  readonly own: (hidden: Box) => Box | null;
}

/**
 * How a score is read off the network's output, batch entry by batch entry. `extract` keeps what counts of one entry; `parts` gives
 * numbers that add up over entries (the planes of a 2D network), the window's own voxels left out where the score demands it; `finish`
 * turns the sum into the score.
 */
export interface ScoreReader {
  readonly fetch: Fetch;
  readonly score: ScoreName;
  /** Of the score: cc, voxels, Gy, log-odds, 1. */
  readonly unit: string;
  /** `input`: one score over all entries; `entry`: each plane has its own. */
  readonly scope: 'input' | 'entry';
  /** False where an entry cannot change the score: it is never run. */
  counts(entry: number): boolean;
  /** `at` is the output's own entry, `entry` the input's. */
  extract(output: NetworkArray, at: number, entry: number): Float32Array;
  parts(values: Float32Array, entry: number, hidden: Box | null): Float64Array;
  finish(parts: Float64Array): number;
  /** Absent where the fetched node is no map. */
  readonly boxes?: BoxReading;
  /** The target as it was understood, for the results. */
  readonly target: Readonly<Record<string, unknown>>;
}

export const entryOf = ({ shape, values }: NetworkArray, at: number): Float32Array => {
  const size = values.length / (shape[0] ?? 1);
  return values.slice(at * size, (at + 1) * size);
};

export const sumOfParts = (list: readonly Float64Array[]): Float64Array => {
  const sum = new Float64Array(list[0]?.length ?? 0);
  for (const parts of list) for (let n = 0; n < sum.length; n++) sum[n] = (sum[n] ?? 0) + (parts[n] ?? 0);
  return sum;
};
