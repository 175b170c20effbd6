import { z } from 'zod';
import { Figure } from '../result';
import { Verdict, Words } from '../verdict';
import { DatabaseComparison } from './compareDatabases';
import { MatchingRow } from './compareMatching';
import { WeightPath } from './comparePath';
import { Runs } from './compareRuns';
import { Step } from './compareSteps';
import { defineAnalysis, field } from './definition';
import { channelStatuses } from './channelStatuses';
import { Certificate } from './certificate';

const number = z.number().nullable();
const whole = z.number().int();

/** What is run for each network on the same inputs. */
const Asked = z.strictObject({
  id: z.string().min(1),
  parameters: z.record(z.string(), z.unknown()).default({}),
});

const Parameters = z.strictObject({
  reference: z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .meta(
      field({
        label: { en: 'Compared with', fr: 'Comparé à' },
        help: {
          en: 'The network that the others are held against, by its name in “networks”; left out, the first.',
          fr: 'Le réseau auquel les autres sont comparés, par son nom dans « networks » ; sinon le premier.',
        },
        control: 'network',
      }),
    ),
  analyses: z
    .array(Asked)
    .default([{ id: 'predict', parameters: {} }])
    .meta(
      field({
        label: { en: 'What is compared', fr: 'Ce qui est comparé' },
        help: {
          en: 'Analyses that are run for each network on the same inputs. Maps always is: it tells dead filters from awakened ones.',
          fr: 'Analyses lancées pour chaque réseau sur les mêmes entrées. Les cartes le sont toujours : elles disent quels filtres meurent ou se réveillent.',
        },
        control: 'analyses',
      }),
    ),
  sweeps: z
    .number()
    .int()
    .refine((n) => n === 0 || (n >= 3 && n <= 101), { error: 'it takes 3 to 101 of them, or 0' })
    .default(0)
    .meta(
      field({
        label: { en: 'Steps between the weights', fr: 'Pas entre les poids' },
        help: {
          en: 'Networks of one architecture: the loss at so many places on the straight way between their weights (11 as in Frankle 2020), and the barrier between them. Each place costs a forward pass of every input, and takes a known truth. 0: not run.',
          fr: 'Réseaux d’une même architecture : la perte en autant de points du chemin droit entre leurs poids (11 comme dans Frankle 2020), et la barrière entre eux. Chaque point coûte un passage de chaque entrée et demande une vérité connue. 0 : non lancé.',
        },
        control: 'number',
      }),
    ),
});
export type CompareParameters = z.output<typeof Parameters>;

const Distance = {
  /** ‖W_B − W_A‖, A the reference. */
  distance: number,
  /** The same over ‖W_A‖. */
  relativeDistance: number,
  cosine: number,
};

const WeightChange = z.strictObject({
  /** How the layer is called in this network; null where it has none that could be laid over it. */
  node: z.string().nullable(),
  ...Distance,
  /** Median over filters of the cosine between a filter and itself: what a scale cannot change. */
  filterCosine: number,
  all: z.strictObject(Distance),
});
export type WeightChange = z.infer<typeof WeightChange>;

const WeightRow = z.strictObject({ node: z.string(), op: z.string(), networks: z.record(z.string(), WeightChange) });
export type WeightRow = z.infer<typeof WeightRow>;

export const channelEvents = ['killed', 'awakened'] as const;

const ChannelChange = z.strictObject({
  status: z.enum(channelStatuses).nullable(),
  event: z.enum(channelEvents).nullable(),
  /** Patients in whom it is silent. */
  silentPatients: whole.nullable(),
  /** McNemar's exact p over patients against the reference; null for the reference itself. */
  p: number,
});
export type ChannelChange = z.infer<typeof ChannelChange>;

/** When a filter died, in the order in which the job names its networks, and whether it has stood still since. */
const Death = z.strictObject({
  /** The last network in which it answers; null where it never did. */
  after: z.string().nullable(),
  /** The first from which it is dead to the end. */
  by: z.string(),
  /** Of each later network: its weights are those of `by` times a scale. A dead rectifier gets no gradient. */
  since: z.array(z.strictObject({ network: z.string(), cosine: number, scale: number })),
  /** True where every later network proves it, false where one refutes it, null where none is later. */
  noGradient: z.boolean().nullable(),
});
export type ChannelDeath = z.infer<typeof Death>;

const ChannelRow = z.strictObject({
  node: z.string(),
  channel: whole,
  networks: z.record(z.string(), ChannelChange),
  death: Death.optional(),
});
export type ChannelRow = z.infer<typeof ChannelRow>;

/** The 2 × 2 of a layer's filters, against the reference. */
const LayerEvents = z.strictObject({
  stillDead: whole,
  awakened: whole,
  killed: whole,
  stillAlive: whole,
});
export type LayerEvents = z.infer<typeof LayerEvents>;
const LayerRow = z.strictObject({
  node: z.string(),
  filters: z.string(),
  channels: whole,
  networks: z.record(z.string(), LayerEvents),
});
export type LayerRow = z.infer<typeof LayerRow>;

const Likeness = z.strictObject({
  /** Linear CKA by HSIC₁: 1 the same up to a turn and one scale, 0 unrelated. */
  cka: Figure,
  /** The usual estimate, which is near 1 for unrelated layers when there are few patients. */
  biasedCka: number,
  /** 95 % of the debiased values with patients shuffled lie below. */
  null95: number,
  p: number,
  /** 2 − 2‖XᵀY‖_* of centred rows of unit norm, 0 … 2. */
  procrustes: number,
  /** Mean correlation over patients of channels with the same number, and in the best one-to-one order. */
  sameOrder: number,
  bestOrder: number,
  /** The best order for patients shuffled. */
  bestOrderByChance: number,
});
export type Likeness = z.infer<typeof Likeness>;
const LikenessRow = z.strictObject({
  node: z.string(),
  patients: whole,
  networks: z.record(z.string(), Likeness.nullable()),
});
export type LikenessRow = z.infer<typeof LikenessRow>;

/** A cell holds what a compared analysis says of one thing in one network, by name. */
const Cell = z.record(z.string(), z.union([z.string(), z.boolean(), Figure]));
const TableRow = z.strictObject({
  node: z.string().optional(),
  channel: whole.optional(),
  /** A label, structure, degradation or figure. */
  name: z.string().optional(),
  severity: z.union([z.number(), z.string()]).optional(),
  networks: z.record(z.string(), Cell.nullable()),
});
export type CompareTableRow = z.infer<typeof TableRow>;

const Test = z.strictObject({
  analysis: z.string(),
  /** What was measured in each patient, by a name that does not change. */
  measure: z.string(),
  said: Words,
  unit: z.string(),
  network: z.string(),
  /** Patients with both values. */
  n: whole,
  kind: z.enum(['mcnemar', 'wilcoxon']),
  /** Means (of yes or no: shares) over those patients. */
  reference: number,
  value: number,
  /** Hodges and Lehmann's median of the differences, network − reference; of yes or no the difference of shares. */
  effect: Figure,
  /** Of yes or no: patients who are right only with the reference, and only with the network. */
  onlyReference: whole.optional(),
  onlyNetwork: whole.optional(),
  /** Sum of ranks on the smaller side. */
  statistic: number,
  p: number,
  /** McNemar's mid-p. */
  midP: number.optional(),
  /** Holm's p over all tests of this comparison. */
  holm: number,
  /** Too few patients to reach 0.05 whatever they say. */
  cannotDecide: z.boolean(),
  /** Two one-sided tests against a margin: "unchanged" is said only where both reject. */
  equivalence: z.strictObject({ margin: z.number(), p: number, equivalent: z.boolean().nullable() }).nullable(),
  /** Values that are only known to lie beyond the largest severity tried. */
  censored: whole.optional(),
});
export type CompareTest = z.infer<typeof Test>;

const MapLikeness = z.strictObject({
  network: z.string(),
  patients: whole,
  spearman: Figure,
  ssim: Figure,
  /** Median over patients of the same against shifted maps, and against other patients' maps. */
  spearmanShifted: number,
  ssimShifted: number,
  spearmanOthers: number,
  /** Spearman's minus the larger of its two nulls. */
  excess: Figure,
});
export type MapLikeness = z.infer<typeof MapLikeness>;

const Interaction = z.strictObject({
  measure: z.string(),
  said: Words,
  unit: z.string(),
  network: z.string(),
  databases: z.array(
    z.strictObject({ database: z.string(), patients: whole, reference: number, value: number, difference: number }),
  ),
  /** The difference in the first database minus that in the second, and Mann and Whitney's p. */
  interaction: number,
  p: number,
  /** Holm's p over all of them. */
  holm: number.default(null),
});
export type CompareInteraction = z.infer<typeof Interaction>;

/** `too-few-runs`: recipes are named, of fewer than three runs each; `within-spread`, `beyond-spread`: what they allow to be said. */
export const attributions = [
  'one-run-each',
  'same-weights',
  'one-network',
  'too-few-runs',
  'within-spread',
  'beyond-spread',
] as const;

const Summary = z.strictObject({
  reference: z.string(),
  /** In the job's order: of checkpoints the order of training. */
  networks: z.record(
    z.string(),
    z.strictObject({ sha256: z.string(), name: z.string(), group: z.string().optional() }),
  ),
  patients: whole,
  inputs: whole,
  weights: z.array(WeightRow),
  channels: z.array(ChannelRow),
  /** Of every filter that is dead in the last network, in the layers in which filters are counted: at most 1000. */
  certificates: z.array(Certificate).optional(),
  layers: z.array(LayerRow),
  similarity: z.array(LikenessRow),
  /** What each compared analysis says, by its id: a column a network. */
  tables: z.record(z.string(), z.array(TableRow)),
  /** Its own answer for each network. */
  verdicts: z.record(z.string(), z.record(z.string(), Verdict.nullable())),
  tests: z.array(Test),
  mapSimilarity: z.array(MapLikeness),
  /** Where the inputs come from two saved lists. */
  interactions: z.array(Interaction),
  /** What may be said of the reason of a change. */
  attribution: z.strictObject({ code: z.enum(attributions), said: Words }),
  /** Two lists or more held against each other, for each network; null where the inputs come from one. */
  databases: DatabaseComparison.nullable().default(null),
  /** Networks that are runs of one recipe, and what exceeds the spread among them. */
  runs: Runs.default({ groups: [], tests: [] }),
  /** Which filter of each network answers as which of the reference. */
  matching: z.array(MatchingRow).default([]),
  /** From each network to the next, in the job's order. */
  steps: z.array(Step).default([]),
  /** The straight way between weights, where it was asked for. */
  paths: z.array(WeightPath).default([]),
});
export type CompareSummary = z.infer<typeof Summary>;

const Values = z.strictObject({
  /** What was measured in this input for the tests, by measure, a column a network. */
  measures: z.record(z.string(), z.record(z.string(), z.union([z.number(), z.boolean(), z.null()]))),
});
export type CompareValues = z.infer<typeof Values>;

/** Compare: the same questions to several networks, on the same patients. */
export const compare = defineAnalysis({
  id: 'compare',
  version: 2,
  name: { en: 'Compare', fr: 'Comparer' },
  question: { en: 'What changed?', fr: 'Qu’est-ce qui a changé ?' },
  source:
    'McNemar 1947; Fagerland 2013; Wilcoxon 1945; Pratt 1959; Hodges & Lehmann 1963; Schuirmann 1987; Kornblith 2019; Song 2012; Ding 2021; Wang 2004; Székely & Rizzo 2013; Li 2016; Frankle 2020',
  compares: true,
  parameters: Parameters,
  values: Values,
  summary: Summary,
});
