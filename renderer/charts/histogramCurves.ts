import { line, ruleX, text, type PlotOptions } from '@observablehq/plot';
import type { Language } from '../../shared/words';
import { formatNumber, formatPlain } from '../controls/numbers';

/** One cumulative curve: % of the structure's volume at or above a value. */
export interface HistogramCurve {
  readonly name: string;
  readonly colour: string;
  readonly dashed: boolean;
  readonly points: readonly (readonly [number, number])[];
}

interface Axes {
  readonly x: string;
  readonly y: string;
  readonly language: Language;
  /** The curve that is thick; the others are thin while there is one. */
  readonly highlighted: string | null;
  readonly marks?: readonly { readonly at: number; readonly name: string }[];
}

/** Cumulative histograms drawn like a DVH: value across, % of the volume up, each curve named at its own end. */
export function histogramCurves(
  curves: readonly HistogramCurve[],
  { x, y, language, highlighted, marks = [] }: Axes,
): PlotOptions {
  const top = Math.max(1e-9, ...curves.flatMap(({ points }) => points.map(([value]) => value)));
  return {
    marginLeft: 42,
    marginRight: 12,
    marginTop: 8,
    marginBottom: 34,
    x: {
      domain: [0, top],
      label: x,
      labelAnchor: 'center',
      labelArrow: 'none',
      ticks: 5,
      tickFormat: (value: number) => formatPlain(value, language),
    },
    y: {
      domain: [0, 100],
      label: y,
      labelAnchor: 'center',
      labelArrow: 'none',
      ticks: [0, 25, 50, 75, 100],
      tickFormat: (value: number) => formatNumber(value, 0, language),
      grid: true,
    },
    marks: [
      ...(marks.length > 0
        ? [ruleX(marks, { x: 'at', stroke: '#ffffff', strokeOpacity: 0.5, strokeDasharray: '3 4' })]
        : []),
      ...curves.map((curve) =>
        line(curve.points as [number, number][], {
          stroke: curve.colour,
          strokeWidth: highlighted === curve.name ? 2.6 : highlighted === null ? 1.7 : 1.2,
          ...(curve.dashed ? { strokeDasharray: '5 3' } : {}),
          strokeLinejoin: 'round',
        }),
      ),
      text(
        placedNames(curves, top).filter(({ name }) => highlighted === null || name === highlighted),
        {
          x: 'x',
          y: 'y',
          text: 'name',
          fill: 'colour',
          fontWeight: 600,
          fontSize: 11.5,
          textAnchor: 'start',
          stroke: '#0f1317',
          strokeWidth: 3,
          paintOrder: 'stroke',
          dx: 5,
        },
      ),
    ],
  };
}

interface PlacedName {
  readonly x: number;
  readonly y: number;
  readonly name: string;
  readonly colour: string;
}

/** A place for each name on its own curve, at heights that keep the names apart. */
function placedNames(curves: readonly HistogramCurve[], top: number): readonly PlacedName[] {
  const placed: PlacedName[] = [];
  for (const { name, colour, points } of curves) {
    const free = [62, 48, 34, 76, 20, 88]
      .map((height) => ({ x: points.find(([, volume]) => volume <= height)?.[0] ?? top, y: height }))
      .find(
        ({ x, y }) =>
          x < 0.82 * top && placed.every((other) => Math.abs(other.y - y) > 8 || Math.abs(other.x - x) > 0.3 * top),
      );
    if (free) placed.push({ ...free, name, colour });
  }
  return placed;
}
