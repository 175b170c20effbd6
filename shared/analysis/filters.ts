import { z } from 'zod';
import { Figure } from '../result';
import { defineAnalysis, field } from './definition';
import { FiltersResponse } from './filtersResponse';

/** What a layer's kernels look like: unlike an iid draw, like one, or too few to tell. */
export const filterStatuses = ['structured', 'noise-like', 'undetermined'] as const;
export type FilterStatus = (typeof filterStatuses)[number];

/** Laws that frameworks draw weights from; those of PyTorch only where they are named. */
export const initialLaws = [
  'glorot-uniform',
  'glorot-normal',
  'he-uniform',
  'he-normal',
  'tfjs-glorot-normal',
  'tfjs-he-normal',
  'torch-uniform',
  'torch-he-normal',
] as const;
export type InitialLaw = (typeof initialLaws)[number];

const number = z.number().nullable();
const whole = z.number().int().nonnegative();

const Parameters = z.strictObject({
  nodes: z
    .union([z.literal('all'), z.array(z.string().min(1)).min(1)])
    .default('all')
    .meta(
      field({
        label: { en: 'Layers', fr: 'Couches' },
        help: { en: 'Layers whose kernels are looked at.', fr: 'Couches dont les noyaux sont examinés.' },
        control: 'nodes',
      }),
    ),
  save: z
    .array(z.string().min(1))
    .default([])
    .meta(
      field({
        label: { en: 'Weights to save', fr: 'Poids à enregistrer' },
        help: {
          en: 'Layers whose weights are written to disk as .npy: kernel axes, input, output.',
          fr: 'Couches dont les poids sont écrits sur le disque en .npy : axes du noyau, entrée, sortie.',
        },
        control: 'nodes',
      }),
    ),
  initial: z
    .string()
    .min(1)
    .optional()
    .meta(
      field({
        label: { en: 'Starting weights', fr: 'Poids de départ' },
        help: {
          en: 'File of the same network before its training (checkpoint 0): how far has each layer travelled?',
          fr: 'Fichier du même réseau avant son apprentissage (point de sauvegarde 0) : quel chemin chaque couche a-t-elle fait ?',
        },
        control: 'text',
      }),
    ),
  reference: z
    .string()
    .min(1)
    .optional()
    .meta(
      field({
        label: { en: 'Trained reference', fr: 'Référence entraînée' },
        help: {
          en: 'File of a network of the same architecture that is known to be trained: its numbers stand beside.',
          fr: "Fichier d'un réseau de même architecture que l'on sait entraîné : ses chiffres sont mis à côté.",
        },
        control: 'text',
      }),
    ),
  initialiser: z
    .enum(['unknown', ...initialLaws])
    .default('unknown')
    .meta(
      field({
        label: { en: 'Law of the start', fr: 'Loi de départ' },
        help: {
          en: 'What the weights were drawn from. Unknown: the laws of Keras and TensorFlow.js are all tried.',
          fr: 'Loi dont les poids ont été tirés. Inconnue : celles de Keras et TensorFlow.js sont toutes essayées.',
        },
        control: 'choice',
      }),
    ),
  twins: z
    .number()
    .int()
    .min(0)
    .max(100)
    .default(10)
    .meta(
      field({
        label: { en: 'Fresh twins', fr: 'Jumeaux neufs' },
        help: {
          en: 'Freshly initialised copies whose numbers stand beside each number.',
          fr: 'Copies fraîchement initialisées dont les chiffres sont mis à côté de chaque chiffre.',
        },
        control: 'number',
      }),
    ),
  level: z
    .number()
    .gt(0)
    .max(0.5)
    .default(0.05)
    .meta(
      field({
        label: { en: 'False alarms', fr: 'Fausses alertes' },
        help: {
          en: 'Share of untouched layers that may be called structured (Holm over the four tests).',
          fr: 'Part des couches intactes qui peuvent être dites structurées (Holm sur les quatre tests).',
        },
        control: 'number',
      }),
    ),
  response: z
    .boolean()
    .default(false)
    .meta(
      field({
        label: { en: 'Linear-system view', fr: 'Vue du système linéaire' },
        help: {
          en: 'Also shows the network a water field with a line, known noise and an insert: modulation transfer, noise gain and CT-number response of each layer. No patient; some dozens of passes.',
          fr: 'Montre aussi au réseau un champ d’eau avec une ligne, un bruit connu et un insert : transfert de modulation, gain de bruit et réponse aux nombres CT de chaque couche. Sans patient ; quelques dizaines de passages.',
        },
        control: 'choice',
      }),
    ),
});

/** Figures of one kernel: for ranking only, a single kernel never shows whether it is noise. */
const Kernel = z.strictObject({
  /** Channels as the array `[k…, in, out]` counts them. */
  in: whole,
  out: whole,
  /** Deviations of Moran's I from noise: rook neighbours, variance under normality. */
  moranZ: number,
  gearyC: number,
  /** Share of the energy in slow waves, the mean included (DCT-II). */
  lowFrequencyShare: number,
  /** Share of the energy in waves faster than the median one. */
  highFrequencyShare: number,
  /** Σ|difference of neighbours| over the norm of the weights less their mean. */
  totalVariation: number,
  norm: z.number(),
});
export type KernelFigures = z.infer<typeof Kernel>;

const Fit = z.strictObject({ statistic: z.number(), p: z.number() });
const ChiSquared = z.strictObject({ statistic: z.number(), freedom: z.number(), p: z.number() });

const Tests = z.strictObject({
  /** Directions (Bingham, Rayleigh), mean Moran's I, mean slow share, largest singular value; null where a test does not apply. */
  p1: number,
  p2: number,
  p3: number,
  p4: number,
  /** The same after Holm's correction, in that order. */
  holm: z.tuple([number, number, number, number]),
  bingham: ChiSquared.nullable(),
  rayleigh: ChiSquared.nullable(),
  moranMeanZ: number,
  lowFrequencyMeanZ: number,
  tracyWidomT: number,
});
export type LayerTests = z.infer<typeof Tests>;

const Initialiser = z.strictObject({
  fanIn: whole,
  fanOut: whole,
  /** The law that fits best, of `bestOf` that were tried. */
  law: z.enum(initialLaws),
  bestOf: whole,
  p: z.number(),
  /** Share of the weights beyond what the widest law tried can give: exactly 0 in an untouched layer. */
  supportViolation: number,
  limit: number,
  varianceRatio: Figure,
  laws: z.array(
    z.strictObject({
      law: z.enum(initialLaws),
      limit: number,
      supportViolation: number,
      varianceRatio: Figure,
      ks: z.number(),
      p: z.number(),
      mardiaExpected: z.number(),
    }),
  ),
  /** Anderson–Darling against a normal law of any mean and spread. */
  normality: Fit,
  /** Mardia's kurtosis of the kernels; null below 5 kernels a weight. */
  mardia: number,
});
export type InitialiserFigures = z.infer<typeof Initialiser>;

const Change = z.strictObject({
  /** ‖W − W₀‖ / ‖W₀‖. */
  relativeDistance: z.number(),
  cosine: number,
});
export type ChangeFigures = z.infer<typeof Change>;

const Numbers = z.strictObject({
  varianceEntropy: number,
  /** 5 % quantile and median of iid normal kernels of this size and number; null where no table reaches. */
  varianceEntropyOfNoise: z.strictObject({ q05: z.number(), median: z.number() }).nullable(),
  stableRank: number,
  stableRankOfNoise: number,
  /** Squared singular values beyond Tracy–Widom's 99 %. */
  mpOutliers: number,
  mpOutlierShare: number,
  alpha: Figure,
  /** Share of the kernels whose largest weight is below 1 % of the layer's. */
  droppedShare: z.number(),
  kernelsKept: whole,
  moranMean: number,
  lowFrequencyMean: number,
  /** 0 for noise, 1 where all kernels are ± one shape. */
  alignment: Figure,
  /** Smooth share of the variance that gives such a mean Moran's I. */
  smoothShare: Figure,
  /** Weights that are not numbers. */
  notFinite: whole,
  tests: Tests,
});
export type LayerNumbers = z.infer<typeof Numbers>;

const Band = z.strictObject({ mean: z.number(), low: z.number(), high: z.number() });
export type Band = z.infer<typeof Band>;

const Twin = z.strictObject({
  law: z.enum(initialLaws),
  /** How many were drawn. */
  drawn: whole,
  /** How many of them were called structured. */
  structured: whole,
  /** Mean, least and greatest over the twins, by the name of the layer's number. */
  layer: z.record(z.string(), Band),
  /** Mean, 5 % and 95 % quantile over the twins' kernels, by the name of the kernel's number. */
  kernels: z.record(z.string(), Band),
  singularValues: z.array(z.number()),
});
export type TwinFigures = z.infer<typeof Twin>;

const Layer = z.strictObject({
  node: z.string(),
  op: z.string(),
  /** Which of the node's arrays. */
  weight: z.string(),
  /** Sizes of one kernel, tensor order; empty for a dense layer. */
  kernelSize: z.array(whole),
  inputs: whole,
  outputs: whole,
  kernels: z.array(Kernel),
  layer: Numbers.extend({
    initialiser: Initialiser.nullable(),
    /** From `initial`; null without it. */
    change: Change.nullable(),
    /** Over the root mean square of the weights, falling; of many, evenly chosen ones. */
    singularValues: z.array(z.number()),
  }),
  status: z.enum(filterStatuses),
  /** Kernels from which noise can be told; null where that is not known for such kernels. */
  kernelsNeeded: number,
  /** Smooth share of the variance that so many kernels show in 80 % of layers. */
  visibleShare: number,
  twin: Twin.nullable(),
  /** The same numbers of the trained reference. */
  reference: Numbers.extend({ status: z.enum(filterStatuses) }).nullable(),
});
export type FilterLayer = z.infer<typeof Layer>;

/** Filters: do the kernels look trained, or like the random numbers that they began with? */
export const filters = defineAnalysis({
  id: 'filters',
  version: 1,
  name: { en: 'Filters', fr: 'Filtres' },
  question: { en: 'Does it look trained enough?', fr: 'A-t-il l’air assez entraîné ?' },
  source:
    'Moran 1950; Cliff & Ord 1981; Bingham 1974; Mardia & Jupp 2000; Johnstone 2001; Gavrikov & Keuper 2022; Clauset 2009',
  ofNetwork: true,
  networks: ['initial', 'reference'],
  parameters: Parameters,
  values: z.strictObject({}),
  summary: z.strictObject({
    layers: z.array(Layer),
    network: z.strictObject({
      layers: whole,
      /** Layers that are structured or have kernels enough to be called noise-like. */
      testable: whole,
      noiseLike: whole,
      structured: whole,
      /** Testable layers unlike noise after Benjamini–Hochberg over the layers. */
      structuredAcrossLayers: whole,
    }),
    /** Where `response` is asked for; null where the network does not take one map. */
    response: FiltersResponse.nullable().optional(),
  }),
});
export type FiltersParameters = z.output<typeof Parameters>;
export type FiltersSummary = z.output<typeof filters.summary>;
