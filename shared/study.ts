import { z } from 'zod';
import type { Affine } from './geometry';
import { PackedContours } from './packedContours';

const vec3 = z.tuple([z.number(), z.number(), z.number()]);
const affine = z.custom<Affine>((v) => Array.isArray(v) && v.length === 16);
export const GridShape = z.strictObject({ size: vec3, affine });

/** A problem as it crosses a process: the code and its facts; the words are looked up by whoever shows it. */
export const ProblemShape = z.strictObject({
  code: z.string(),
  facts: z.record(z.string(), z.union([z.string(), z.number()])),
  where: z.strictObject({
    input: z.string().optional(),
    file: z.string().optional(),
    node: z.string().optional(),
    key: z.string().optional(),
  }),
});

/** One entry of a study's tree. `usable` false: listed with its `notes`, not drawn. */
export const ObjectSummary = z.strictObject({
  id: z.string(),
  kind: z.enum(['image', 'structures', 'dose', 'plan', 'other']),
  modality: z.string(),
  label: z.string(),
  detail: z.string(),
  usable: z.boolean(),
  notes: z.array(ProblemShape),
});
export type ObjectSummary = z.infer<typeof ObjectSummary>;

/** What belongs together in one frame of reference: an image series and the structures, doses and plans linked to it. */
export const StudySummary = z.strictObject({
  id: z.string(),
  path: z.string(),
  /** Shown in the patient bar only; replaced on demand. */
  patient: z.strictObject({ name: z.string(), id: z.string() }),
  description: z.string(),
  synthetic: z.boolean(),
  objects: z.array(ObjectSummary),
  notes: z.array(ProblemShape),
  /** What the header of its first image says of how it was made and of whom, by DICOM keyword; nothing that names anybody. */
  tags: z.record(z.string(), z.string()).optional(),
});
export type StudySummary = z.infer<typeof StudySummary>;

/** Voxels that the engine serves: fetched slice by slice from `isolens://blob/ID`. Values [k][j][i], little endian. */
export const BlobVolume = z.strictObject({
  id: z.string(),
  grid: GridShape,
  type: z.enum(['int16', 'float32', 'uint8']),
  unit: z.string(),
  frameOfReference: z.string(),
  /** Smallest and largest finite value. */
  range: z.tuple([z.number(), z.number()]),
});
export type BlobVolume = z.infer<typeof BlobVolume>;

export const StructureShape = z.strictObject({
  number: z.number(),
  name: z.string(),
  type: z.string(),
  colour: vec3,
  /** Closed ones only. */
  contours: PackedContours,
  volumeCc: z.number().nullable(),
  centroidMm: vec3.nullable(),
  notes: z.array(ProblemShape),
});
export type StructureShape = z.infer<typeof StructureShape>;

export const BeamShape = z.strictObject({
  number: z.number(),
  name: z.string(),
  radiation: z.string(),
  energyMv: z.number().nullable(),
  technique: z.string(),
  gantryDeg: z.tuple([z.number(), z.number()]).nullable(),
  collimatorDeg: z.number().nullable(),
  couchDeg: z.number().nullable(),
  isocentreMm: vec3.nullable(),
  monitorUnits: z.number().nullable(),
});

export const PlanShape = z.strictObject({
  label: z.string(),
  approval: z.string(),
  intent: z.string(),
  patientPosition: z.string(),
  fractions: z.number().nullable(),
  prescriptions: z.array(z.strictObject({ structure: z.string().nullable(), doseGy: z.number(), from: z.string() })),
  beams: z.array(BeamShape),
  ion: z.boolean(),
});
export type PlanShape = z.infer<typeof PlanShape>;

/** One opened study: everything that the Plan pane draws. */
export const StudyDetail = z.strictObject({
  id: z.string(),
  image: BlobVolume.nullable(),
  /** Positions along the normal that are missing, in mm; empty for a whole scan. */
  gapsMm: z.array(z.number()),
  modality: z.string(),
  structures: z.array(StructureShape),
  dose: BlobVolume.nullable(),
  doseType: z.string(),
  /** The active structure set and dose, by the ids of `objects`. */
  structureSetId: z.string().nullable(),
  doseId: z.string().nullable(),
  /** Objects of another frame of reference that the user laid over the images: every view and export must say so. */
  framesAccepted: z.array(z.string()),
  /** The study's tree as opening it left it: what failed, and sums that have no file, included. */
  objects: z.array(ObjectSummary),
  /** 100 % of the isodoses, and where it comes from; null where neither plan nor user gave one. */
  prescriptionGy: z.number().nullable(),
  plan: PlanShape.nullable(),
  notes: z.array(ProblemShape),
});
export type StudyDetail = z.infer<typeof StudyDetail>;
