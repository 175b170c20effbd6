import { z } from 'zod';
import { Words } from '../verdict';
import { defineAnalysis, field } from './definition';

/** Quantile bands of a channel's largest value over the inputs, strongest first. Source: methods §1.3, Bands. */
export const searchBands = ['0.999-1', '0.99-0.999', '0.9-0.99', '0.5-0.9', '0-0.5', 'zero'] as const;
export type SearchBand = (typeof searchBands)[number];

const wholeNumber = z.number().int().nonnegative();

const Nodes = z
  .union([z.literal('all'), z.array(z.string().min(1)).min(1)])
  .default('all')
  .meta(
    field({
      label: { en: 'Layers', fr: 'Couches' },
      help: { en: 'Layers whose neurons are asked.', fr: 'Couches dont les neurones sont interrogés.' },
      control: 'nodes',
    }),
  );

const Channels = z
  .union([z.literal('all'), z.array(wholeNumber).min(1)])
  .default('all')
  .meta(
    field({
      label: { en: 'Channels', fr: 'Canaux' },
      help: {
        en: 'Channels of these layers, by number from 0; all unless some are named.',
        fr: 'Canaux de ces couches, par numéro à partir de 0 ; tous si aucun n’est nommé.',
      },
      control: 'choice',
    }),
  );

const Parameters = z.strictObject({
  nodes: Nodes,
  channels: Channels,
  top: z
    .number()
    .int()
    .min(1)
    .max(100)
    .default(9)
    .meta(
      field({
        label: { en: 'Places shown', fr: 'Lieux montrés' },
        help: {
          en: 'How many of the places where a neuron answers most are kept.',
          fr: 'Combien des lieux où un neurone répond le plus sont gardés.',
        },
        control: 'number',
      }),
    ),
  extreme: z
    .enum(['most', 'least', 'bands'])
    .default('most')
    .meta(
      field({
        label: { en: 'Which places', fr: 'Quels lieux' },
        help: {
          en: 'Where it answers most, least (before a rectifier), or drawn from bands of ordinary days.',
          fr: 'Où il répond le plus, le moins (avant un redresseur), ou tirés de tranches de jours ordinaires.',
        },
        control: 'choice',
      }),
    ),
  perPatient: z
    .number()
    .int()
    .min(1)
    .max(20)
    .default(1)
    .meta(
      field({
        label: { en: 'Places per patient', fr: 'Lieux par patient' },
        help: {
          en: 'At most so many of one patient, half a receptive field apart. 1 keeps one patient from filling the list.',
          fr: 'Au plus autant d’un même patient, à un demi-champ récepteur l’un de l’autre. 1 évite qu’un patient remplisse la liste.',
        },
        control: 'number',
      }),
    ),
  score: z
    .union([z.enum(['max', 'mean']), z.strictObject({ voxel: z.array(wholeNumber) })])
    .default('max')
    .meta(
      field({
        label: { en: 'Ranked by', fr: 'Classé par' },
        help: {
          en: 'The largest value of the map, its mean (for textures), or the value at one voxel of the map.',
          fr: 'La plus grande valeur de la carte, sa moyenne (pour les textures), ou la valeur en un voxel de la carte.',
        },
        control: 'choice',
      }),
    ),
  inFull: z
    .number()
    .int()
    .min(0)
    .max(1024)
    .default(32)
    .meta(
      field({
        label: { en: 'Neurons in full', fr: 'Neurones en détail' },
        help: {
          en: 'The first so many neurons get crops as files, what the crops hold, and the score against structures and dose; of the others only the places are listed.',
          fr: 'Les premiers, autant que dit ici, ont leurs extraits en fichiers, leur contenu, et le score contre structures et dose ; des autres, seuls les lieux sont listés.',
        },
        control: 'number',
      }),
    ),
  seed: z
    .number()
    .int()
    .default(1)
    .meta(
      field({
        label: { en: 'Seed', fr: 'Graine' },
        help: {
          en: 'Of the examples that are drawn from bands, and of the starts of synthesised inputs.',
          fr: 'Des exemples tirés des tranches, et des départs des entrées synthétiques.',
        },
        control: 'number',
      }),
    ),
  effectiveField: z
    .boolean()
    .default(false)
    .meta(
      field({
        label: { en: 'Effective receptive field', fr: 'Champ récepteur effectif' },
        help: {
          en: 'For each neuron in full, how much of what it can see moves it: one gradient an input, at its strongest place. Slower.',
          fr: 'Pour chaque neurone en détail, quelle part de ce qu’il peut voir l’influence : un gradient par entrée, à son lieu le plus fort. Plus lent.',
        },
        control: 'choice',
      }),
    ),
  synthesised: z
    .number()
    .int()
    .min(0)
    .max(64)
    .default(0)
    .meta(
      field({
        label: { en: 'Synthesised inputs', fr: 'Entrées synthétiques' },
        help: {
          en: 'For the first so many neurons an input made by gradient ascent that excites them most, inside the bounds of the recipe. Not a patient. 0: none.',
          fr: 'Pour les premiers neurones, autant que dit ici, une entrée faite par montée de gradient qui les excite le plus, dans les bornes de la recette. Pas un patient. 0 : aucune.',
        },
        control: 'number',
      }),
    ),
  synthesisSteps: z
    .number()
    .int()
    .min(1)
    .max(4096)
    .default(256)
    .meta(
      field({
        label: { en: 'Steps of the ascent', fr: 'Pas de la montée' },
        help: {
          en: 'How many gradient steps each of its starts takes.',
          fr: 'Combien de pas de gradient prend chacun de ses départs.',
        },
        control: 'number',
      }),
    ),
  regularisation: z
    .number()
    .min(0)
    .max(10)
    .default(0.1)
    .meta(
      field({
        label: { en: 'Smoothness of synthesised inputs', fr: 'Lissage des entrées synthétiques' },
        help: {
          en: 'How strongly roughness counts against the answer at the start. 0: the answer alone counts, without blur or jitter.',
          fr: 'Poids de la rugosité face à la réponse au départ. 0 : seule la réponse compte, sans flou ni décalage.',
        },
        control: 'number',
      }),
    ),
});

const number = z.number().nullable();
const share = z.number().min(0).max(1);

/** A structure that a crop overlaps. */
const Overlap = z.strictObject({
  name: z.string(),
  /** Share of the crop's volume inside it. */
  share,
  /** The middle of the place lies inside it. */
  centre: z.boolean(),
});

const Box = z.strictObject({ start: z.array(z.number()), size: z.array(z.number()) });
const point = z.tuple([z.number(), z.number(), z.number()]);

/** What one channel of the network's input holds in a crop, in its physical unit (HU, Gy; network units where those are not known). */
const CropChannel = z.strictObject({ name: z.string(), unit: z.string(), mean: number, sd: number, centre: number });

const Place = z.strictObject({
  input: z.string(),
  patient: z.string(),
  value: z.number(),
  /** Before the activation, where the ranking is by it. */
  preActivation: z.number().optional(),
  /** In the node's map; for a study's planes in a 2D network the plane first. */
  position: z.array(z.number()),
  /** The receptive field in input voxels, cut to the input. */
  box: Box,
  /** Share of the receptive field that lies outside the input. */
  clipped: share,
  /** At the voxels' faces; null for arrays. */
  boxMm: z.strictObject({ min: point, max: point }).nullable(),
  /** The middle of the place in the patient: the centre of the receptive field; of the crop where all of the input is seen. */
  centreMm: point.nullable(),
  structures: z.array(Overlap),
  /** The crop as the network saw it, relative to results.json; null where it was not written. */
  crop: z.string().nullable(),
  channels: z.array(CropChannel).optional(),
  band: z.enum(searchBands).optional(),
});
export type SearchPlace = z.infer<typeof Place>;

/** How often the strongest places lie in one structure, against places drawn at random in the same patients' bodies. */
const Lying = z.strictObject({
  name: z.string(),
  /** Patients of the list that have the structure. */
  patients: z.number().int(),
  /** Of those, in how many the strongest place lies in it. */
  inside: z.number().int(),
  /** How many it would be by chance: the sum of the structure's shares of the body. */
  expected: z.number(),
  /** inside / expected. */
  lift: number,
  /** Chance of at least as many, each patient with its own share (Poisson-binomial), times the number of structures looked at. */
  p: z.number(),
});
export type SearchLying = z.infer<typeof Lying>;

const Agreement = z.strictObject({
  name: z.string(),
  kind: z.enum(['structure', 'dose']),
  patients: z.number().int(),
  /** Share of the voxels inside. */
  share,
  /** Σ intersections over Σ unions at the channel's threshold. */
  iou: z.number(),
  /** What a mask of the same size placed at random would have: q·s / (q + s − q·s). */
  chance: z.number(),
  /** iou / chance. */
  lift: number,
  /** Share of the mask that lies inside, over the region's share: 1 by chance, 1 / share where the mask lies wholly inside. */
  concentration: number,
  /** The same with a mask as large as the structure. */
  matched: z.strictObject({ share, iou: z.number(), chance: z.number(), lift: number, concentration: number }),
});
export type SearchAgreement = z.infer<typeof Agreement>;

const Dissection = z.strictObject({
  /** The mask holds the voxels above it. */
  threshold: z.number(),
  /** Share of the database's voxels in the mask: 0.005, or the next smaller that equal values allow. */
  maskShare: share,
  patients: z.number().int(),
  regions: z.array(Agreement),
});
export type SearchDissection = z.infer<typeof Dissection>;

/** What a neuron can see of the input by the graph, and how much of that moves it. One entry a spatial axis, tensor order. */
const Reach = z.strictObject({
  /** The theoretical receptive field. *Units* input voxels; null along an axis that is seen whole. */
  size: z.array(number),
  /** null for arrays, or where inputs differ in their voxels. */
  sizeMm: z.array(number).nullable(),
  /** By the gradient at the strongest place of each input; null where it was not asked for, cannot be had, or is zero everywhere. */
  effective: z
    .strictObject({
      inputs: z.number().int(),
      /** Standard deviation of the gradient's strength about its centre of gravity. *Units* input voxels. */
      deviation: z.array(z.number()),
      deviationMm: z.array(z.number()).nullable(),
      /** √(ΣG·r²/ΣG) about the centre of gravity. */
      radiusMm: number,
      /** Voxels where the strength exceeds 4.55 % of its peak, mean over the inputs, and their share of the theoretical field. */
      voxels: z.number(),
      share: number,
    })
    .nullable(),
});
export type SearchReach = z.infer<typeof Reach>;

const FileChannel = z.strictObject({ name: z.string(), unit: z.string() });

/** The crops of the list laid over each other by their places. Paths relative to results.json; `.npy`, tensor order, channels last. */
const MeanCrop = z.strictObject({
  crops: z.number().int(),
  /** *Units* those of `channels`; NaN where no crop reaches. */
  mean: z.string(),
  sd: z.string(),
  /** How many crops reach each voxel. */
  counts: z.string(),
  size: z.array(z.number().int()),
  /** The place itself. */
  middle: z.array(z.number().int()),
  channels: z.array(FileChannel),
});
export type SearchMeanCrop = z.infer<typeof MeanCrop>;

/** An input made by gradient ascent: not a patient. */
const Synthesised = z.strictObject({
  /** In network units, tensor order, channels last: the receptive field of the neuron that was driven. */
  file: z.string(),
  size: z.array(z.number().int()),
  value: z.number(),
  /** The list's best value; `timesDatabaseMax` is null where the two have no ratio. */
  databaseMax: z.number(),
  timesDatabaseMax: number,
  /** Share of its voxels, masks left out, within half a percent of a bound. */
  atBounds: share,
  /** More than three times the database's best, or more than a fifth of the voxels at a bound. */
  outsideReality: z.boolean(),
  /** What each start reached; the last is the database's best crop where that was at hand. */
  reached: z.array(number),
  /** Ends of each channel in its physical unit, and where they come from. */
  bounds: z.array(
    FileChannel.extend({ low: z.number(), high: z.number(), from: z.enum(['recipe', 'mask', 'database']) }),
  ),
  note: Words,
});
export type SearchSynthesised = z.infer<typeof Synthesised>;

const Neuron = z.strictObject({
  node: z.string(),
  channel: z.number().int(),
  /** What the order is by: the node's own value, or what stands before its activation where that is flat. */
  rankedBy: z.enum(['output', 'pre-activation']),
  top: z.array(Place),
  /** Every place of the list has the same value: the order says nothing. */
  constant: z.boolean(),
  lying: z.array(Lying),
  dissection: Dissection.nullable(),
  /** Of neurons in full. */
  reach: Reach.optional(),
  meanCrop: MeanCrop.optional(),
  synthesised: Synthesised.optional(),
  /** What the crops share, in words. */
  text: Words,
});
export type SearchNeuron = z.infer<typeof Neuron>;

/** Where, over a database, a neuron answers most, and what is there. */
export const search = defineAnalysis({
  id: 'search',
  version: 2,
  name: { en: 'Search', fr: 'Recherche' },
  question: { en: 'What does this neuron look for?', fr: 'Que cherche ce neurone ?' },
  source: 'Zeiler & Fergus 2014; Luo 2016; Araujo 2019; Bau 2017; Olah 2017',
  parameters: Parameters,
  values: z.strictObject({}),
  summary: z.strictObject({
    patients: z.number().int(),
    inputs: z.number().int(),
    extreme: z.enum(['most', 'least', 'bands']),
    neurons: z.array(Neuron),
  }),
});
export type SearchParameters = z.output<typeof Parameters>;
