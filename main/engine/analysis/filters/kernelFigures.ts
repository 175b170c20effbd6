import type { KernelFigures } from '../../../../shared/analysis/filters';
import type { Cuttable } from '../cuttable';
import { frequencyShares, lowFrequencyZ, wavesOf } from './frequency';
import type { Lines } from '../kernelLayer';
import { neighbourhoodOf, spatialFigures } from './spatial';

/** Figures of every kernel kept, and what the tests take from all of them. */
export interface KernelTable {
  readonly kernels: KernelFigures[];
  readonly moranMean: number | null;
  readonly moranMeanZ: number | null;
  readonly lowFrequencyMean: number | null;
  readonly lowFrequencyMeanZ: number | null;
  /** Moran's I of each kernel, NaN where it has none: the intervals draw from these. */
  readonly morans: Float64Array;
}

/** Kernels listed by name: beyond, a file of results would be all there is. */
export const mostListed = 65_536;

/** A kernel of one weight has a norm and no shape. */
function* singleWeights({ values, inside, out }: Lines): Cuttable<KernelTable> {
  yield;
  return {
    kernels: Array.from(values.subarray(0, mostListed), (value, at) => ({
      in: inside[at] as number,
      out: out[at] as number,
      moranZ: null,
      gearyC: null,
      lowFrequencyShare: null,
      highFrequencyShare: null,
      totalVariation: null,
      norm: Math.abs(value),
    })),
    moranMean: null,
    moranMeanZ: null,
    lowFrequencyMean: null,
    lowFrequencyMeanZ: null,
    morans: new Float64Array(0),
  };
}

/** Kernels between two turns. */
const piece = 512;

export function* kernelTable(lines: Lines, size: readonly number[]): Cuttable<KernelTable> {
  const { values, cells, inside, out } = lines;
  if (cells < 2) return yield* singleWeights(lines);
  const count = values.length / cells;
  const neighbourhood = neighbourhoodOf(size);
  const waves = wavesOf(size);
  const room = new Float64Array(2 * cells);
  const kernels: KernelFigures[] = [];
  const morans = new Float64Array(count).fill(NaN);
  let moran = 0;
  let withMoran = 0;
  let low = 0;
  let lowZ = 0;
  for (let k = 0; k < count; k++) {
    const from = k * cells;
    const spatial = spatialFigures(values, from, neighbourhood);
    const frequency = frequencyShares(values, from, waves, room);
    let squares = 0;
    for (let t = 0; t < cells; t++) squares += (values[from + t] as number) ** 2;
    if (spatial && neighbourhood.sd > 0) {
      morans[k] = spatial.moran;
      moran += spatial.moran;
      withMoran += 1;
    }
    low += frequency.low;
    lowZ += lowFrequencyZ(frequency.low, waves);
    if (k < mostListed) {
      kernels.push({
        in: inside[k] as number,
        out: out[k] as number,
        moranZ: spatial && neighbourhood.sd > 0 ? (spatial.moran - neighbourhood.expected) / neighbourhood.sd : null,
        gearyC: spatial?.geary ?? null,
        lowFrequencyShare: frequency.low,
        highFrequencyShare: frequency.high,
        totalVariation: spatial?.totalVariation ?? null,
        norm: Math.sqrt(squares),
      });
    }
    if (k % piece === 0) yield;
  }
  const mean = moran / withMoran;
  return {
    kernels,
    moranMean: withMoran > 0 ? mean : null,
    moranMeanZ: withMoran > 0 ? (Math.sqrt(withMoran) * (mean - neighbourhood.expected)) / neighbourhood.sd : null,
    lowFrequencyMean: count > 0 ? low / count : null,
    lowFrequencyMeanZ: count > 0 && waves.lowCount < cells ? lowZ / Math.sqrt(count) : null,
    morans,
  };
}
