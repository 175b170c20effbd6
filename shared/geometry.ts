/**
 * Geometry of the patient: points in millimetres along DICOM's LPS axes (x to the patient's left, y to the back, z to the
 * head), and the affine maps that place voxel centres among them.
 * Source: DICOM PS3.3 C.7.6.2.1.1 (Image Orientation and Image Position).
 */

/** A point or direction (x, y, z) in mm, LPS; or a voxel index (i, j, k). Which one is in the name that holds it. */
export type Vec3 = readonly [number, number, number];

/** 4×4, row-major; maps a voxel centre (i, j, k) to patient millimetres. The last row is 0 0 0 1. */
export type Affine = readonly [
  number, number, number, number,
  number, number, number, number,
  number, number, number, number,
  number, number, number, number,
]; // prettier-ignore

export const identity: Affine = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];

/** The affine whose columns are the steps along i, j and k, and whose origin is the centre of voxel (0, 0, 0). */
export function affineOf(stepI: Vec3, stepJ: Vec3, stepK: Vec3, origin: Vec3): Affine {
  return [
    stepI[0], stepJ[0], stepK[0], origin[0],
    stepI[1], stepJ[1], stepK[1], origin[1],
    stepI[2], stepJ[2], stepK[2], origin[2],
    0, 0, 0, 1,
  ]; // prettier-ignore
}

/** The point that the affine sends `p` to. */
export function applyAffine(m: Affine, p: Vec3): Vec3 {
  return [
    m[0] * p[0] + m[1] * p[1] + m[2] * p[2] + m[3],
    m[4] * p[0] + m[5] * p[1] + m[6] * p[2] + m[7],
    m[8] * p[0] + m[9] * p[1] + m[10] * p[2] + m[11],
  ];
}

/** `a` after `b`: applyAffine(multiply(a, b), p) is applyAffine(a, applyAffine(b, p)). */
export function multiply(a: Affine, b: Affine): Affine {
  const column = (j: 0 | 1 | 2 | 3): Vec3 => {
    const [x, y, z, w] = [b[j], b[j + 4] as number, b[j + 8] as number, j === 3 ? 1 : 0];
    return [
      a[0] * x + a[1] * y + a[2] * z + a[3] * w,
      a[4] * x + a[5] * y + a[6] * z + a[7] * w,
      a[8] * x + a[9] * y + a[10] * z + a[11] * w,
    ];
  };
  return affineOf(column(0), column(1), column(2), column(3));
}

/** Determinant of the linear part: positive unless the grid is mirrored. */
export function determinant(m: Affine): number {
  return m[0] * (m[5] * m[10] - m[6] * m[9]) - m[1] * (m[4] * m[10] - m[6] * m[8]) + m[2] * (m[4] * m[9] - m[5] * m[8]);
}

/** The inverse, patient mm → fractional voxel index. Throws when the affine is singular, which no reader may hand on. */
export function invert(m: Affine): Affine {
  const d = determinant(m);
  if (!(Math.abs(d) > 0)) throw new Error('singular affine');
  const rows: readonly Vec3[] = [
    [(m[5] * m[10] - m[6] * m[9]) / d, (m[2] * m[9] - m[1] * m[10]) / d, (m[1] * m[6] - m[2] * m[5]) / d],
    [(m[6] * m[8] - m[4] * m[10]) / d, (m[0] * m[10] - m[2] * m[8]) / d, (m[2] * m[4] - m[0] * m[6]) / d],
    [(m[4] * m[9] - m[5] * m[8]) / d, (m[1] * m[8] - m[0] * m[9]) / d, (m[0] * m[5] - m[1] * m[4]) / d],
  ];
  const [r0, r1, r2] = rows as [Vec3, Vec3, Vec3];
  const back = (r: Vec3): number => -(r[0] * m[3] + r[1] * m[7] + r[2] * m[11]);
  return [...r0, back(r0), ...r1, back(r1), ...r2, back(r2), 0, 0, 0, 1];
}

/** The step vectors (columns) along i, j and k, in mm. */
export function stepsOf(m: Affine): readonly [Vec3, Vec3, Vec3] {
  return [
    [m[0], m[4], m[8]],
    [m[1], m[5], m[9]],
    [m[2], m[6], m[10]],
  ];
}

/** Voxel spacing (i, j, k) in mm: the lengths of the steps. */
export function spacingOf(m: Affine): Vec3 {
  const [a, b, c] = stepsOf(m);
  return [length(a), length(b), length(c)];
}

export const add = (a: Vec3, b: Vec3): Vec3 => [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
export const subtract = (a: Vec3, b: Vec3): Vec3 => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
export const scale = (a: Vec3, s: number): Vec3 => [a[0] * s, a[1] * s, a[2] * s];
export const dot = (a: Vec3, b: Vec3): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
export const cross = (a: Vec3, b: Vec3): Vec3 => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
export const length = (a: Vec3): number => Math.hypot(a[0], a[1], a[2]);
