import { dot, line, ruleX, type PlotOptions } from '@observablehq/plot';
import type { Language } from '../../shared/words';
import { formatNumber } from '../controls/numbers';

/** The loss between two networks' weights, with the chord between its ends and the place of the barrier. */
export function weightPath(
  points: readonly { readonly share: number; readonly loss: number }[],
  { at, x, y, language }: { at: number | null; x: string; y: string; language: Language },
): PlotOptions {
  const [first, last] = [points[0], points.at(-1)];
  const chord = first && last ? [first, last] : [];
  const highest = Math.max(1e-12, ...points.map(({ loss }) => loss));
  const digits = highest < 0.1 ? 3 : highest < 10 ? 2 : 0;
  return {
    marginLeft: 46,
    marginRight: 16,
    marginTop: 10,
    marginBottom: 34,
    x: {
      domain: [0, 1],
      label: x,
      labelAnchor: 'center',
      labelArrow: 'none',
      ticks: 5,
      tickFormat: (value: number) => (value === 0 ? 'A' : value === 1 ? 'B' : formatNumber(value, 1, language)),
    },
    y: {
      domain: [0, 1.08 * highest],
      label: y,
      labelAnchor: 'center',
      labelArrow: 'none',
      ticks: 4,
      grid: true,
      tickFormat: (value: number) => formatNumber(value, digits, language),
    },
    marks: [
      line(chord, { x: 'share', y: 'loss', stroke: '#8e9ba8', strokeDasharray: '4 3' }),
      line(points, { x: 'share', y: 'loss', stroke: '#7fd4ff', strokeWidth: 2 }),
      dot(points, { x: 'share', y: 'loss', fill: '#7fd4ff', r: 2.5 }),
      ...(at === null || at === 0 || at === 1 ? [] : [ruleX([at], { stroke: '#ffb347', strokeDasharray: '2 3' })]),
    ],
  };
}
