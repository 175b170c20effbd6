import type { Vec3 } from './geometry';
import type { Problem } from './problem/problem';

/** DICOM Contour Geometric Type (3006,0042). */
export type ContourKind = 'CLOSED_PLANAR' | 'CLOSEDPLANAR_XOR' | 'OPEN_PLANAR' | 'OPEN_NONPLANAR' | 'POINT';

/** One polygon or line as it came. `points` are x, y, z triplets in patient mm (LPS); the first is not repeated at the end. */
export interface Contour {
  readonly kind: ContourKind;
  readonly points: Float64Array;
}

/** A region of interest of an RTSTRUCT, contours as they came; masks are made per grid, on demand. */
export interface Structure {
  readonly number: number;
  /** As sent. Matching trims and ignores case. */
  readonly name: string;
  /** RT ROI Interpreted Type (3006,00A4), for grouping only; empty when absent. */
  readonly type: string;
  /** 0–255 each; from the file, else from our own list by order. */
  readonly colour: readonly [number, number, number];
  readonly frameOfReference: string;
  readonly contours: readonly Contour[];
  /** Normal and slice spacing (mm) of the image stack that it was drawn on, where that is known. */
  readonly planes?: { readonly normal: Vec3; readonly spacingMm: number };
  /** What is wrong with it; absent: nothing was looked for. */
  readonly notes?: readonly Problem[];
}

export interface StructureSet {
  readonly sopInstanceUid: string;
  readonly label: string;
  readonly structures: readonly Structure[];
}
