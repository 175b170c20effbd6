import { z } from 'zod';
import { Figure } from '../result';
import { defineAnalysis, field } from './definition';
import {
  ContextProfile,
  DatabaseDistance,
  DependenceMatrix,
  DependenceSummary,
  DistanceSummary,
  Donors,
  ProfileSummary,
  Randomisation,
  RandomisationSummary,
  furtherParameters,
  Localisation,
  LocalisationSummary,
  PlaySummary,
  StructurePlay,
} from './occlusionFurther';

const positive = z.number().positive();
const whole = z.number().int().positive();
const number = z.number().nullable();

/** (i, j, k) in mm, or one number for all axes. */
const Length = z.union([positive, z.tuple([positive, positive, positive])]);
/** Tensor order (slice, row, column), or one number for all axes. */
const Voxels = z.union([whole, z.array(whole).min(1).max(3)]);

const NameOrIndex = z.union([z.string().min(1), z.number().int().nonnegative()]);

const Box = z.strictObject({
  start: z.array(z.number().int().nonnegative()).min(1).max(3),
  size: z.array(whole).min(1).max(3),
});

/** What the score is about. */
export const OcclusionTarget = z.union([
  z.strictObject({ class: NameOrIndex }),
  z.strictObject({ label: NameOrIndex, region: z.union([z.string().min(1), Box]).optional() }),
  z.strictObject({
    output: NameOrIndex.default(0),
    channel: z.number().int().nonnegative(),
    voxel: z.array(z.number().int().nonnegative()).max(3).default([]),
  }),
  z.strictObject({ doseIn: z.string().min(1) }),
]);
export type OcclusionTarget = z.output<typeof OcclusionTarget>;

export const scores = ['margin', 'logit', 'probability', 'mean', 'soft-volume', 'value'] as const;
export type ScoreName = (typeof scores)[number];

/** What stands where something is hidden. A constant is in HU; for arrays in network units. */
export const FillChoice = z.union([
  z.enum(['mean', 'local-mean', 'blur', 'noise', 'harmonic']),
  z.strictObject({ constant: z.number() }),
  /** What another patient has at the same place: an input of the job by its id, or a folder of DICOM. */
  z.strictObject({ donor: z.string().min(1) }),
]);
export type FillChoice = z.output<typeof FillChoice>;

/** Studies that fillings name, each once. */
export const donorNames = (choices: readonly FillChoice[]): readonly string[] => [
  ...new Set(choices.flatMap((choice) => (typeof choice === 'object' && 'donor' in choice ? [choice.donor] : []))),
];

export const verdictCodes = ['undetermined', 'outside-body', 'structure-driven', 'context-driven', 'mixed'] as const;
export type OcclusionCode = (typeof verdictCodes)[number];

const Parameters = z
  .strictObject({
    windowMm: Length.default(20).meta(
      field({
        label: { en: 'Window', fr: 'Fenêtre' },
        help: {
          en: 'Side of the hidden cube; taken to the odd number of voxels nearest to it. 20 mm for organs, 10 mm for detail.',
          fr: 'Côté du cube occultant, ramené au nombre impair de voxels le plus proche. 20 mm pour les organes, 10 mm pour le détail.',
        },
        unit: 'mm',
        control: 'length',
      }),
    ),
    strideMm: Length.optional().meta(
      field({
        label: { en: 'Stride', fr: 'Pas' },
        help: {
          en: 'Distance between neighbouring positions; half of the window if left out.',
          fr: 'Distance entre positions voisines ; la moitié de la fenêtre si omis.',
        },
        unit: 'mm',
        control: 'length',
      }),
    ),
    windowVoxels: Voxels.optional().meta(
      field({
        label: { en: 'Window in voxels', fr: 'Fenêtre en voxels' },
        help: {
          en: 'In place of the window in mm, taken as given (slice, row, column).',
          fr: 'À la place de la fenêtre en mm, prise telle quelle (coupe, ligne, colonne).',
        },
        unit: 'voxels',
        control: 'voxels',
      }),
    ),
    strideVoxels: Voxels.optional().meta(
      field({
        label: { en: 'Stride in voxels', fr: 'Pas en voxels' },
        help: {
          en: 'In place of the stride in mm (slice, row, column).',
          fr: 'À la place du pas en mm (coupe, ligne, colonne).',
        },
        unit: 'voxels',
        control: 'voxels',
      }),
    ),
    placement: z
      .enum(['inside', 'truncated'])
      .default('inside')
      .meta(
        field({
          label: { en: 'Last window', fr: 'Dernière fenêtre' },
          help: {
            en: 'Moved inside the image (whole), or cut at its edge as Captum does (a smaller window looks less important).',
            fr: "Déplacée dans l'image (entière), ou coupée à son bord comme le fait Captum (une fenêtre plus petite paraît moins importante).",
          },
          control: 'choice',
        }),
      ),
    fill: z
      .union([FillChoice, z.array(FillChoice).min(1)])
      .default('local-mean')
      .meta(
        field({
          label: { en: 'Filling', fr: 'Remplissage' },
          help: {
            en: 'What stands in the hidden place. A result counts only where several fillings agree; the map is of the first.',
            fr: "Ce qui prend la place cachée. Un résultat ne vaut que si plusieurs remplissages s'accordent ; la carte est du premier.",
          },
          control: 'choices',
        }),
      ),
    target: OcclusionTarget.optional().meta(
      field({
        label: { en: 'About', fr: 'Au sujet de' },
        help: {
          en: 'The class, the label (in a structure or box), the output voxel or the structure whose dose is explained. A classifier’s default is the class that it predicts.',
          fr: "La classe, l'étiquette (dans une structure ou une boîte), le voxel de sortie ou la structure dont la dose est expliquée. Par défaut, la classe prédite.",
        },
        control: 'target',
      }),
    ),
    score: z
      .enum(scores)
      .optional()
      .meta(
        field({
          label: { en: 'Score', fr: 'Score' },
          help: {
            en: 'The number whose drop is measured. Left out: margin for classes, soft volume for labels, mean for dose, value for a voxel.',
            fr: 'Le nombre dont on mesure la baisse. Par défaut : marge pour une classe, volume souple pour une étiquette, moyenne pour la dose, valeur pour un voxel.',
          },
          control: 'choice',
        }),
      ),
    channels: z
      .enum(['image', 'all'])
      .default('image')
      .meta(
        field({
          label: { en: 'Hidden channels', fr: 'Canaux cachés' },
          help: {
            en: 'Images alone, or structure masks and dose as well (there as if nothing were drawn or planned).',
            fr: "Les images seules, ou aussi les masques de structures et la dose (comme si rien n'y était tracé ni planifié).",
          },
          control: 'choice',
        }),
      ),
    structure: z
      .string()
      .min(1)
      .optional()
      .meta(
        field({
          label: { en: 'Structure in question', fr: 'Structure en question' },
          help: {
            en: 'The structure that the verdict holds against its surroundings; left out, the one of the target.',
            fr: 'La structure que le verdict oppose à son entourage ; par défaut, celle de la cible.',
          },
          control: 'text',
        }),
      ),
    game: z
      .boolean()
      .default(true)
      .meta(
        field({
          label: { en: 'Structure or surroundings', fr: 'Structure ou entourage' },
          help: {
            en: 'Plays the eight coalitions of structure, rest of the body and outside, with three fillings: 21 passes an input.',
            fr: "Joue les huit coalitions de la structure, du reste du corps et de l'extérieur, avec trois remplissages : 21 passages par entrée.",
          },
          control: 'choice',
        }),
      ),
    ...furtherParameters,
    noiseDraws: whole.default(3).meta(
      field({
        label: { en: 'Draws of noise', fr: 'Tirages du bruit' },
        help: {
          en: 'Passes a position for the filling “noise”.',
          fr: 'Passages par position pour le remplissage « bruit ».',
        },
        control: 'number',
      }),
    ),
    seed: z
      .number()
      .int()
      .nonnegative()
      .default(1)
      .meta(
        field({
          label: { en: 'Seed', fr: 'Graine' },
          help: {
            en: 'Of the filling “noise” and of random shifts.',
            fr: 'Du remplissage « bruit » et des décalages tirés.',
          },
          control: 'number',
        }),
      ),
  })
  .refine(({ strideMm, strideVoxels }) => strideMm === undefined || strideVoxels === undefined, {
    path: ['strideVoxels'],
    message: 'give the stride in mm or in voxels, not both',
  });
export type OcclusionParameters = z.output<typeof Parameters>;

const Structure = z.strictObject({
  name: z.string(),
  kind: z.enum(['structure', 'unlabelled', 'outside']),
  cc: number,
  /** Share of Σ|support| over the body; of what lies outside, relative to it. */
  share: number,
  /** Share over the share of the body's volume. */
  perVolume: number,
  mean: number,
  /** The value of largest size, with its sign. */
  peak: number,
  peakMm: z.tuple([z.number(), z.number(), z.number()]).nullable(),
  sign: z.enum(['supports', 'opposes', 'mixed', 'none']),
  /** Share of its voxels where a window changed something. */
  testedShare: number,
  /** |support| that 50 % and 2 % of the volume reach. */
  a50: number,
  a2: number,
});
export type StructureFigures = z.infer<typeof Structure>;

const Histogram = z.strictObject({ name: z.string(), volume: z.array(z.number()) });

const Three = z.strictObject({ structure: number, context: number, outside: number });

/** The eight coalitions of one filling. Bit 0: structure, bit 1: rest of the body, bit 2: outside. */
const Game = z.strictObject({
  fill: z.string(),
  scores: z.array(number).length(8),
  shapley: Three,
  necessity: Three,
  sufficiency: Three,
  interaction: number,
});
export type GameFigures = z.infer<typeof Game>;

const Values = z.strictObject({
  target: z.record(z.string(), z.unknown()),
  score: z.enum(scores),
  unit: z.string(),
  baseline: number,
  /** Of a classifier by slices, the score of each plane; `baseline` is their mean. */
  baselines: z.array(number).optional(),
  lattice: z.strictObject({
    start: z.array(z.number().int()),
    step: z.array(z.number().int()),
    count: z.array(z.number().int()),
    windowVoxels: z.array(z.number().int()),
    /** The realised window in mm, tensor order; null for arrays. */
    windowMm: z.array(z.number()).nullable(),
  }),
  fill: z.string(),
  passes: z.number().int(),
  computed: z.number().int(),
  /** Positions whose filling equals what it hides (less than 5 HU rms): not tested. */
  notTested: z.number().int(),
  structures: z.array(Structure),
  /** Attribution–volume histograms: share of each volume with |support| ≥ the threshold. */
  histograms: z.strictObject({ thresholds: z.array(z.number()), curves: z.array(Histogram) }),
  /** Mean Spearman correlation between the maps of the fillings inside the body; null with one filling. */
  fillAgreement: number,
  selfCheck: z.strictObject({ positions: z.number().int(), largestDifference: number }),
  /** Effects below ten times this are below the numerical floor. */
  numericalFloor: number,
  game: z
    .strictObject({
      structure: z.string(),
      usable: z.boolean(),
      effect: number,
      fills: z.array(Game),
      /** Share of 40 shifted copies of the structure that matter less than itself, in each filling that was shifted. */
      specific: z.boolean().nullable(),
    })
    .nullable(),
  /** Where `structures` were named: the game of each against all others. */
  structurePlay: StructurePlay.optional(),
  localisation: Localisation.optional(),
  profile: ContextProfile.optional(),
  dependence: DependenceMatrix.optional(),
  randomisation: Randomisation.optional(),
  databaseDistance: DatabaseDistance.optional(),
  donors: Donors.optional(),
});

const Ranked = z.strictObject({
  name: z.string(),
  kind: z.enum(['structure', 'unlabelled', 'outside']),
  n: z.number().int(),
  share: Figure,
  perVolume: Figure,
  mean: Figure,
  peak: Figure,
});
export type RankedStructure = z.infer<typeof Ranked>;

const Summary = z.strictObject({
  patients: z.number().int(),
  structures: z.array(Ranked),
  verdict: z.strictObject({
    usable: z.number().int(),
    players: z.strictObject({ structure: Figure, context: Figure, outside: Figure }),
    necessity: Three,
    sufficiency: z.strictObject({ structure: Figure, context: Figure, outside: Figure }),
    interaction: Figure,
    byFill: z.record(z.string(), z.enum(verdictCodes)),
    subtype: z.enum(['conjunctive', 'redundant', 'additive']).nullable(),
    specific: number,
  }),
  structurePlay: PlaySummary.optional(),
  localisation: LocalisationSummary.optional(),
  profile: ProfileSummary.optional(),
  dependence: DependenceSummary.optional(),
  randomisation: RandomisationSummary.optional(),
  databaseDistance: DistanceSummary.optional(),
});
export type OcclusionSummary = z.infer<typeof Summary>;
export type OcclusionValues = z.infer<typeof Values>;

/** Occlusion: what the answer loses when a place is hidden. */
export const occlusion = defineAnalysis({
  id: 'occlusion',
  version: 1,
  name: { en: 'Occlusion', fr: 'Occultation' },
  question: { en: 'Where does it look?', fr: 'Où regarde-t-il ?' },
  source: 'Zeiler & Fergus 2014, section 4.2; Kokhlikyan 2020 (Captum); Shapley 1953',
  parameters: Parameters,
  studies: ({ fill }) => donorNames(Array.isArray(fill) ? fill : [fill]),
  values: Values,
  summary: Summary,
});
