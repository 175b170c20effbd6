import { areaY, dot, line, ruleY, text, type PlotOptions } from '@observablehq/plot';
import type { Language } from '../../shared/words';
import { formatNumber } from '../controls/numbers';

/** One degradation: a share (of right answers, of confidence) at each strength, with its interval where there is one. */
export interface RobustnessCurve {
  readonly name: string;
  readonly colour: string;
  readonly chosen: boolean;
  readonly points: readonly {
    readonly strength: number;
    readonly value: number;
    readonly interval: readonly [number, number] | null;
  }[];
}

/** Shares against strength, as a share of each family's largest; the chosen family is thick and shows its interval. */
export function robustnessCurves(
  curves: readonly RobustnessCurve[],
  {
    x,
    y,
    language,
    level,
  }: { readonly x: string; readonly y: string; readonly language: Language; readonly level: number | null },
): (width: number, height: number) => PlotOptions {
  const number = (digits: number) => (value: number) => formatNumber(value, digits, language);
  const banded = curves.flatMap(({ chosen, colour, points }) =>
    chosen
      ? points.flatMap(({ strength, interval }) =>
          interval === null ? [] : [{ strength, low: interval[0], high: interval[1], colour }],
        )
      : [],
  );
  const longest = Math.max(0, ...curves.map(({ name }) => name.length));
  return () => ({
    marginLeft: 42,
    marginRight: Math.min(130, 12 + letterPx * longest),
    marginTop: 8,
    marginBottom: 34,
    x: { domain: [0, 1], label: x, labelAnchor: 'center', labelArrow: 'none', ticks: 5, tickFormat: number(2) },
    y: {
      domain: [0, 1],
      label: y,
      labelAnchor: 'center',
      labelArrow: 'none',
      ticks: 5,
      tickFormat: number(1),
      grid: true,
    },
    marks: [
      ...(level === null ? [] : [ruleY([level], { stroke: '#8e9ba8', strokeDasharray: '4 3' })]),
      ...(banded.length > 1
        ? [
            areaY(banded, {
              x: 'strength',
              y1: 'low',
              y2: 'high',
              fill: banded[0]?.colour ?? '#b7c2cd',
              fillOpacity: 0.18,
            }),
          ]
        : []),
      ...curves.map(({ points, colour, chosen }) =>
        line(points, {
          x: 'strength',
          y: 'value',
          stroke: colour,
          strokeWidth: chosen ? 2.6 : 1.2,
          strokeLinejoin: 'round',
        }),
      ),
      ...curves
        .filter(({ chosen }) => chosen)
        .map(({ points, colour }) => dot(points, { x: 'strength', y: 'value', r: 3, fill: colour })),
      text(namesOf(curves), {
        x: 'x',
        y: 'y',
        text: 'name',
        fill: 'colour',
        fontWeight: 600,
        fontSize: 11,
        textAnchor: 'start',
        dx: 6,
      }),
    ],
  });
}

const letterPx = 6.4;

/** Names at the right end of the curves, pushed apart where they would meet. */
function namesOf(
  curves: readonly RobustnessCurve[],
): readonly { x: number; y: number; name: string; colour: string }[] {
  const apart = 0.07;
  const ends = curves.flatMap(({ name, colour, points }) => {
    const last = points.at(-1);
    return last === undefined ? [] : [{ x: 1, y: last.value, name, colour }];
  });
  ends.sort((a, b) => b.y - a.y);
  let below = Infinity;
  return ends.map((end) => {
    below = Math.min(end.y, below - apart);
    return { ...end, y: below };
  });
}
