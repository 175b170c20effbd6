import { z } from 'zod';
import { Figure } from '../result';
import { defineAnalysis } from './definition';

const number = z.number().nullable();

const Output = z.strictObject({ name: z.string(), min: number, max: number, mean: number });

const SlicePrediction = z.strictObject({
  /** Index along the plane's axis of the recipe's grid; of an array, 0. */
  plane: z.number().int(),
  class: z.string().nullable(),
  probabilities: z.array(number),
});

/** One label of a segmentation against the structure of the same name or alias, on the recipe's grid. */
const LabelFigures = z.strictObject({
  label: z.string(),
  /** Its value in the label map. */
  value: z.number().int(),
  /** The structure it was compared with; null where there is none. */
  structure: z.string().nullable(),
  dice: number,
  hd95Mm: number,
  volumeCc: number,
  truthVolumeCc: number,
  voxels: z.number().int(),
  truthVoxels: z.number().int().nullable(),
});
export type LabelFigures = z.infer<typeof LabelFigures>;

/** Predicted minus planned dose. *Sign* + where the network gives more. */
const DoseStructure = z.strictObject({
  structure: z.string(),
  voxels: z.number().int(),
  meanGy: number,
  planMeanGy: number,
  meanDifferenceGy: number,
  meanAbsoluteDifferenceGy: number,
});
const DoseFigures = z.strictObject({
  /** Voxels of the recipe's grid at which the plan's dose is known. */
  voxels: z.number().int(),
  meanDifferenceGy: number,
  meanAbsoluteDifferenceGy: number,
  structures: z.array(DoseStructure),
});
export type DoseFigures = z.infer<typeof DoseFigures>;

const Values = z.strictObject({
  outputs: z.array(Output),
  /** The class of the largest probability, and the probabilities in the order of the recipe's labels; of slices, their mean. */
  class: z.string().nullable().optional(),
  probabilities: z.array(number).optional(),
  slices: z.array(SlicePrediction).optional(),
  /** What the job says that it is, and whether that is the class. */
  truth: z.string().nullable().optional(),
  right: z.boolean().nullable().optional(),
  labels: z.array(LabelFigures).optional(),
  dose: DoseFigures.optional(),
});
export type PredictValues = z.infer<typeof Values>;

const ByName = z.record(z.string(), Figure);

/** Means over patients; inputs of one patient are averaged first. */
const Metrics = z.strictObject({
  patients: z.number().int(),
  inputs: z.number().int(),
  accuracy: Figure.optional(),
  dice: ByName.optional(),
  hd95Mm: ByName.optional(),
  volumeCc: ByName.optional(),
  truthVolumeCc: ByName.optional(),
  meanDifferenceGy: Figure.optional(),
  meanAbsoluteDifferenceGy: Figure.optional(),
  structures: z
    .record(z.string(), z.strictObject({ meanDifferenceGy: Figure, meanAbsoluteDifferenceGy: Figure }))
    .optional(),
});
export type PredictMetrics = z.infer<typeof Metrics>;

/** The plain forward pass: what the network says of each input, beside what is known of it. */
export const predict = defineAnalysis({
  id: 'predict',
  version: 1,
  name: { en: 'Prediction', fr: 'Prédiction' },
  question: { en: 'What does the network say of this patient?', fr: 'Que dit le réseau de ce patient ?' },
  source: 'Dice 1945; Maier-Hein et al., Metrics reloaded, Nature Methods 21 (2024) 195',
  parameters: z.strictObject({}),
  values: Values,
  summary: z.strictObject({ metrics: Metrics }),
});
export type PredictParameters = z.output<typeof predict.parameters>;
