import { betaCdf } from '../statistics/beta';
import { normalQuantile } from '../statistics/normal';

/** The cosine transform of a kernel of given sizes, and which of its coefficients are slow and fast waves. */
export interface Waves {
  readonly size: readonly number[];
  /** For each axis its orthonormal DCT-II, wave by cell. */
  readonly axes: readonly Float64Array[];
  readonly low: Uint8Array;
  readonly high: Uint8Array;
  readonly lowCount: number;
  readonly cells: number;
}

function cosines(n: number): Float64Array {
  const matrix = new Float64Array(n * n);
  for (let k = 0; k < n; k++) {
    const scale = Math.sqrt((k === 0 ? 1 : 2) / n);
    for (let x = 0; x < n; x++) matrix[k * n + x] = scale * Math.cos((Math.PI * (x + 0.5) * k) / n);
  }
  return matrix;
}

/** Radial frequencies up to this are slow: of a 3×3 kernel the mean and the two slowest waves. */
const slow = 1 / 3;
/** One third is one third in floating point too. */
const slack = 1e-9;

export function wavesOf(size: readonly number[]): Waves {
  const cells = size.reduce((all, n) => all * n, 1);
  const radius = new Float64Array(cells);
  for (let cell = 0; cell < cells; cell++) {
    let rest = cell;
    let squares = 0;
    for (let axis = size.length - 1; axis >= 0; axis--) {
      const n = size[axis] as number;
      squares += ((rest % n) / n) ** 2;
      rest = Math.floor(rest / n);
    }
    radius[cell] = Math.sqrt(squares);
  }
  const sorted = radius.slice().sort();
  const middle = ((sorted[(cells - 1) >> 1] as number) + (sorted[cells >> 1] as number)) / 2;
  const low = Uint8Array.from(radius, (r) => (r <= slow + slack ? 1 : 0));
  return {
    size,
    axes: size.map(cosines),
    low,
    high: Uint8Array.from(radius, (r) => (r > middle + slack ? 1 : 0)),
    lowCount: low.reduce((sum, one) => sum + one, 0),
    cells,
  };
}

/** Shares of a kernel's energy in slow and in fast waves, the mean counted as the slowest. */
export interface FrequencyShares {
  readonly low: number;
  readonly high: number;
}

/** Axis after axis, back and forth between two buffers. `room` has twice the kernel's size. */
export function frequencyShares(values: Float64Array, from: number, waves: Waves, room: Float64Array): FrequencyShares {
  const { cells, size, axes } = waves;
  let source = room.subarray(0, cells);
  let target = room.subarray(cells, 2 * cells);
  source.set(values.subarray(from, from + cells));
  let step = 1;
  for (let axis = size.length - 1; axis >= 0; axis--) {
    transformed(source, target, size[axis] as number, step, axes[axis] as Float64Array);
    [source, target] = [target, source];
    step *= size[axis] as number;
  }
  let all = 0;
  let low = 0;
  let high = 0;
  for (let cell = 0; cell < cells; cell++) {
    const energy = (source[cell] as number) ** 2;
    all += energy;
    low += energy * (waves.low[cell] as number);
    high += energy * (waves.high[cell] as number);
  }
  return { low: low / all, high: high / all };
}

function transformed(source: Float64Array, target: Float64Array, n: number, step: number, axis: Float64Array): void {
  for (let cell = 0; cell < source.length; cell++) {
    const wave = Math.floor(cell / step) % n;
    const first = cell - wave * step;
    let sum = 0;
    for (let x = 0; x < n; x++) sum += (axis[wave * n + x] as number) * (source[first + x * step] as number);
    target[cell] = sum;
  }
}

/** Beyond eight standard deviations only floating point is left. */
const least = 1e-16;

/**
 * A slow share as the normal deviate that noise would give as rarely: over iid normal weights the share follows Beta(q/2, (d−q)/2)
 * exactly. 0 where every wave is slow.
 */
export function lowFrequencyZ(low: number, { lowCount, cells }: Waves): number {
  if (lowCount >= cells) return 0;
  const below = betaCdf(low, lowCount / 2, (cells - lowCount) / 2);
  const above = betaCdf(1 - low, (cells - lowCount) / 2, lowCount / 2);
  return below < 0.5 ? normalQuantile(Math.max(below, least)) : -normalQuantile(Math.max(above, least));
}
