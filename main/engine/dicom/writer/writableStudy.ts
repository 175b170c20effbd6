import type { Vec3 } from '../../../../shared/geometry';
import type { Volume } from '../../../../shared/volume';
import type { Loop } from './trace';

/** Contours of one structure, slice by slice of the CT. */
export interface WritableStructure {
  readonly name: string;
  /** RT ROI Interpreted Type: EXTERNAL, ORGAN, PTV … */
  readonly type: string;
  readonly colour: readonly [number, number, number];
  readonly slices: readonly { readonly k: number; readonly loops: readonly Loop[] }[];
}

export interface WritableBeam {
  readonly gantryDegrees: number;
  /** Jaw positions at the isocentre, mm. */
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
}

export interface WritablePlan {
  readonly label: string;
  readonly isocentre: Vec3;
  readonly fractions: number;
  /** The highest first. `structure` is the name of a structure of the study. */
  readonly prescriptions: readonly { readonly structure: string; readonly gy: number }[];
  readonly beams: readonly WritableBeam[];
}

/**
 * A study to be written as CT, RTSTRUCT, RTDOSE and RTPLAN. Grids lie along the patient's axes (head first, supine).
 * The UIDs are a hash of `identity`: whatever changes the content must change it.
 */
export interface WritableStudy {
  readonly identity: string;
  readonly patientName: string;
  readonly patientId: string;
  /** Said in every file: where this comes from and that it is not a patient's record. */
  readonly provenance: {
    readonly manufacturer: string;
    readonly model: string;
    readonly description: string;
    readonly comment: string;
    readonly deidentification: string;
  };
  readonly scan: {
    readonly kvp: number | null;
    readonly mAs: number | null;
    readonly kernel: string | null;
  };
  readonly ct: Volume<Int16Array>;
  readonly structures: readonly WritableStructure[];
  readonly dose: Volume<Float32Array> | null;
  readonly plan: WritablePlan | null;
}

export interface WrittenFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}
