import { z } from 'zod';
import { Figure } from '../result';
import { nearestWord } from '../schemaIssue';
import { defineAnalysis, field } from './definition';
import { DrillLine } from './robustnessDrill';
import { InputEquivariance, SummaryEquivariance } from './robustnessEquivariance';
import { familyFacts, familyIds, type FamilyFacts, type FamilyId, type Severity } from './robustnessFamilies';

const number = z.number().nullable();
const SeverityShape = z.union([z.number(), z.string().min(1)]);

/** Why a severity cannot be, in words; null where it can. */
function refusalOf(id: FamilyId, facts: FamilyFacts, severity: Severity): string | null {
  const { range, unit, words = [] } = facts;
  if (typeof severity === 'string')
    return words.includes(severity)
      ? null
      : words.length === 0
        ? `a severity of ${id} is a number (${unit}), not "${severity}"`
        : `${id} knows no "${severity}"; the nearest one is "${nearestWord(severity, words)}"`;
  const inside = severity >= range[0] && severity <= range[1];
  const span = `${String(range[0])} to ${String(range[1])}${unit === '' ? ' (on)' : ` ${unit}`}`;
  return inside ? null : `a severity of ${id} runs from ${span}; ${String(severity)} is out of range`;
}

const Family = z
  .strictObject({
    id: z.enum(familyIds),
    /** In the unit of the family; left out or empty: its own grid. */
    severities: z.array(SeverityShape).default([]),
  })
  .superRefine(({ id, severities }, context) => {
    severities.forEach((severity, n) => {
      const refusal = refusalOf(id, familyFacts[id], severity);
      if (refusal !== null) context.addIssue({ code: 'custom', path: ['severities', n], message: refusal });
    });
  });

const Families = z
  .array(Family)
  .default([
    { id: 'white-noise', severities: [] },
    { id: 'low-dose', severities: [] },
    { id: 'offset', severities: [] },
    { id: 'slope', severities: [] },
    { id: 'blur', severities: [] },
    { id: 'slice-thickness', severities: [] },
  ])
  .superRefine((families, context) => {
    families.forEach(({ id }, n) => {
      if (families.findIndex((other) => other.id === id) < n)
        context.addIssue({ code: 'custom', path: [n, 'id'], message: `the family ${id} is named twice` });
    });
  });

const Parameters = z.strictObject({
  families: Families.meta(
    field({
      label: { en: 'Degradations', fr: 'Dégradations' },
      help: {
        en: 'What is done to the input, and how strongly; none asks for the clean figures alone.',
        fr: "Ce que subit l'entrée, et avec quelle force ; aucune : les seuls chiffres intacts.",
      },
      control: 'families',
    }),
  ),
  tau: z
    .number()
    .min(0)
    .max(1)
    .default(0.9)
    .meta(
      field({
        label: { en: 'Confident from', fr: 'Assuré à partir de' },
        help: {
          en: 'A wrong answer counts as confidently wrong from this confidence on.',
          fr: 'Une réponse fausse est donnée avec assurance à partir de cette confiance.',
        },
        control: 'number',
      }),
    ),
  seeds: z
    .union([z.number().int().min(1).max(1000), z.array(z.number().int().nonnegative()).min(1).max(1000)])
    .default(10)
    .meta(
      field({
        label: { en: 'Draws of noise', fr: 'Tirages du bruit' },
        help: {
          en: 'Fields that each random degradation is drawn with; a list names the seeds. Each field keeps its pattern while its strength grows.',
          fr: 'Champs tirés pour chaque dégradation aléatoire ; une liste nomme les graines. Chaque champ garde son motif quand sa force croît.',
        },
        control: 'number',
      }),
    ),
  move: z
    .enum(['all', 'image'])
    .default('all')
    .meta(
      field({
        label: { en: 'What a shift or rotation moves', fr: 'Ce que déplace un décalage ou une rotation' },
        help: {
          en: 'Image, contours and dose alike (does the answer move along?), or the image alone (misregistration).',
          fr: "Image, contours et dose ensemble (la réponse suit-elle ?), ou l'image seule (mauvais recalage).",
        },
        control: 'choice',
      }),
    ),
  diceMin: z
    .number()
    .min(0)
    .max(1)
    .default(0.8)
    .meta(
      field({
        label: { en: 'A contour is wrong below Dice', fr: 'Un contour est faux sous un Dice de' },
        help: { en: 'For networks that draw contours.', fr: 'Pour les réseaux qui tracent des contours.' },
        control: 'number',
      }),
    ),
  hausdorffMaxMm: z
    .number()
    .positive()
    .default(10)
    .meta(
      field({
        label: { en: 'A contour is wrong above HD95', fr: 'Un contour est faux au-dessus d’un HD95 de' },
        help: { en: 'For networks that draw contours.', fr: 'Pour les réseaux qui tracent des contours.' },
        unit: 'mm',
        control: 'number',
      }),
    ),
  toleranceGy: z
    .number()
    .positive()
    .optional()
    .meta(
      field({
        label: { en: 'Dose tolerance', fr: 'Tolérance de dose' },
        help: {
          en: 'A dose is wrong where its mean absolute error exceeds this; left out, 3 % of the prescription, or 2 Gy where there is none.',
          fr: 'Une dose est fausse quand son erreur absolue moyenne la dépasse ; par défaut 3 % de la prescription, ou 2 Gy sans prescription.',
        },
        unit: 'Gy',
        control: 'number',
      }),
    ),
  degraded: z
    .boolean()
    .default(false)
    .meta(
      field({
        label: { en: 'Save degraded images', fr: 'Enregistrer les images dégradées' },
        help: {
          en: 'The input at every severity, with the first seed, on the grid that the network sees.',
          fr: "L'entrée à chaque sévérité, avec la première graine, sur la grille que voit le réseau.",
        },
        control: 'choice',
      }),
    ),
  equivariance: z
    .boolean()
    .default(false)
    .meta(
      field({
        label: { en: 'Equivariance error', fr: 'Erreur d’équivariance' },
        help: {
          en: 'Does the answer move with the image, voxel by voxel? Along the columns by 1 voxel (aliasing), and by the network’s coarsest step (exact away from the border).',
          fr: 'La réponse bouge-t-elle avec l’image, voxel par voxel ? Le long des colonnes de 1 voxel (repliement), et du pas le plus grossier du réseau (exact loin du bord).',
        },
        control: 'choice',
      }),
    ),
});
export type RobustnessParameters = z.output<typeof Parameters>;

export const outputKinds = ['classification', 'segmentation', 'regression'] as const;

/** What a contour of one label is worth in one state. */
const LabelShape = z.strictObject({
  label: z.string(),
  dice: number,
  hd95Mm: number,
  volumeCc: number,
  right: z.boolean().nullable(),
  confidence: number,
  /** Volume that is wrong, confident and farther than 2 mm from the true surface, in parts of at least 0.5 cc. */
  confidentWrongCc: number,
});
const DoseShape = z.strictObject({
  meanAbsoluteDifferenceGy: number,
  /** Share of voxels whose error exceeds the tolerance. */
  failingShare: number,
  /** Mean absolute change from the dose of the clean input. */
  meanChangeGy: number,
  structures: z.array(z.strictObject({ structure: z.string(), meanGy: number, d95Gy: number, d2Gy: number })),
});

export type LabelState = z.infer<typeof LabelShape>;
export type DoseState = z.infer<typeof DoseShape>;

/** What an input's answer is in one state, clean or degraded. */
const state = {
  right: z.boolean().nullable(),
  confidence: number,
  confidentWrong: z.boolean().nullable(),
  class: z.string().nullable().optional(),
  probabilities: z.array(number).optional(),
  /** Log-odds of the class against the others: positive where it is the answer. Of the truth, else of the clean answer. */
  margin: number.optional(),
  entropy: number.optional(),
  brier: number.optional(),
  nll: number.optional(),
  labels: z.array(LabelShape).optional(),
  dose: DoseShape.optional(),
  /** Share of the output's voxels whose label is not that of the clean input. */
  changedShare: number.optional(),
  /** Share of wrong voxels within 10 mm of the true or the predicted structures (of an array: of all). */
  wrongShare: number.optional(),
};
/** Strips what else an object holds. */
export const CleanState = z.object(state);

const StepShape = z.strictObject({
  severity: SeverityShape,
  ...state,
  /** Of several draws: `right` and `class` are those of most of them, numbers are means, and these the shares. */
  rightShare: number,
  confidentWrongShare: number,
  flippedShare: z.number(),
  draws: z.number().int(),
});
export type RobustnessStep = z.infer<typeof StepShape>;

/** The first severity that does it; of several draws the median (Kaplan and Meier's) and the first of all. */
const Breaking = z.strictObject({
  severity: SeverityShape.nullable(),
  first: SeverityShape.nullable(),
  reached: z.number().int(),
  draws: z.number().int(),
  /** Draws that at some larger severity answer as before again. */
  recovers: z.number().int(),
});
export type BreakingFigures = z.infer<typeof Breaking>;

const Attack = z.strictObject({ l2Hu: number, linfHu: number, rmsHu: number, l2: number, linf: number });

const InputFamily = z.strictObject({
  id: z.enum(familyIds),
  unit: z.string(),
  steps: z.array(StepShape),
  flip: Breaking,
  confidentlyWrong: Breaking,
  /** The clean answer is wrong already: nothing is left to break. */
  alreadyWrong: z.boolean(),
  /** Of DeepFool: the smallest pattern found, in HU and in network units. */
  attack: Attack.optional(),
});
export type InputFamilyFigures = z.infer<typeof InputFamily>;

const ByFamily = z.partialRecord(z.enum(familyIds), SeverityShape.nullable());

const Values = z.strictObject({
  kind: z.enum(outputKinds),
  truth: z.string().nullable(),
  clean: CleanState,
  families: z.array(InputFamily),
  firstFlip: ByFamily,
  firstConfidentlyWrong: ByFamily,
  /** Where it is asked for; null for a network of several inputs. */
  equivariance: InputEquivariance.nullable().optional(),
  passes: z.number().int(),
});
export type RobustnessValues = z.infer<typeof Values>;

const figures = {
  accuracy: Figure,
  confidence: Figure,
  confidentWrongRate: Figure,
  ece: number,
  brier: Figure,
  nll: Figure,
  dice: z.record(z.string(), Figure).optional(),
  hd95Mm: z.record(z.string(), Figure).optional(),
  volumeCc: z.record(z.string(), Figure).optional(),
  meanAbsoluteDifferenceGy: Figure.optional(),
};

const Bin = z.strictObject({
  n: z.number().int(),
  confidence: z.number(),
  accuracy: z.number(),
  wilson95: z.tuple([z.number(), z.number()]),
});

const CleanSummary = z.strictObject({
  n: z.number().int(),
  ...figures,
  /** Patients with a known truth. */
  judged: z.number().int(),
  /** P(wrong | confident), with the number of confident patients. */
  wrongWhenConfident: z.strictObject({ n: z.number().int(), value: Figure }),
  /** Upper 95 % bound where no patient was confidently wrong. */
  confidentWrongBound: number,
  confidentWrongCurve: z.array(z.strictObject({ tau: z.number(), rate: z.number() })),
  calibration: z
    .strictObject({
      bins: z.array(Bin),
      /** 95 % of the ECE that a perfectly calibrated network would show with these confidences, and the p-value. */
      band95: z.tuple([z.number(), z.number()]),
      p: z.number(),
      /** Debiased squared ℓ₂ error, as computed (it may be negative), and its root where it is positive. */
      debiasedSquared: z.number(),
      debiased: z.number(),
    })
    .nullable(),
  riskCoverage: z.strictObject({ aurc: z.number(), oracle: z.number(), excess: z.number() }).nullable(),
  /** What another temperature would do, fitted on patients that it is not judged on. */
  temperature: z
    .strictObject({ value: z.number(), nll: z.number(), confidentWrongRate: z.number(), clipped: z.number().int() })
    .nullable(),
});

const CurvePoint = z.strictObject({
  severity: SeverityShape,
  said: z.strictObject({ en: z.string(), fr: z.string() }),
  ...figures,
  flipRate: Figure,
  n: z.number().int(),
});
export type CurvePoint = z.infer<typeof CurvePoint>;

/** Breaking points over patients, those never reached counted as censored. */
const Survival = z.strictObject({
  n: z.number().int(),
  reached: z.number().int(),
  recovers: z.number().int(),
  median: number,
  smallest: SeverityShape.nullable(),
  steps: z.array(z.strictObject({ severity: z.number(), survival: z.number(), atRisk: z.number().int() })),
});

const FamilySummary = z.strictObject({
  id: z.enum(familyIds),
  name: z.strictObject({ en: z.string(), fr: z.string() }),
  unit: z.string(),
  curve: z.array(CurvePoint),
  flip: Survival,
  confidentlyWrong: Survival,
  alreadyWrong: z.number().int(),
  /** Area under accuracy over the severities tried, as a share of the clean accuracy. */
  area: number,
  /** Inputs to which it could not be applied. */
  notTested: z.number().int(),
});
export type FamilySummary = z.infer<typeof FamilySummary>;

/** One line of the tolerance sheet: within what the answer holds, and where it first fails. */
const Tolerance = z.strictObject({
  id: z.enum(familyIds),
  /** The largest severity tried up to which no patient's answer changed; on each side of a signed family. */
  holds: z.array(SeverityShape),
  tested: z.array(SeverityShape),
  firstFlip: z.strictObject({ severity: SeverityShape, patients: z.number().int() }).nullable(),
  firstConfidentlyWrong: z.strictObject({ severity: SeverityShape, patients: z.number().int() }).nullable(),
  n: z.number().int(),
  sentence: z.strictObject({ en: z.string(), fr: z.string() }),
});
export type ToleranceLine = z.infer<typeof Tolerance>;

const Summary = z.strictObject({
  kind: z.enum(outputKinds).nullable(),
  tau: z.number(),
  clean: CleanSummary,
  families: z.array(FamilySummary),
  tolerance: z.array(Tolerance),
  equivariance: SummaryEquivariance.nullable().optional(),
  /** One line a header fault, where the `metadata` family was tried. */
  drill: z.array(DrillLine).optional(),
});
export type RobustnessSummary = z.infer<typeof Summary>;

/** Robustness: how much worse the input may get before the answer changes, and whether the network then notices. */
export const robustness = defineAnalysis({
  id: 'robustness',
  version: 1,
  name: { en: 'Robustness', fr: 'Robustesse' },
  question: { en: 'What makes it confidently wrong?', fr: "Qu'est-ce qui le trompe avec assurance ?" },
  source:
    'Hendrycks & Dietterich 2019; Hendrycks & Gimpel 2017; Goodfellow 2015; Madry 2018; Moosavi-Dezfooli 2016; Guo 2017; Kaplan & Meier 1958',
  parameters: Parameters,
  values: Values,
  summary: Summary,
});
