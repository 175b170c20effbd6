import {
  filters,
  type Band,
  type FilterLayer,
  type FilterStatus,
  type LayerNumbers,
} from '../../../shared/analysis/filters';
import type { Figure } from '../../../shared/result';
import type { Verdict } from '../../../shared/verdict';

const known = new WeakMap<object, readonly FilterLayer[]>();

/** The layers of a saved run, checked once; none where it is of another version. */
export function filterLayersOf(summary: Readonly<Record<string, unknown>> | undefined): readonly FilterLayer[] {
  if (!summary) return [];
  const held = known.get(summary);
  if (held) return held;
  const read = filters.summary.safeParse(summary);
  const layers = read.success ? read.data.layers : [];
  known.set(summary, layers);
  return layers;
}

const levels: Readonly<Record<FilterStatus, Verdict['level']>> = {
  structured: 'fine',
  'noise-like': 'watch',
  undetermined: 'cannot-say',
};

export const levelOf = ({ status, layer }: Pick<FilterLayer, 'status' | 'layer'>): Verdict['level'] =>
  layer.notFinite > 0 ? 'problem' : levels[status];

/** The numbers of a layer that have a name, a help and a twin. */
export const shownNumbers = [
  'smoothShare',
  'alignment',
  'moranMean',
  'lowFrequencyMean',
  'mpOutliers',
  'mpOutlierShare',
  'stableRank',
  'varianceEntropy',
  'alpha',
  'droppedShare',
] as const;
export type ShownNumber = (typeof shownNumbers)[number];

/** One line of the table: a number, the same of fresh twins, and of the trained reference. */
export interface NumberRow {
  readonly key: ShownNumber;
  readonly value: Figure;
  readonly twin: Band | null;
  readonly reference: number | null;
  /** No fresh twin lies further out on that side: nothing that chance does not give. */
  readonly withinNoise: boolean;
}

const plain = (figure: Figure | undefined): number | null =>
  typeof figure === 'object' ? (figure?.value ?? null) : (figure ?? null);

export function numberRows({ layer, twin, reference }: FilterLayer): readonly NumberRow[] {
  return shownNumbers.map((key) => {
    const value: Figure = layer[key];
    const band = twin?.layer[key] ?? null;
    const own = plain(value);
    const other: LayerNumbers | null = reference;
    return {
      key,
      value,
      twin: band,
      reference: other ? plain(other[key]) : null,
      withinNoise: own !== null && band !== null && own >= band.low && own <= band.high,
    };
  });
}
