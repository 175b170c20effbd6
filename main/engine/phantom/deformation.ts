import type { Vec3 } from '../../../shared/geometry';
import { randomOf } from './random';

/** Adds to (u, v, w) in `place` how far the tissue of one row is shifted at x, mm. */
export type RowShift = (x: number, place: Float64Array) => void;
/** A smooth random displacement of everything; told plane by plane (z, mm), and there row by row (y, mm). */
export type Deformation = (z: number) => (y: number) => RowShift;

/** Weights of the four control points about a place: a uniform cubic B-spline. */
function weights(f: number, into: Float64Array): void {
  const g = 1 - f;
  into[0] = (g * g * g) / 6;
  into[1] = (4 - 6 * f * f + 3 * f * f * f) / 6;
  into[2] = (4 - 6 * g * g + 3 * g * g * g) / 6;
  into[3] = (f * f * f) / 6;
}

/** Root mean square of the spline over that of its independent control values, a third power of one axis' share. */
const shareOfControl = 0.479 ** 1.5;

/**
 * A displacement whose three components are independent, smooth over about `cellMm` and have the standard deviations `sdMm`,
 * times `strength(z)`. No two points change places while the deviation stays under a tenth of the cell.
 */
export function deformationOf(
  seed: number,
  name: string,
  cellMm: number,
  sdMm: Vec3,
  strength: (z: number) => number,
): Deformation {
  const random = randomOf(seed, `deformation/${name}`);
  const low: Vec3 = [-340, -240, -260];
  const high: Vec3 = [340, 290, 200];
  const count = (axis: 0 | 1 | 2): number => Math.ceil((high[axis] - low[axis]) / cellMm) + 4;
  const [nx, ny, nz] = [count(0), count(1), count(2)];
  const control = new Float64Array(3 * nx * ny * nz);
  for (let at = 0; at < control.length; at += 3) {
    for (let axis = 0; axis < 3; axis++) {
      control[at + axis] = ((sdMm[axis] ?? 0) / shareOfControl) * Math.max(-2.5, Math.min(2.5, random.normal()));
    }
  }
  const [across, down, up] = [new Float64Array(4), new Float64Array(4), new Float64Array(4)];
  const first = (place: number, n: number): number => Math.max(0, Math.min(n - 4, Math.floor(place)));
  return (z) => {
    const along = (z - low[2]) / cellMm;
    const k = first(along, nz);
    weights(Math.max(0, Math.min(1, along - k)), up);
    const plane = new Float64Array(3 * nx * ny);
    const size = strength(z);
    for (let n = 0; n < 4; n++) {
      const from = 3 * nx * ny * (k + n);
      const weight = size * (up[n] ?? 0);
      for (let at = 0; at < plane.length; at++) plane[at] = (plane[at] ?? 0) + weight * (control[from + at] ?? 0);
    }
    const row = new Float64Array(3 * nx);
    return (y) => {
      const b = (y - low[1]) / cellMm;
      const j = first(b, ny);
      weights(Math.max(0, Math.min(1, b - j)), down);
      row.fill(0);
      for (let r = 0; r < 4; r++) {
        const weight = down[r] ?? 0;
        const from = 3 * nx * (j + r);
        for (let at = 0; at < row.length; at++) row[at] = (row[at] ?? 0) + weight * (plane[from + at] ?? 0);
      }
      return (x, place) => {
        const a = (x - low[0]) / cellMm;
        const i = first(a, nx);
        weights(Math.max(0, Math.min(1, a - i)), across);
        let [u, v, w] = [place[0] ?? 0, place[1] ?? 0, place[2] ?? 0];
        for (let c = 0; c < 4; c++) {
          const weight = across[c] ?? 0;
          const at = 3 * (i + c);
          u += weight * (row[at] ?? 0);
          v += weight * (row[at + 1] ?? 0);
          w += weight * (row[at + 2] ?? 0);
        }
        place[0] = u;
        place[1] = v;
        place[2] = w;
      };
    };
  };
}
