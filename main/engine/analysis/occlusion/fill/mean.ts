import { constantFill } from './constant';
import type { Fill } from './fill';

/** Mean of values in float64; the value itself where all are equal, so that an even patch is filled without a trace. */
export function meanOf(values: Iterable<number>): number {
  let sum = 0;
  let n = 0;
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    sum += value;
    n += 1;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low === high ? low : sum / n;
}

/** This input's own mean, by channel: over all its planes in a 2D network. */
export const meanFill = (meanOfChannel: (values: Float32Array) => number): Fill => constantFill('mean', meanOfChannel);
