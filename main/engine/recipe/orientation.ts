import { applyAffine, dot, length, scale, stepsOf, type Affine, type Vec3 } from '../../../shared/geometry';
import type { Grid } from '../../../shared/volume';

/** Unit vector towards a side of the patient. Source: DICOM PS3.3 C.7.6.2.1.1, LPS. */
const sides: Readonly<Record<string, Vec3>> = {
  L: [1, 0, 0],
  R: [-1, 0, 0],
  P: [0, 1, 0],
  A: [0, -1, 0],
  S: [0, 0, 1],
  I: [0, 0, -1],
};

export type Triple<T> = readonly [T, T, T];

/** Unit directions that i, j and k grow to, of an orientation like `LPS`. */
export const directionsOf = (orientation: string): Triple<Vec3> =>
  Array.from(orientation, (letter) => sides[letter]) as unknown as Triple<Vec3>;

/** Which of i, j, k (0, 1, 2) runs along the patient's axis x, y or z, and whether it grows towards L, P or S. */
export function axisAlong(orientation: string, patientAxis: 0 | 1 | 2): { axis: 0 | 1 | 2; grows: boolean } {
  const axis = directionsOf(orientation).findIndex((d) => d[patientAxis] !== 0) as 0 | 1 | 2;
  return { axis, grows: directionsOf(orientation)[axis][patientAxis] > 0 };
}

/** How a stored grid is turned so that its axes run as nearly as possible along an orientation: nothing but a renaming of voxels. */
export interface Turn {
  /** Stored axis (0 = i, 1 = j, 2 = k) that each turned axis takes. */
  readonly from: Triple<0 | 1 | 2>;
  /** True where the turned axis runs against the stored one. */
  readonly reversed: Triple<boolean>;
}

const permutations: readonly Triple<0 | 1 | 2>[] = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
];

/** The turn whose axes have the largest sum of |cosines| with the orientation's; the first of equals. */
export function nearestTurn(affine: Affine, orientation: string): Turn {
  const wanted = directionsOf(orientation);
  const unit = stepsOf(affine).map((step) => scale(step, 1 / length(step))) as unknown as Triple<Vec3>;
  const cosine = (turned: 0 | 1 | 2, stored: 0 | 1 | 2): number => dot(wanted[turned], unit[stored]);
  const fit = (p: Triple<0 | 1 | 2>): number =>
    Math.abs(cosine(0, p[0])) + Math.abs(cosine(1, p[1])) + Math.abs(cosine(2, p[2]));
  const from = permutations.reduce((best, p) => (fit(p) > fit(best) + 1e-9 ? p : best));
  return { from, reversed: [cosine(0, from[0]) < 0, cosine(1, from[1]) < 0, cosine(2, from[2]) < 0] };
}

/** Stored voxel index of a turned one, for a stored grid of `size` voxels. */
export function storedIndex({ from, reversed }: Turn, size: Vec3, turned: Vec3): Vec3 {
  const stored: [number, number, number] = [0, 0, 0];
  for (const a of [0, 1, 2] as const) {
    const b = from[a];
    stored[b] = reversed[a] ? size[b] - 1 - turned[a] : turned[a];
  }
  return stored;
}

/** The part of a stored grid that begins at turned voxel `start` and has `size` voxels; it may reach beyond the stored one. */
export function turnedGrid(stored: Grid, turn: Turn, start: Vec3, size: Vec3): Grid {
  const steps = stepsOf(stored.affine);
  const step = (a: 0 | 1 | 2): Vec3 => scale(steps[turn.from[a]], turn.reversed[a] ? -1 : 1);
  const [i, j, k] = [step(0), step(1), step(2)];
  const origin = applyAffine(stored.affine, storedIndex(turn, stored.size, start));
  return {
    size,
    affine: [
      i[0], j[0], k[0], origin[0],
      i[1], j[1], k[1], origin[1],
      i[2], j[2], k[2], origin[2],
      0, 0, 0, 1,
    ],
  }; // prettier-ignore
}
