import { z } from 'zod';
import { Figure } from '../result';
import { Certificate } from './certificate';
import { channelStatuses } from './channelStatuses';
import { defineAnalysis, field } from './definition';
import { InputVolumes, SummaryVolumes } from './mapsVolumes';

const share = z.number().min(0).max(1);
const number = z.number().nullable();

const Nodes = z
  .union([z.literal('all'), z.array(z.string().min(1)).min(1)])
  .default('all')
  .meta(
    field({
      label: { en: 'Layers', fr: 'Couches' },
      help: { en: 'Layers whose channels are measured.', fr: 'Couches dont les canaux sont mesurés.' },
      control: 'nodes',
    }),
  );

const Save = z
  .array(z.string().min(1))
  .default([])
  .meta(
    field({
      label: { en: 'Maps to save', fr: 'Cartes à enregistrer' },
      help: {
        en: 'Layers whose maps are written to disk, all channels.',
        fr: 'Couches dont les cartes sont écrites sur le disque, tous les canaux.',
      },
      control: 'nodes',
    }),
  );

const Volumes = z
  .array(
    z.union([
      z.string().min(1),
      z.strictObject({
        node: z.string().min(1),
        channels: z.array(z.number().int().nonnegative()).min(1).max(1024),
      }),
    ]),
  )
  .default([])
  .meta(
    field({
      label: { en: 'Neuron DVH of', fr: 'HDV de neurones de' },
      help: {
        en: 'Layers of whose channels it is told how much of each structure and dose band answers how strongly, like a DVH. The first 64 channels of each.',
        fr: 'Couches dont on dit, canal par canal, quelle part de chaque structure et bande de dose répond avec quelle force, comme un HDV. Les 64 premiers canaux de chacune.',
      },
      control: 'nodes',
    }),
  );

const Parameters = z.strictObject({
  nodes: Nodes,
  save: Save,
  volumes: Volumes,
  deadPatients: z
    .number()
    .int()
    .min(1)
    .default(30)
    .meta(
      field({
        label: { en: 'Patients to call a filter dead', fr: 'Patients pour dire un filtre mort' },
        help: {
          en: 'A filter silent in fewer patients is “silent so far”. 30 silent patients leave at most 9.5 % that could wake it.',
          fr: "Un filtre muet chez moins de patients est « muet jusqu'ici ». 30 patients muets en laissent au plus 9,5 % qui pourraient le réveiller.",
        },
        control: 'number',
      }),
    ),
  silentShare: share.default(0.95).meta(
    field({
      label: { en: 'Nearly dead from', fr: 'Presque mort à partir de' },
      help: {
        en: 'Share of patients in which the filter is silent, from which it is nearly dead.',
        fr: 'Part des patients chez qui le filtre est muet, à partir de laquelle il est presque mort.',
      },
      control: 'number',
    }),
  ),
  dormancy: z
    .number()
    .nonnegative()
    .default(0.025)
    .meta(
      field({
        label: { en: 'Dormant up to', fr: "Dormant jusqu'à" },
        help: {
          en: 'Mean response relative to the mean of the layer (Sokar 2023) up to which a filter is dormant.',
          fr: "Réponse moyenne rapportée à celle de la couche (Sokar 2023) jusqu'à laquelle un filtre est dormant.",
        },
        control: 'number',
      }),
    ),
  saturatedShare: share.default(0.95).meta(
    field({
      label: { en: 'Saturated from', fr: 'Saturé à partir de' },
      help: {
        en: 'Share of voxels, in as large a share of patients, where the activation is flat.',
        fr: "Part des voxels, chez une part aussi grande des patients, où l'activation est plate.",
      },
      control: 'number',
    }),
  ),
  positionShare: share.default(0.99).meta(
    field({
      label: { en: 'Position only above', fr: 'Position seule au-dessus de' },
      help: {
        en: 'Share of the variance that hangs on the place in the image and not on the patient.',
        fr: "Part de la variance qui tient au lieu dans l'image et non au patient.",
      },
      control: 'number',
    }),
  ),
  borderMass: share.default(0.99).meta(
    field({
      label: { en: 'Border only from', fr: 'Bord seul à partir de' },
      help: {
        en: 'Share of the response at voxels whose receptive field leaves the image.',
        fr: "Part de la réponse aux voxels dont le champ récepteur sort de l'image.",
      },
      control: 'number',
    }),
  ),
  frozenSpread: z
    .number()
    .nonnegative()
    .default(1e-6)
    .meta(
      field({
        label: { en: 'Frozen up to', fr: "Figé jusqu'à" },
        help: {
          en: 'Spread (largest − smallest), relative to the largest value of the layer, up to which a map is constant.',
          fr: "Étendue (maximum − minimum), rapportée à la plus grande valeur de la couche, jusqu'à laquelle une carte est constante.",
        },
        control: 'number',
      }),
    ),
  split: z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .meta(
      field({
        label: { en: 'Split by', fr: 'Séparer selon' },
        help: {
          en: 'A DICOM attribute (ManufacturerModelName, KVP, ConvolutionKernel, PatientSex, InstitutionName … or scanner, kernel, sex, age, site) or a tag of the list: are filters silent at one value only? Five patients a value at least.',
          fr: 'Un attribut DICOM (ManufacturerModelName, KVP, ConvolutionKernel, PatientSex, InstitutionName… ou scanner, kernel, sex, age, site) ou une étiquette de la liste : des filtres sont-ils muets pour une seule valeur ? Au moins cinq patients par valeur.',
        },
        control: 'text',
      }),
    ),
});

const Split = z.strictObject({
  tag: z.string(),
  /** Patients at each value of the tag, as found. */
  levels: z.array(z.strictObject({ level: z.string(), patients: z.number().int() })),
  /** Patients without the tag, or with several values of it. */
  leftOut: z.number().int(),
  /** How channels were tested, and between which values (a rank test takes them all); null where they were not. */
  test: z
    .strictObject({ kind: z.enum(['fisher', 'permutation', 'mann-whitney']), levels: z.array(z.string()) })
    .nullable(),
  /** Why nothing was tested: the tag is nowhere, everywhere the same, or fewer than 5 patients have the smaller value. */
  reason: z.enum(['no-tag', 'one-level', 'few-patients']).nullable(),
  /** Tags that go with this one so closely (Cramér's V) that a difference may as well be theirs. */
  confounded: z.array(z.strictObject({ tag: z.string(), cramersV: z.number() })),
  layers: z.array(
    z.strictObject({
      node: z.string(),
      /** Channels of the layer, and those of them that could have shown a difference at all. */
      family: z.number().int(),
      tested: z.number().int(),
      channels: z.array(
        z.strictObject({
          channel: z.number().int(),
          /** Patients in whom it answers, for each value tested; of a rank test one number. */
          fired: z.array(z.number().int()),
          p: z.number(),
          /** Benjamini and Hochberg's p over the layer. */
          adjusted: z.number(),
          differs: z.boolean(),
          oddsRatio: Figure,
          /** Median of a numeric tag where it answers, and where it is silent. */
          medians: z.tuple([number, number]).nullable(),
        }),
      ),
    }),
  ),
});
/** Which channels answer in other patients at one value of a tag than at another. */
export type MapsSplit = z.infer<typeof Split>;

const Cause = z.strictObject({
  /** Rows of the evidence table that hold; never one picked silently. */
  compatibleWith: z.array(z.enum(['bias', 'weights', 'batch-normalisation', 'starved', 'regularisation'])).min(1),
  /** What would be needed to say more. */
  missing: z.array(z.enum(['checkpoint-0', 'later-checkpoints', 'another-database'])),
});
export type DeathCause = z.infer<typeof Cause>;

const Channel = z.strictObject({
  min: number,
  max: number,
  mean: number,
  sd: number,
  /** Share of voxels at zero; null where the activation has no zero (GELU, SiLU). */
  zeroVoxelShare: number,
  /** Mean over patients of the share of the patient's inputs in which the whole map is silent. */
  zeroMapShare: number,
  status: z.enum(channelStatuses),
  /** Largest share of such patients that could still fire (95 %), where all were silent. */
  bound95: number,
  certified: z.boolean(),
  cause: Cause.nullable(),
  /** Weight that the layers behind give to the channel, relative to the layer's median; null where nothing with weights follows. */
  used: number,
  /** Values that are not numbers. */
  notFinite: z.number().int(),
  /** Largest pre-activation in standard deviations of the layer: at most 0 for a dead rectifier. */
  margin: number,
  /** Mean of the pre-activation over its own standard deviation, and both by themselves. */
  meanOffset: number,
  preMean: number.optional(),
  preSd: number.optional(),
  /** Mean |response| relative to the layer's (Sokar 2023). */
  dormancy: number,
  saturatedShare: number,
  borderMass: number,
  positionShare: number,
});
export type ChannelFigures = z.infer<typeof Channel>;

const Layer = z.strictObject({
  node: z.string(),
  activation: z.string().nullable(),
  /** The node whose filters these channels are; null where the node has none of its own. */
  filters: z.string().nullable(),
  channels: z.array(Channel),
});
export type LayerFigures = z.infer<typeof Layer>;

/** Activation maps: how every channel answers, and which are dead. */
export const maps = defineAnalysis({
  id: 'maps',
  version: 1,
  name: { en: 'Maps', fr: 'Cartes' },
  question: { en: 'Are any filters dead?', fr: 'Y a-t-il des filtres morts ?' },
  source: 'Maas 2013; Lu 2020; Sokar 2023; Gowal 2018; Hanley & Lippman-Hand 1983',
  parameters: Parameters,
  values: z.strictObject({
    layers: z.array(Layer),
    /** Where `volumes` are asked for, of studies with structures or dose. */
    volumes: InputVolumes.optional(),
  }),
  summary: z.strictObject({
    patients: z.number().int(),
    inputs: z.number().int(),
    /** Where the input box of the certificate comes from. */
    certificateBox: z.enum(['recipe', 'inputs']).nullable(),
    layers: z.array(Layer),
    split: Split.optional(),
    volumes: SummaryVolumes.optional(),
    /** Of every filter that no input wakes, in the layers in which filters are counted: at most 1000. */
    certificates: z.array(Certificate).optional(),
  }),
});
export type MapsParameters = z.output<typeof Parameters>;
