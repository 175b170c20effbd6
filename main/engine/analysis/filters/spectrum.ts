import type { Cuttable } from '../cuttable';
import { gramOf, squaredSingularValues, symmetricEigenvalues } from '../statistics/eigenvalues';
import { powerLawOf } from '../statistics/powerLaw';
import { marchenkoPasturEdge, tracyWidom99, tracyWidomScale, tracyWidomTail } from '../statistics/randomMatrix';
import { cellsOf, type KernelLayer, type Lines } from '../kernelLayer';

/** The layer's weights as one matrix, outputs × (inputs · cells), and what its singular values say. */
export interface Spectrum {
  readonly rows: number;
  readonly columns: number;
  /** Singular values over the root mean square of the weights, falling. */
  readonly singularValues: readonly number[];
  readonly stableRank: number;
  /** Stable rank that noise of this shape has. */
  readonly stableRankOfNoise: number;
  /** Largest squared singular value, scaled to the Tracy–Widom law; null for a matrix too thin for that law. */
  readonly tracyWidom: { readonly t: number; readonly p: number } | null;
  readonly outliers: number;
  /** Share of Σ w² that the outliers carry. */
  readonly outlierShare: number;
  readonly alpha: { readonly value: number; readonly ci95: readonly [number, number]; readonly tail: number } | null;
}

/** A matrix thinner than this has no law of its largest singular value. */
const thinnest = 5;
/** Below this many values in the tail even pure noise gives any exponent. */
const fewestTail = 64;

/** Depthwise kernels have an output channel for each input and multiplier. */
const rowsOf = ({ op, inside, out, weight }: KernelLayer): number =>
  op.startsWith('depthwise') || weight === 'depthwise' ? inside * out : out;

/** Multiply-adds of the Gram matrix: what the spectrum of a layer costs, and its directions as much. */
export function spectrumCost(layer: KernelLayer): number {
  const rows = rowsOf(layer);
  const columns = layer.values.length / rows;
  return (Math.min(rows, columns) ** 2 * Math.max(rows, columns)) / 2 + Math.min(rows, columns) ** 3 * 1.4;
}

function matrixOf(layer: KernelLayer): { matrix: Float64Array; rows: number; columns: number; scale: number } {
  const rows = rowsOf(layer);
  const { values, out, inside } = layer;
  const columns = values.length / rows;
  const matrix = new Float64Array(values.length);
  let squares = 0;
  for (const value of values) squares += value * value;
  const scale = Math.sqrt(squares / values.length);
  const cells = cellsOf(layer);
  for (let at = 0; at < values.length; at++) {
    const o = at % out;
    const i = Math.floor(at / out) % inside;
    const t = Math.floor(at / (out * inside));
    const place = rows === out ? (o * inside + i) * cells + t : (i * out + o) * cells + t;
    matrix[place] = (values[at] as number) / scale;
  }
  return { matrix, rows, columns, scale };
}

/** null where a weight is no number, or all are zero. */
export function* spectrumOf(layer: KernelLayer): Cuttable<Spectrum | null> {
  const { matrix, rows, columns, scale } = matrixOf(layer);
  if (!Number.isFinite(scale) || scale === 0) return null;
  const squares = yield* squaredSingularValues(matrix, rows, columns);
  const energy = squares.reduce((sum, value) => sum + value, 0);
  const largest = squares[0] as number;
  const thin = Math.min(rows, columns) < thinnest;
  const { centre, width } = tracyWidomScale(rows, columns);
  const scaled = (value: number): number => (value - centre) / width;
  const beyond = thin ? new Float64Array(0) : squares.filter((value) => scaled(value) > tracyWidom99);
  const law = powerLawOf(squares);
  return {
    rows,
    columns,
    singularValues: Array.from(squares, Math.sqrt),
    stableRank: energy / largest,
    stableRankOfNoise: (rows * columns) / marchenkoPasturEdge(rows, columns),
    tracyWidom: thin ? null : { t: scaled(largest), p: tracyWidomTail(scaled(largest)) },
    outliers: beyond.length,
    outlierShare: beyond.reduce((sum, value) => sum + value, 0) / energy,
    alpha:
      law && law.tail >= fewestTail
        ? {
            value: law.alpha,
            ci95: [law.alpha - 1.96 * law.se, law.alpha + 1.96 * law.se],
            tail: law.tail,
          }
        : null,
  };
}

/**
 * H = −Σ p log₁₀ p with p_i = σ_i²/Σσ², of the raw kernels less their mean kernel. null where there is nothing to decompose.
 * *Source* Gavrikov & Keuper 2022.
 */
export function* varianceEntropyOf({ values, cells }: Lines): Cuttable<number | null> {
  const count = values.length / cells;
  if (cells < 2 || count < 2) return null;
  const mean = new Float64Array(cells);
  for (let at = 0; at < values.length; at++) {
    const t = at % cells;
    mean[t] = (mean[t] as number) + (values[at] as number) / count;
  }
  const centred = values.map((value, at) => value - (mean[at % cells] as number));
  const gram = yield* gramOf(centred, count, cells);
  const spread = yield* symmetricEigenvalues(gram, Math.min(count, cells));
  const all = spread.reduce((sum, value) => sum + Math.max(0, value), 0);
  if (all === 0) return null;
  return spread.reduce((sum, value) => {
    const share = Math.max(0, value) / all;
    return share > 0 ? sum - share * Math.log10(share) : sum;
  }, 0);
}
