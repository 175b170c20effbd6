import { IsolensError } from '../../../../../shared/problem/problem';
import { quantileSorted } from '../../statistics/quantile';
import { valueFamily } from '../family';
import type { Physical } from '../physical';
import { grain } from './ctNoise';

/** Soft tissue and water, HU. */
const tissue = [-20, 120] as const;
const side = 5;
/** Windows that are needed for a standard deviation to be believed. */
const fewest = 10;

/**
 * Noise of this scan: the median standard deviation of windows of 5 × 5 pixels that lie wholly in soft tissue or water. *Units* HU.
 * *Problems* robustness/no-tissue.
 */
export function noiseOf({ values, grid }: Physical): number {
  const [nx, ny, nz] = grid.size;
  const found: number[] = [];
  for (let k = 0; k < nz; k++) {
    for (let j = 0; j + side <= ny; j += side) {
      for (let i = 0; i + side <= nx; i += side) {
        let [sum, squares, inside] = [0, 0, true];
        for (let y = j; inside && y < j + side; y++) {
          for (let x = i; x < i + side; x++) {
            const hu = values[x + nx * (y + ny * k)] as number;
            if (hu < tissue[0] || hu > tissue[1]) inside = false;
            sum += hu;
            squares += hu * hu;
          }
        }
        const n = side * side;
        if (inside) found.push(Math.sqrt(Math.max(0, (squares - (sum * sum) / n) / (n - 1))));
      }
    }
  }
  if (found.length < fewest) throw new IsolensError('robustness/no-tissue');
  found.sort((a, b) => a - b);
  return quantileSorted(found, 0.5);
}

/** Fewer photons: noise goes with 1/√mAs, so what must be added follows from what the scan has. Source: Brooks & Di Chiro 1976. */
export const lowDose = valueFamily('low-dose', { reads: 'image', units: true, modality: 'CT' }, (field, seed) => {
  const own = noiseOf(field);
  const unit = grain(field, seed);
  return (share) => {
    const sd = own * Math.sqrt(Math.max(0, 1 / share - 1));
    return field.values.map((hu, v) => hu + sd * (unit[v] as number));
  };
});
