import type { KernelFigures, LayerNumbers } from '../../../../shared/analysis/filters';
import type { Cuttable } from '../cuttable';
import { directionsOf, unitLines } from './directions';
import { entropyOfNoise } from './entropyOfNoise';
import { alignmentFigure, meanFigure } from './interval';
import { kernelTable } from './kernelFigures';
import { cellsOf, columnsOf, kernelsOf, notFiniteIn, type KernelLayer, type Lines } from '../kernelLayer';
import { layerTests } from './layerTests';
import { commonPatternPower, smoothShareOf, spatialPower, type Power } from './power';
import { spectrumCost, spectrumOf, varianceEntropyOf, type Spectrum } from './spectrum';

/** Everything that a layer's weights alone say. */
export interface LayerFigures {
  readonly kept: Lines;
  readonly kernels: KernelFigures[];
  readonly numbers: LayerNumbers;
  readonly power: Power;
  readonly singularValues: readonly number[];
  /** True where the layer is too large for directions and spectrum. */
  readonly tooLarge: boolean;
}

export interface Depth {
  /** Intervals over filters: left out for twins, which are a band themselves. */
  readonly intervals: boolean;
}

/** Multiply-adds that the spectrum of one layer may cost: about half a minute. */
export const mostSpectrumWork = 3e10;
/** Singular values kept for the chart. */
const mostSingularValues = 256;
/** A layer of single weights needs this many outputs before their directions are tested. */
const fewestColumns = 16;

/** Evenly chosen, the first and the last among them. */
export function thinned(values: readonly number[], most: number): number[] {
  if (values.length <= most) return [...values];
  return Array.from({ length: most }, (_, at) => values[Math.round((at * (values.length - 1)) / (most - 1))] as number);
}

/** What directions are drawn from: kernels, or of single weights what each output takes. */
function directionLines(layer: KernelLayer, kept: Lines): Lines | null {
  if (cellsOf(layer) > 1) return kept;
  const columns = columnsOf(layer);
  return columns.values.length / Math.max(columns.cells, 1) >= fewestColumns ? columns : null;
}

/** Columns of the matrix of which rows are output channels. */
const sidesOf = (layer: KernelLayer): readonly [number, number] => [layer.out, layer.values.length / layer.out];

export function* layerFigures(layer: KernelLayer, { intervals }: Depth): Cuttable<LayerFigures> {
  const cells = cellsOf(layer);
  const kept = kernelsOf(layer);
  const count = kept.inside.length;
  const table = yield* kernelTable(kept, layer.size);
  const tooLarge = spectrumCost(layer) > mostSpectrumWork;
  const spectrum: Spectrum | null = tooLarge ? null : yield* spectrumOf(layer);
  const lines = tooLarge && cells === 1 ? null : directionLines(layer, kept);
  const units = lines ? unitLines(lines.values, lines.cells) : null;
  const directions = lines && units ? yield* directionsOf(units, lines.cells) : null;
  const alignment =
    !directions || !lines || !units
      ? null
      : intervals
        ? yield* alignmentFigure(units, lines.cells, lines.out, directions.alignment)
        : directions.alignment;
  const smooth = (moran: number): number | null => smoothShareOf(layer.size, moran);
  const tests = layerTests({
    directions,
    moranMeanZ: table.moranMeanZ,
    lowFrequencyMeanZ: table.lowFrequencyMeanZ,
    tracyWidom: spectrum?.tracyWidom ?? null,
  });
  return {
    kept,
    kernels: table.kernels,
    power: cells > 1 ? spatialPower(layer.size, count) : commonPatternPower(...sidesOf(layer)),
    singularValues: thinned(spectrum?.singularValues ?? [], mostSingularValues),
    tooLarge,
    numbers: {
      varianceEntropy: cells > 1 ? yield* varianceEntropyOf(kept) : null,
      varianceEntropyOfNoise: entropyOfNoise(cells, count),
      stableRank: spectrum?.stableRank ?? null,
      stableRankOfNoise: spectrum?.stableRankOfNoise ?? null,
      mpOutliers: spectrum?.outliers ?? null,
      mpOutlierShare: spectrum?.outlierShare ?? null,
      alpha: spectrum?.alpha
        ? { value: spectrum.alpha.value, ci95: [spectrum.alpha.ci95[0], spectrum.alpha.ci95[1]] }
        : null,
      droppedShare: kept.droppedShare,
      kernelsKept: count,
      moranMean: table.moranMean,
      lowFrequencyMean: table.lowFrequencyMean,
      alignment,
      smoothShare:
        table.moranMean === null
          ? null
          : intervals
            ? meanFigure(table.morans, kept.out, smooth)
            : smooth(table.moranMean),
      notFinite: notFiniteIn(layer.values),
      tests,
    },
  };
}
