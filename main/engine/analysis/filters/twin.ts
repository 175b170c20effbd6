import type { Band, InitialLaw, KernelFigures, TwinFigures } from '../../../../shared/analysis/filters';
import type { Cuttable } from '../cuttable';
import { freshLayer } from '../freshLayer';
import { quantileSorted } from '../statistics/quantile';
import type { KernelLayer } from '../kernelLayer';
import { layerFigures, type LayerFigures } from './layerFigures';
import { statusOf } from './layerTests';
import { spectrumCost } from './spectrum';

/** Multiply-adds that the twins of one layer may cost together. */
const mostWork = 1e10;

/** Kernels of each twin that the band of the kernels' numbers is taken from. */
const sampled = 400;

/** The layer's numbers that a twin is asked for. */
const layerKeys = [
  'varianceEntropy',
  'stableRank',
  'mpOutliers',
  'mpOutlierShare',
  'alpha',
  'droppedShare',
  'moranMean',
  'lowFrequencyMean',
  'alignment',
  'smoothShare',
] as const;

const kernelKeys = ['moranZ', 'gearyC', 'lowFrequencyShare', 'highFrequencyShare', 'totalVariation', 'norm'] as const;

function someOf(kernels: readonly KernelFigures[]): KernelFigures[] {
  const step = Math.max(1, Math.floor(kernels.length / sampled));
  return kernels.filter((_, at) => at % step === 0);
}

const numberOf = (figure: LayerFigures['numbers'][(typeof layerKeys)[number]]): number | null =>
  typeof figure === 'object' ? (figure?.value ?? null) : figure;

const meanOf = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (const value of Array.from(values)) sum += value;
  return sum / values.length;
};

/** Least and greatest over the twins. */
function layerBands(twins: readonly LayerFigures[]): Record<string, Band> {
  const bands: Record<string, Band> = {};
  for (const key of layerKeys) {
    const values = twins.map(({ numbers }) => numberOf(numbers[key])).filter((value) => value !== null);
    if (values.length === 0) continue;
    bands[key] = { mean: meanOf(values), low: Math.min(...values), high: Math.max(...values) };
  }
  return bands;
}

/** 5 % and 95 % quantile over the kernels of all twins. */
function kernelBands(twins: readonly LayerFigures[]): Record<string, Band> {
  const bands: Record<string, Band> = {};
  for (const key of kernelKeys) {
    const values = twins
      .flatMap(({ kernels }) => kernels.map((kernel) => kernel[key]))
      .filter((value) => value !== null);
    if (values.length === 0) continue;
    const sorted = Float64Array.from(values).sort();
    bands[key] = { mean: meanOf(sorted), low: quantileSorted(sorted, 0.05), high: quantileSorted(sorted, 0.95) };
  }
  return bands;
}

/** The same numbers for freshly initialised copies of the layer; fewer of a large layer, null where even one takes too long. */
export function* twinsOf(
  layer: KernelLayer,
  law: InitialLaw,
  wanted: number,
  level: number,
): Cuttable<TwinFigures | null> {
  const drawn = Math.min(wanted, Math.floor(mostWork / Math.max(1, spectrumCost(layer))));
  if (drawn === 0) return null;
  const twins: LayerFigures[] = [];
  for (let seed = 0; seed < drawn; seed++) {
    const own = yield* layerFigures(freshLayer(layer, law, seed), { intervals: false });
    twins.push({ ...own, kernels: someOf(own.kernels) });
  }
  const values = twins.map(({ singularValues }) => singularValues);
  return {
    law,
    drawn,
    structured: twins.filter(
      ({ numbers, kept, power }) => statusOf(numbers.tests, kept.inside.length, power, level) === 'structured',
    ).length,
    layer: layerBands(twins),
    kernels: kernelBands(twins),
    singularValues: (values[0] ?? []).map((_, at) => meanOf(values.map((own) => own[at] as number))),
  };
}
