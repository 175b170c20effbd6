import { areaY, line, ruleX, ruleY, type PlotOptions } from '@observablehq/plot';
import type { Language } from '../../shared/words';
import { digitsFor, formatNumber } from '../controls/numbers';

/** One curve against `x`; null: no value there. */
export interface SpanCurve {
  readonly colour: string;
  readonly width: number;
  readonly dashed?: boolean;
  readonly y: readonly (number | null)[];
}

export interface SpanChart {
  readonly x: readonly number[];
  readonly curves: readonly SpanCurve[];
  /** Least and greatest at each x. */
  readonly band: { readonly low: readonly (number | null)[]; readonly high: readonly (number | null)[] } | null;
  /** Whether the y axis runs from 0 to 1. */
  readonly shares: boolean;
  /** A place on the x axis that is marked: what the field is at rest. */
  readonly mark: number | null;
}

interface Axes {
  readonly x: string;
  readonly y: string;
  readonly language: Language;
}

/** Curves over a band: the median of a layer's channels within their range, and the chosen channel's own. */
export function spanCurves({ x, curves, band, shares, mark }: SpanChart, axes: Axes): PlotOptions {
  const placed = (y: readonly (number | null)[]) =>
    x.flatMap((at, n) => (typeof y[n] === 'number' ? [{ x: at, y: y[n] }] : []));
  const all = [...curves.flatMap(({ y }) => y), ...(band ? [...band.low, ...band.high] : [])].filter(
    (value) => value !== null,
  );
  const [low, high] = shares ? [0, 1] : [Math.min(0, ...all), Math.max(1e-12, ...all)];
  const number = (top: number) => (value: number) => formatNumber(value, digitsFor(top), axes.language);
  const range = (x.at(-1) ?? 1) - (x[0] ?? 0);
  return {
    marginLeft: 48,
    marginRight: 12,
    marginTop: 8,
    marginBottom: 34,
    x: {
      domain: [x[0] ?? 0, x.at(-1) ?? 1],
      label: axes.x,
      labelAnchor: 'center',
      labelArrow: 'none',
      ticks: 5,
      tickFormat: number(range),
    },
    y: {
      domain: [low, high],
      label: axes.y,
      labelAnchor: 'center',
      labelArrow: 'none',
      ticks: 5,
      tickFormat: number(high - low),
      grid: true,
    },
    marks: [
      ...(low < 0 ? [ruleY([0], { stroke: '#657688' })] : []),
      ...(mark === null ? [] : [ruleX([mark], { stroke: '#657688', strokeDasharray: '2 3' })]),
      ...(band
        ? [
            areaY(
              x.flatMap((at, n) => {
                const [from, to] = [band.low[n] ?? null, band.high[n] ?? null];
                return from === null || to === null ? [] : [{ x: at, low: from, high: to }];
              }),
              { x: 'x', y1: 'low', y2: 'high', fill: '#8e9ba8', fillOpacity: 0.22 },
            ),
          ]
        : []),
      ...curves.map(({ colour, width, dashed, y }) =>
        line(placed(y), {
          x: 'x',
          y: 'y',
          stroke: colour,
          strokeWidth: width,
          strokeLinejoin: 'round',
          ...(dashed ? { strokeDasharray: '5 4' } : {}),
        }),
      ),
    ],
  };
}
