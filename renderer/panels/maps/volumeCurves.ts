import { maps } from '../../../shared/analysis/maps';
import type { PooledRegion, SummaryVolumes } from '../../../shared/analysis/mapsVolumes';
import type { HistogramCurve } from '../../charts/histogramCurves';

const known = new WeakMap<object, SummaryVolumes | null>();

/** The neuron DVHs of a saved run; null where they were not asked for, or are of another version. */
export function volumesOf(summary: Readonly<Record<string, unknown>> | undefined): SummaryVolumes | null {
  if (!summary) return null;
  const held = known.get(summary);
  if (held !== undefined) return held;
  const read = maps.summary.safeParse(summary);
  const volumes = read.success ? (read.data.volumes ?? null) : null;
  known.set(summary, volumes);
  return volumes;
}

/** From cold to hot, as isodoses are. */
const bandColours = ['#5b7cff', '#3fc1c9', '#7ad151', '#ffb63b', '#ff5c5c'] as const;

/** Where a dose band stands among the five, by the dose at which it begins. */
const bandRank = (name: string): number => [0, 5, 20, 40, 57].indexOf(Number(/\d+/.exec(name)?.[0] ?? NaN));

export const bandColour = (name: string): string => bandColours[bandRank(name)] ?? '#b7c2cd';

/** The regions of one channel, structures or dose bands; the bands from cold to hot. */
export function regionsOf(
  volumes: SummaryVolumes | null,
  node: string | null,
  channel: number,
  kind: PooledRegion['kind'],
): readonly PooledRegion[] | null {
  const layer = volumes?.layers.find((each) => each.node === node);
  if (!layer) return null;
  const regions = layer.channels.find((each) => each.channel === channel)?.regions.filter((each) => each.kind === kind);
  if (!regions) return [];
  return kind === 'dose' ? [...regions].sort((a, b) => bandRank(a.name) - bandRank(b.name)) : regions;
}

/** A region as a curve drawn like a DVH: the median over patients, with the band that nine patients in ten lie in. */
export function volumeCurve(
  { name, patients, median, low, high }: PooledRegion,
  percents: readonly number[],
  style: { readonly colour: string; readonly dashed: boolean },
): HistogramCurve {
  const points = percents.map((percent, n): readonly [number, number] => [median[n] ?? 0, percent]).reverse();
  const start = points[0]?.[0] ?? 0;
  return {
    name,
    ...style,
    // From the left edge: all of the volume answers at least as its weakest voxel does.
    points: [[Math.min(0, start), 100], ...points],
    ...(patients > 1
      ? { band: percents.map((percent, n): readonly [number, number, number] => [low[n] ?? 0, high[n] ?? 0, percent]) }
      : {}),
  };
}
