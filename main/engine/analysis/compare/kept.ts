import type { CompareValues } from '../../../../shared/analysis/compare';
import { maps } from '../../../../shared/analysis/maps';
import type { ComparedNetwork } from '../analysis';
import type { losses } from './loss';

/** How the channels of one node answered to one input. */
export interface NodeAnswers {
  /** The whole map is silent, by channel. */
  readonly silent: readonly boolean[];
  /** Mean of the map, by channel; null where it holds what is no number. */
  readonly means: readonly (number | null)[];
}

/** What one input leaves for the whole. */
export interface Kept {
  readonly patient: string;
  readonly database: string | null;
  readonly measures: CompareValues['measures'];
  /** By network, then by node as that network calls it. */
  readonly answers: Readonly<Record<string, Readonly<Record<string, NodeAnswers>>>>;
  /** Occlusion maps held against the reference's, by network; and the maps themselves on their lattice, for the null of other patients. */
  readonly likeness: Readonly<Record<string, MapPair>>;
  /** The loss along the way to each other network's weights; null where it was not asked for or this input tells no truth. */
  readonly path: {
    readonly kind: keyof typeof losses;
    readonly losses: Readonly<Record<string, readonly (number | null)[]>>;
  } | null;
}

export interface MapPair {
  readonly spearman: number | null;
  readonly ssim: number | null;
  readonly spearmanShifted: number | null;
  readonly ssimShifted: number | null;
  /** Sizes of the lattice, and the drops at its positions inside the body; null outside it. */
  readonly count: readonly number[];
  readonly drops: readonly (number | null)[];
  readonly referenceDrops: readonly (number | null)[];
}

/** What the maps of one network say of one input; empty where they failed. */
export function answersOf({ parts }: ComparedNetwork): Record<string, NodeAnswers> {
  const part = parts.get(maps.id);
  if (!part) return {};
  const { layers } = part.result.values as { readonly layers: readonly MapsLayer[] };
  return Object.fromEntries(
    layers.map(({ node, channels }) => [
      node,
      {
        silent: channels.map(({ zeroMapShare }) => zeroMapShare === 1),
        means: channels.map(({ mean, notFinite }) => (notFinite > 0 ? null : mean)),
      },
    ]),
  );
}

type MapsLayer = ReturnType<typeof maps.values.parse>['layers'][number];
