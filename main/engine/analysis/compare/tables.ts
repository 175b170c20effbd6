import type { CompareTableRow } from '../../../../shared/analysis/compare';
import { filters, type FiltersSummary } from '../../../../shared/analysis/filters';
import { maps, type LayerFigures } from '../../../../shared/analysis/maps';
import { occlusion, type OcclusionSummary } from '../../../../shared/analysis/occlusion';
import { predict, type PredictMetrics } from '../../../../shared/analysis/predict';
import { robustness, type RobustnessSummary } from '../../../../shared/analysis/robustness';
import { search, type SearchNeuron } from '../../../../shared/analysis/search';
import type { Figure } from '../../../../shared/result';
import type { ComparedNetwork } from '../analysis';
import type { Counterparts } from './counterpart';

type Cell = NonNullable<CompareTableRow['networks'][string]>;

/** One line of one network's own result: what it is of, and its figures. */
interface Line {
  readonly of: Omit<CompareTableRow, 'networks'>;
  readonly cell: Cell;
}

function mapsLines(summary: { readonly layers: readonly LayerFigures[] }): Line[] {
  return summary.layers.flatMap(({ node, channels }) =>
    channels.map(({ status, zeroMapShare, zeroVoxelShare, mean, sd, max, dormancy }, channel) => ({
      of: { node, channel },
      cell: { status, zeroMapShare, zeroVoxelShare, mean, sd, max, dormancy },
    })),
  );
}

const filtersLines = ({ layers }: FiltersSummary): Line[] =>
  layers.map(({ node, weight, status, layer }) => ({
    of: { node, ...(weight === 'kernel' ? {} : { name: weight }) },
    cell: {
      status,
      varianceEntropy: layer.varianceEntropy,
      stableRank: layer.stableRank,
      mpOutliers: layer.mpOutliers,
      alpha: layer.alpha,
      droppedShare: layer.droppedShare,
      moranMean: layer.moranMean,
      lowFrequencyMean: layer.lowFrequencyMean,
    },
  }));

const byName = (name: string, table: Readonly<Record<string, Figure>> | undefined): Line[] =>
  Object.entries(table ?? {}).map(([subject, value]) => ({ of: { name: `${name} ${subject}` }, cell: { value } }));

function predictLines({ metrics }: { readonly metrics: PredictMetrics }): Line[] {
  const single = (['accuracy', 'meanDifferenceGy', 'meanAbsoluteDifferenceGy'] as const).flatMap((name) => {
    const value = metrics[name];
    return value === undefined ? [] : [{ of: { name }, cell: { value } }];
  });
  const structures = Object.entries(metrics.structures ?? {}).map(([structure, figures]) => ({
    of: { name: structure },
    cell: { ...figures },
  }));
  return [
    ...single,
    ...byName('dice', metrics.dice),
    ...byName('hd95Mm', metrics.hd95Mm),
    ...byName('volumeCc', metrics.volumeCc),
    ...structures,
  ];
}

function occlusionLines({ structures, verdict }: OcclusionSummary): Line[] {
  const { structure, context, outside } = verdict.players;
  return [
    ...structures.map(({ name, share, perVolume, mean, peak }) => ({
      of: { name },
      cell: { share, perVolume, mean, peak },
    })),
    ...Object.entries({ structure, context, outside }).map(([name, value]) => ({
      of: { name: `player ${name}` },
      cell: { value },
    })),
  ];
}

function robustnessLines({ clean, families }: RobustnessSummary): Line[] {
  const { accuracy, confidence, confidentWrongRate, ece, brier, nll } = clean;
  return [
    { of: { name: 'clean' }, cell: { accuracy, confidence, confidentWrongRate, ece, brier, nll } },
    ...families.flatMap(({ id, curve, flip }) => [
      { of: { name: `${id} first flip` }, cell: { median: flip.median, reached: flip.reached, n: flip.n } },
      ...curve.map((point) => ({
        of: { name: id, severity: point.severity },
        cell: {
          accuracy: point.accuracy,
          confidence: point.confidence,
          confidentWrongRate: point.confidentWrongRate,
          flipRate: point.flipRate,
        },
      })),
    ]),
  ];
}

const searchLines = ({ neurons }: { readonly neurons: readonly SearchNeuron[] }): Line[] =>
  neurons.map(({ node, channel, top, lying }) => ({
    of: { node, channel },
    cell: {
      value: top[0]?.value ?? null,
      inputs: top.map(({ input }) => input).join(', '),
      liesIn: lying.find(({ p }) => p < 0.05)?.name ?? '',
    },
  }));

/** How each analysis' summary is laid out as lines. */
const layouts: Readonly<Record<string, (summary: never) => Line[]>> = {
  [maps.id]: mapsLines,
  [filters.id]: filtersLines,
  [predict.id]: predictLines,
  [occlusion.id]: occlusionLines,
  [robustness.id]: robustnessLines,
  [search.id]: searchLines,
};

const keyOf = ({ node, channel, name, severity }: Line['of']): string =>
  JSON.stringify([node, channel, name, severity]);

/** A table an analysis: the reference's lines in their order, then those that only others have. */
export function tablesOf(
  networks: readonly ComparedNetwork[],
  analyses: readonly string[],
  reference: string,
  matched: ReadonlyMap<string, Counterparts>,
): Record<string, CompareTableRow[]> {
  const ordered = [...networks].sort((a, b) => Number(b.name === reference) - Number(a.name === reference));
  const empty = Object.fromEntries(networks.map(({ name }) => [name, null]));
  return Object.fromEntries(
    analyses.map((id) => {
      const rows = new Map<string, CompareTableRow>();
      for (const { name, results } of ordered) {
        const result = results.get(id);
        const layout = layouts[id];
        if (!result || !layout) continue;
        const called = new Map([...(matched.get(name)?.of ?? [])].map(([own, { name: theirs }]) => [theirs, own]));
        for (const { of, cell } of layout(result.summary as never)) {
          const own = of.node === undefined ? of : { ...of, node: called.get(of.node) ?? of.node };
          const row = rows.get(keyOf(own)) ?? { ...own, networks: { ...empty } };
          rows.set(keyOf(own), row);
          row.networks[name] = cell;
        }
      }
      return [id, [...rows.values()]] as const;
    }),
  );
}
