import type { Figure } from '../../../../shared/result';
import type { Cuttable } from '../cuttable';
import { drawsOf } from '../statistics/draws';
import { quantile } from '../statistics/quantile';

/** Resamples of an interval, and the seed that they hang on. */
const resamples = 400;
const seed = 1;
/** Additions that an interval may cost. */
const mostWork = 4e8;

/** Kernels by the output channel that they belong to: those of one filter depend on each other and are drawn together. */
function filtersOf(out: Int32Array): readonly number[][] {
  const groups = new Map<number, number[]>();
  for (const [k, filter] of out.entries()) {
    const group = groups.get(filter);
    if (group) group.push(k);
    else groups.set(filter, [k]);
  }
  return [...groups.values()];
}

/** Fewer filters than this have no interval. */
const fewestFilters = 5;

const figure = (value: number, drawn: readonly number[]): Figure => ({
  value,
  ci95: [quantile(drawn, 0.025), quantile(drawn, 0.975)],
});

/** The mean of a figure of each kernel as a function of it, with its interval over filters. */
export function meanFigure(values: Float64Array, out: Int32Array, of: (mean: number) => number | null): Figure {
  const filters = filtersOf(out).map((kernels) => {
    const own = kernels.map((k) => values[k] as number).filter((value) => !Number.isNaN(value));
    return { count: own.length, sum: own.reduce((sum, value) => sum + value, 0) };
  });
  const meanOf = (some: readonly { count: number; sum: number }[]): number | null => {
    const count = some.reduce((all, own) => all + own.count, 0);
    return count === 0 ? null : of(some.reduce((all, own) => all + own.sum, 0) / count);
  };
  const value = meanOf(filters);
  if (value === null || filters.length < fewestFilters) return value;
  const draws = drawsOf(seed, 'mean over filters');
  const drawn: number[] = [];
  for (let n = 0; n < resamples; n++) {
    const own = meanOf(filters.map(() => filters[draws.below(filters.length)] as { count: number; sum: number }));
    if (own !== null) drawn.push(own);
  }
  return figure(value, drawn);
}

/** How alike the kernels' shapes are, with its interval over filters where that is not too long a sum. */
export function* alignmentFigure(units: Float64Array, cells: number, out: Int32Array, value: number): Cuttable<Figure> {
  const filters = filtersOf(out);
  const size = (cells * (cells + 1)) / 2;
  if (filters.length < fewestFilters || filters.length * size * resamples > mostWork) return value;
  // Scatter of each filter's shapes, upper triangle: a resample only adds these.
  const scatters = filters.map((kernels) => {
    const scatter = new Float64Array(size);
    for (const k of kernels) {
      for (let i = 0, at = 0; i < cells; i++) {
        const own = units[k * cells + i] as number;
        for (let j = i; j < cells; j++, at++)
          scatter[at] = (scatter[at] as number) + own * (units[k * cells + j] as number);
      }
    }
    return scatter;
  });
  yield;
  const draws = drawsOf(seed, 'alignment over filters');
  const drawn: number[] = [];
  for (let n = 0; n < resamples; n++) {
    const sum = new Float64Array(size);
    let count = 0;
    const times = new Map<number, number>();
    for (const _ of filters) {
      const which = draws.below(filters.length);
      times.set(which, (times.get(which) ?? 0) + 1);
    }
    // A filter that is drawn twice is not a second pair of like kernels: its pairs with itself are taken out below.
    let twice = 0;
    for (const [which, often] of times) {
      const scatter = scatters[which] as Float64Array;
      const kernels = (filters[which] as number[]).length;
      count += often * kernels;
      twice += kernels * often * often;
      for (let at = 0; at < size; at++) sum[at] = (sum[at] as number) + often * (scatter[at] as number);
    }
    let trace = 0;
    for (let i = 0, at = 0; i < cells; i++)
      for (let j = i; j < cells; j++, at++) trace += (j === i ? 1 : 2) * (sum[at] as number) ** 2;
    const likeness = (trace - twice) / (count * count - twice);
    drawn.push((cells * likeness - 1) / (cells - 1));
    if (n % 16 === 0) yield;
  }
  return figure(value, drawn);
}
