import { line, ruleX, type PlotOptions } from '@observablehq/plot';
import type { Language } from '../../shared/words';
import { formatNumber } from '../controls/numbers';

/** Singular values, falling, of a layer and of its fresh twins, over the edge that noise hardly passes. */
export interface SingularValues {
  readonly own: readonly number[];
  readonly twin: readonly number[];
}

const placed = (values: readonly number[]): { rank: number; value: number }[] =>
  values.map((value, at) => ({ rank: values.length > 1 ? (100 * at) / (values.length - 1) : 0, value }));

/** Share of the singular values above each size: a curve that leaves its twin's at the right is a pattern that chance does not give. */
export function singularValueCurves(
  { own, twin }: SingularValues,
  { x, y, language }: { readonly x: string; readonly y: string; readonly language: Language },
): PlotOptions {
  const largest = Math.max(...own, ...twin, 1);
  return {
    marginLeft: 42,
    marginRight: 10,
    marginTop: 8,
    marginBottom: 30,
    x: {
      domain: [0, largest * 1.04],
      label: x,
      labelAnchor: 'center',
      labelArrow: 'none',
      ticks: 5,
      tickFormat: (value: number) => formatNumber(value, largest < 5 ? 1 : 0, language),
    },
    y: {
      domain: [0, 100],
      label: y,
      labelAnchor: 'center',
      labelArrow: 'none',
      ticks: [0, 50, 100],
      tickFormat: (value: number) => formatNumber(value, 0, language),
      grid: true,
    },
    marks: [
      line(placed(twin), { x: 'value', y: 'rank', stroke: '#eef2f6', strokeDasharray: '5 4', strokeWidth: 1.5 }),
      line(placed(own), { x: 'value', y: 'rank', stroke: '#ffcf5c', strokeWidth: 2 }),
      ...(twin[0] === undefined ? [] : [ruleX([twin[0]], { stroke: '#657688', strokeDasharray: '2 3' })]),
    ],
  };
}
