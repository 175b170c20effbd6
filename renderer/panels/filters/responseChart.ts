import { filters } from '../../../shared/analysis/filters';
import type { FiltersResponse, ResponseLayer } from '../../../shared/analysis/filtersResponse';
import type { SpanChart } from '../../charts/spanCurves';

const known = new WeakMap<object, FiltersResponse | null>();

/** The linear-system view of a saved run; null where it was not asked for, or is of another version. */
export function responseOf(summary: Readonly<Record<string, unknown>> | undefined): FiltersResponse | null {
  if (!summary) return null;
  const held = known.get(summary);
  if (held !== undefined) return held;
  const read = filters.summary.safeParse(summary);
  const response = read.success ? (read.data.response ?? null) : null;
  known.set(summary, response);
  return response;
}

export const responseViews = ['spectrum', 'mtf', 'insert'] as const;
export type ResponseView = (typeof responseViews)[number];

const own = '#ffcf5c';
const median = '#eef2f6';

/** The axis along which the chosen channel and the band are drawn: across the image. */
const across = (layer: ResponseLayer): number => layer.axes.length - 1;

/** The modulation transfer of a layer and of one of its channels; null where no channel of it has one. */
export function mtfChart(layer: ResponseLayer, channel: number): SpanChart | null {
  const main = layer.axes[across(layer)];
  if (!main || layer.axes.every(({ mtf }) => mtf.median.every((value) => value === null))) return null;
  const listed = layer.listed.find((each) => each.channel === channel)?.axes[across(layer)];
  const rows = layer.axes[across(layer) - 1];
  return {
    x: main.frequencies,
    curves: [
      ...(rows ? [{ colour: median, width: 1.3, dashed: true, y: rows.mtf.median }] : []),
      { colour: median, width: 1.6, y: main.mtf.median },
      ...(listed ? [{ colour: own, width: 2.2, y: listed.mtf }] : []),
    ],
    band: { low: main.mtf.low, high: main.mtf.high },
    shares: true,
    mark: null,
  };
}

/** What a layer and one of its channels give in the middle of an insert. */
export function insertChart({ insert, base }: FiltersResponse, layer: ResponseLayer, channel: number): SpanChart {
  const listed = layer.listed.find((each) => each.channel === channel);
  return {
    x: insert,
    curves: [
      { colour: median, width: 1.6, y: layer.response.median },
      ...(listed ? [{ colour: own, width: 2.2, y: listed.response }] : []),
    ],
    band: { low: layer.response.low, high: layer.response.high },
    shares: false,
    mark: base,
  };
}

/** The curves as a table: one line a place on the x axis. */
export function chartRows(
  { x, curves, band }: SpanChart,
  heads: readonly string[],
): readonly (readonly (string | number | null)[])[] {
  return [
    heads,
    ...x.map((at, n) => [
      at,
      ...(band ? [band.low[n] ?? null, band.high[n] ?? null] : []),
      ...curves.map(({ y }) => y[n] ?? null),
    ]),
  ];
}
