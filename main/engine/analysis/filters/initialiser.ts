import type { InitialiserFigures, InitialLaw } from '../../../../shared/analysis/filters';
import { andersonDarlingNormal, kolmogorovSmirnov } from '../statistics/goodnessOfFit';
import { choleskyOf } from '../statistics/cholesky';
import { chiSquaredQuantile } from '../statistics/gamma';
import { lawOf, triedLaws, type Law } from '../initialLaw';
import type { KernelLayer, Lines } from '../kernelLayer';

/** float32 may round a weight that lies on the limit outwards. */
const roundingSlack = 1 + 1e-6;

/** Share of the weights that no draw of the law can give. */
export function violationOf(values: Float32Array, { limit }: Pick<Law, 'limit'>): number {
  let beyond = 0;
  for (const value of values) if (Math.abs(value) > limit * roundingSlack) beyond += 1;
  return beyond / values.length;
}

/** Mean square, with the χ² interval whose freedom the tails of the weights themselves decide. */
function spreadOf(values: Float32Array): { variance: number; factors: readonly [number, number] } {
  let second = 0;
  let fourth = 0;
  for (const value of values) {
    second += value * value;
    fourth += value ** 4;
  }
  const n = values.length;
  const kurtosis = (n * fourth) / (second * second);
  const freedom = (2 * n) / Math.max(kurtosis - 1, 1e-6);
  return {
    variance: second / n,
    factors: [freedom / chiSquaredQuantile(0.975, freedom), freedom / chiSquaredQuantile(0.025, freedom)],
  };
}

/**
 * The layer against the law that its weights were drawn from, or against every usual one. null where a weight is no number or all are
 * zero. *Source* methods §1.2, T5.
 */
export function initialiserFigures(
  layer: KernelLayer,
  kernels: Lines,
  named: InitialLaw | 'unknown',
): InitialiserFigures | null {
  const { values, fanIn, fanOut } = layer;
  const { variance, factors } = spreadOf(values);
  if (!Number.isFinite(variance) || variance === 0 || values.length < 8) return null;
  const sorted = Float64Array.from(values).sort();
  const laws = (named === 'unknown' ? triedLaws : [named]).map((id) => lawOf(id, layer));
  const tried = laws.map((law) => {
    const fit = kolmogorovSmirnov(sorted, law.cdf);
    const ratio = variance / law.variance;
    return {
      law: law.id,
      limit: Number.isFinite(law.limit) ? law.limit : null,
      supportViolation: Number.isFinite(law.limit) ? violationOf(values, law) : null,
      varianceRatio: { value: ratio, ci95: [ratio * factors[0], ratio * factors[1]] as [number, number] },
      ks: fit.statistic,
      p: fit.p,
      mardiaExpected: kernels.cells * (kernels.cells + 2) + law.excess * kernels.cells,
    };
  });
  const best = tried.reduce((a, b) => (b.p > a.p || (b.p === a.p && b.ks < a.ks) ? b : a));
  const widest = Math.max(...laws.map(({ limit }) => limit));
  return {
    fanIn,
    fanOut,
    law: best.law,
    bestOf: tried.length,
    p: best.p,
    supportViolation: Number.isFinite(widest) ? violationOf(values, { limit: widest }) : null,
    limit: Number.isFinite(widest) ? widest : null,
    varianceRatio: best.varianceRatio,
    laws: tried,
    normality: andersonDarlingNormal(sorted),
    mardia: mardiaOf(kernels),
  };
}

/** mean[(u−ū)ᵀΣ⁻¹(u−ū)]² over the kernels; null with fewer than 5 kernels a weight, or where Σ has no inverse. *Source* Mardia 1970. */
export function mardiaOf({ values, cells }: Lines): number | null {
  const count = values.length / cells;
  if (cells < 2 || cells > 400 || count <= 5 * cells) return null;
  const mean = new Float64Array(cells);
  for (let at = 0; at < values.length; at++) {
    const t = at % cells;
    mean[t] = (mean[t] as number) + (values[at] as number) / count;
  }
  const covariance = new Float64Array(cells * cells);
  for (let from = 0; from < values.length; from += cells) {
    for (let i = 0; i < cells; i++) {
      const own = (values[from + i] as number) - (mean[i] as number);
      for (let j = 0; j <= i; j++) {
        const at = i * cells + j;
        covariance[at] =
          (covariance[at] as number) + (own * ((values[from + j] as number) - (mean[j] as number))) / count;
      }
    }
  }
  const root = choleskyOf(covariance, cells);
  if (!root) return null;
  const solved = new Float64Array(cells);
  let sum = 0;
  for (let from = 0; from < values.length; from += cells) {
    let distance = 0;
    for (let i = 0; i < cells; i++) {
      let rest = (values[from + i] as number) - (mean[i] as number);
      for (let j = 0; j < i; j++) rest -= (root[i * cells + j] as number) * (solved[j] as number);
      solved[i] = rest / (root[i * cells + i] as number);
      distance += (solved[i] as number) ** 2;
    }
    sum += distance ** 2;
  }
  return sum / count;
}
