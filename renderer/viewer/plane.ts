import {
  add,
  affineOf,
  applyAffine,
  cross,
  dot,
  invert,
  length,
  scale,
  spacingOf,
  stepsOf,
  subtract,
  type Affine,
  type Vec3,
} from '../../shared/geometry';
import type { Grid } from '../../shared/volume';

export const planeNames = ['axial', 'coronal', 'sagittal'] as const;
export type PlaneName = (typeof planeNames)[number];

/** Orientation letters at the four edges of a picture. */
export interface EdgeLetters {
  readonly left: string;
  readonly right: string;
  readonly top: string;
  readonly bottom: string;
}

/**
 * All parallel planes of one name through an image, as one grid: (column, row, slice) of the picture → patient mm.
 * Radiological convention for every stored orientation: patient's right on the left, head up, front up in the axial.
 * Source: DICOM PS3.3 C.7.6.2.1.1 for the axes.
 */
export interface PlaneStack {
  readonly name: PlaneName;
  /** Two stacks with the same key show the same places. */
  readonly key: string;
  readonly grid: Grid;
  /** The grid of the image that the planes go through. */
  readonly image: Grid;
  /** Patient mm → (column, row, slice). */
  readonly toIndex: Affine;
  /** The image's own pixels, only turned or flipped: nothing is resampled. */
  readonly native: boolean;
  /** Unit vector along which the slice's position is told. */
  readonly normal: Vec3;
  readonly letters: EdgeLetters;
}

/** One of the image's axes, turned to point to the patient's left, back or head. */
interface PatientAxis {
  readonly direction: Vec3;
  readonly imageAxis: 0 | 1 | 2;
  readonly sign: 1 | -1;
}

interface PatientAxes {
  readonly left: PatientAxis;
  readonly posterior: PatientAxis;
  readonly head: PatientAxis;
}

const unit = (v: Vec3): Vec3 => scale(v, 1 / length(v));

const orders = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
] as const;

/** The orthonormal frame of the image: its row and column directions and the normal of its slices. */
function frameOf(affine: Affine): readonly [Vec3, Vec3, Vec3] {
  const [stepI, stepJ, stepK] = stepsOf(affine);
  const r = unit(stepI);
  const c = unit(subtract(stepJ, scale(r, dot(stepJ, r))));
  const n = cross(r, c);
  return [r, c, dot(n, stepK) < 0 ? scale(n, -1) : n];
}

function patientAxesOf(frame: readonly [Vec3, Vec3, Vec3]): PatientAxes {
  const closeness = (order: readonly [0 | 1 | 2, 0 | 1 | 2, 0 | 1 | 2]): number =>
    Math.abs(frame[order[0]][0]) + Math.abs(frame[order[1]][1]) + Math.abs(frame[order[2]][2]);
  const order = orders.reduce((best, other) => (closeness(other) > closeness(best) + 1e-9 ? other : best));
  const axis = (patient: 0 | 1 | 2): PatientAxis => {
    const imageAxis = order[patient];
    const sign = frame[imageAxis][patient] < 0 ? -1 : 1;
    return { direction: scale(frame[imageAxis], sign), imageAxis, sign };
  };
  return { left: axis(0), posterior: axis(1), head: axis(2) };
}

const turned = (axis: PatientAxis): PatientAxis => ({
  direction: scale(axis.direction, -1),
  imageAxis: axis.imageAxis,
  sign: axis.sign === 1 ? -1 : 1,
});

/** The picture's axes: which way columns, rows and slices count up. */
function axesOf(
  name: PlaneName,
  { left, posterior, head }: PatientAxes,
): readonly [PatientAxis, PatientAxis, PatientAxis] {
  switch (name) {
    case 'axial':
      return [left, posterior, head];
    case 'coronal':
      return [left, turned(head), posterior];
    case 'sagittal':
      return [posterior, turned(head), left];
  }
}

/** The letter or two letters of a direction, the largest component first; components under 0.2 are dropped. */
export function lettersOf(direction: Vec3): string {
  const named: readonly (readonly [number, string, string])[] = [
    [direction[0], 'L', 'R'],
    [direction[1], 'P', 'A'],
    [direction[2], 'S', 'I'],
  ];
  return named
    .filter(([size]) => Math.abs(size) >= 0.2)
    .sort((a, b) => Math.abs(b[0]) - Math.abs(a[0]))
    .slice(0, 2)
    .map(([size, plus, minus]) => (size > 0 ? plus : minus))
    .join('');
}

function nativeGrid(image: Grid, axes: readonly [PatientAxis, PatientAxis, PatientAxis]): Grid {
  const steps = stepsOf(image.affine);
  const first: [number, number, number] = [0, 0, 0];
  for (const { imageAxis, sign } of axes) if (sign < 0) first[imageAxis] = image.size[imageAxis] - 1;
  const step = ({ imageAxis, sign }: PatientAxis): Vec3 => scale(steps[imageAxis], sign);
  return {
    size: [image.size[axes[0].imageAxis], image.size[axes[1].imageAxis], image.size[axes[2].imageAxis]],
    affine: affineOf(step(axes[0]), step(axes[1]), step(axes[2]), applyAffine(image.affine, first)),
  };
}

/** Where the outer faces of the grid's voxels begin and end along a direction, in mm. */
function extentAlong({ size, affine }: Grid, direction: Vec3): readonly [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const i of [-0.5, size[0] - 0.5])
    for (const j of [-0.5, size[1] - 0.5])
      for (const k of [-0.5, size[2] - 0.5]) {
        const along = dot(applyAffine(affine, [i, j, k]), direction);
        low = Math.min(low, along);
        high = Math.max(high, along);
      }
  return [low, high];
}

function reformattedGrid(image: Grid, axes: readonly [PatientAxis, PatientAxis, PatientAxis]): Grid {
  const spacing = spacingOf(image.affine);
  const inPlaneMm = Math.min(spacing[axes[0].imageAxis], spacing[axes[1].imageAxis]);
  const alongAxis = (axis: PatientAxis, stepMm: number): { count: number; step: Vec3; first: Vec3 } => {
    const [low, high] = extentAlong(image, axis.direction);
    const count = Math.max(1, Math.round((high - low) / stepMm));
    const firstMm = (low + high) / 2 - ((count - 1) / 2) * stepMm;
    return { count, step: scale(axis.direction, stepMm), first: scale(axis.direction, firstMm) };
  };
  const column = alongAxis(axes[0], inPlaneMm);
  const row = alongAxis(axes[1], inPlaneMm);
  const slice = alongAxis(axes[2], spacing[axes[2].imageAxis]);
  return {
    size: [column.count, row.count, slice.count],
    affine: affineOf(column.step, row.step, slice.step, add(add(column.first, row.first), slice.first)),
  };
}

/**
 * The planes of one name through an image. They lie along the image's own axes, each matched to the nearest of the
 * patient's. The plane in which the image was taken keeps its pixels; the other two are reformatted with square pixels
 * as large as the smaller of the two spacings.
 */
export function planeStack(image: Grid, name: PlaneName): PlaneStack {
  const axes = axesOf(name, patientAxesOf(frameOf(image.affine)));
  const native = axes[2].imageAxis === 2;
  const grid = native ? nativeGrid(image, axes) : reformattedGrid(image, axes);
  return {
    name,
    key: `${name}/${image.size.join('x')}/${image.affine.map((v) => v.toPrecision(9)).join(',')}`,
    grid,
    image,
    toIndex: invert(grid.affine),
    native,
    normal: axes[2].direction,
    letters: {
      left: lettersOf(scale(axes[0].direction, -1)),
      right: lettersOf(axes[0].direction),
      top: lettersOf(scale(axes[1].direction, -1)),
      bottom: lettersOf(axes[1].direction),
    },
  };
}

/** The slice whose centre is nearest to a patient point, kept inside the stack. */
export function sliceAt(stack: PlaneStack, pointMm: Vec3): number {
  const slice = Math.round(applyAffine(stack.toIndex, pointMm)[2]);
  return Math.min(Math.max(slice, 0), stack.grid.size[2] - 1);
}

/** The point carried to another slice of the stack, at the same column and row. */
export function pointOnSlice(stack: PlaneStack, pointMm: Vec3, slice: number): Vec3 {
  const [column, row] = applyAffine(stack.toIndex, pointMm);
  return applyAffine(stack.grid.affine, [column, row, slice]);
}

/** Patient mm of a place of a picture; (0, 0) is the centre of its first pixel. */
export function pixelToPatient(stack: PlaneStack, column: number, row: number, slice: number): Vec3 {
  return applyAffine(stack.grid.affine, [column, row, slice]);
}

/** Position of a slice along the stack's normal, in mm from the patient's origin. */
export function positionMm(stack: PlaneStack, slice: number): number {
  return dot(stack.normal, applyAffine(stack.grid.affine, [0, 0, slice]));
}

/** Distance between neighbouring slices along the normal, in mm. */
export function thicknessMm(stack: PlaneStack): number {
  return Math.abs(dot(stack.normal, stepsOf(stack.grid.affine)[2]));
}

/** The point at the middle of a grid, in patient mm. */
export function centreOf({ size, affine }: Grid): Vec3 {
  return applyAffine(affine, [(size[0] - 1) / 2, (size[1] - 1) / 2, (size[2] - 1) / 2]);
}
