import { areaX, line, text, type PlotOptions } from '@observablehq/plot';
import type { Language } from '../../shared/words';
import { digitsFor, formatNumber } from '../controls/numbers';

/** One cumulative curve: % of the structure's volume at or above a value. */
export interface HistogramCurve {
  readonly name: string;
  readonly colour: string;
  readonly dashed: boolean;
  readonly points: readonly (readonly [number, number])[];
  /** The planning system's own: dashed and thin beside ours. */
  readonly planning?: readonly (readonly [number, number])[];
  /** Least and greatest value at each volume: drawn of the curve that is highlighted, or stands alone. */
  readonly band?: readonly (readonly [low: number, high: number, volume: number])[];
}

interface Axes {
  readonly x: string;
  readonly y: string;
  readonly language: Language;
  /** The curve that is thick; the others are thin while there is one. */
  readonly highlighted: string | null;
}

const margins = { marginLeft: 42, marginRight: 12, marginTop: 8, marginBottom: 34 } as const;

/** Cumulative histograms drawn like a DVH: value across, % of the volume up, each curve named where there is room. */
export function histogramCurves(
  curves: readonly HistogramCurve[],
  { x, y, language, highlighted }: Axes,
): (width: number, height: number) => PlotOptions {
  const top = Math.max(1e-9, ...curves.flatMap(({ points }) => points.map(([value]) => value)));
  const bottom = Math.min(0, ...curves.flatMap(({ points }) => points.map(([value]) => value)));
  const digits = digitsFor(top - bottom);
  const named = highlighted === null ? curves : curves.filter(({ name }) => name === highlighted);
  // What is highlighted lies over the others.
  const drawn = [...curves.filter(({ name }) => name !== highlighted), ...(highlighted === null ? [] : named)];
  const banded = curves.filter(({ name }) => name === highlighted || curves.length === 1);
  return (width, height) => ({
    ...margins,
    x: {
      domain: [bottom, top],
      label: x,
      labelAnchor: 'center',
      labelArrow: 'none',
      ticks: 5,
      tickFormat: (value: number) => formatNumber(value, digits, language),
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
      ...banded.flatMap(({ band, colour }) =>
        band
          ? [
              areaX(
                band.map(([low, high, volume]) => ({
                  low: Math.max(bottom, low),
                  high: Math.min(top, high),
                  volume,
                })),
                { y: 'volume', x1: 'low', x2: 'high', fill: colour, fillOpacity: 0.18 },
              ),
            ]
          : [],
      ),
      ...curves.flatMap((curve) =>
        curve.planning
          ? [
              line(curve.planning as [number, number][], {
                stroke: curve.colour,
                strokeWidth: highlighted === curve.name ? 1.8 : 1,
                strokeOpacity: highlighted === null || highlighted === curve.name ? 0.9 : 0.4,
                strokeDasharray: '2 4',
              }),
            ]
          : [],
      ),
      ...drawn.map((curve) =>
        line(curve.points as [number, number][], {
          stroke: curve.colour,
          strokeWidth: highlighted === curve.name ? 2.6 : highlighted === null ? 1.7 : 1.2,
          ...(curve.dashed ? { strokeDasharray: '5 3' } : {}),
          strokeLinejoin: 'round',
        }),
      ),
      text(placedNames(named, [bottom, top], width, height), {
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
      }),
    ],
  });
}

interface PlacedName {
  readonly x: number;
  readonly y: number;
  readonly name: string;
  readonly colour: string;
}

const letterPx = 7.6;
const linePx = 14;
/** Nearer to the axis a name would seem to belong to nothing. */
const leastApartPx = 6;

/** A place for each name beside its own curve, where no other name stands; a curve without room, or along the axis, goes unnamed. */
function placedNames(
  curves: readonly HistogramCurve[],
  [bottom, top]: readonly [number, number],
  width: number,
  height: number,
): readonly PlacedName[] {
  const acrossPx = (width - margins.marginLeft - margins.marginRight) / (top - bottom);
  const upPx = (height - margins.marginTop - margins.marginBottom) / 100;
  const boxes: (PlacedName & { readonly left: number; readonly right: number; readonly up: number })[] = [];
  for (const { name, colour, points } of curves) {
    for (const volume of [60, 44, 28, 76, 14, 90, 52, 36, 68, 20, 84, 7]) {
      const x = points.find(([, share]) => share <= volume)?.[0] ?? top;
      const left = (x - bottom) * acrossPx + 5;
      const right = left + name.length * letterPx;
      const up = volume * upPx;
      const fits = right < width - margins.marginLeft - 2 && (x - bottom) * acrossPx >= leastApartPx;
      if (
        fits &&
        boxes.every((other) => Math.abs(other.up - up) > linePx || right < other.left - 4 || left > other.right + 4)
      ) {
        boxes.push({ x, y: volume, name, colour, left, right, up });
        break;
      }
    }
  }
  return boxes;
}
