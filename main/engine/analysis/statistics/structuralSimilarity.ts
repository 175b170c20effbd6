import type { Cuttable } from '../cuttable';

const sigma = 1.5;
const radius = 5;
const k1 = 0.01;
const k2 = 0.03;

const weights = ((): Float64Array => {
  const bell = Float64Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigma ** 2)),
  );
  const sum = bell.reduce((total, weight) => total + weight, 0);
  return bell.map((weight) => weight / sum);
})();

/** Index reflected at the edges, the edge voxel itself twice. */
function reflected(at: number, size: number): number {
  const turn = 2 * size;
  const inside = ((at % turn) + turn) % turn;
  return inside < size ? inside : turn - 1 - inside;
}

/** Gaussian mean along every axis. *Shape* `sizes`, C order. */
function* blurred(values: Float64Array, sizes: readonly number[]): Cuttable<Float64Array> {
  let from = values;
  let stride = values.length;
  for (const size of sizes) {
    stride /= size;
    const to = new Float64Array(from.length);
    for (let start = 0; start < from.length; start += stride * size) {
      for (let at = 0; at < size; at++)
        for (let t = -radius; t <= radius; t++) {
          const weight = weights[t + radius] as number;
          const source = start + reflected(at + t, size) * stride;
          const target = start + at * stride;
          for (let i = 0; i < stride; i++)
            to[target + i] = (to[target + i] as number) + weight * (from[source + i] as number);
        }
      yield;
    }
    from = to;
  }
  return from;
}

/**
 * Structural similarity at every voxel: Gaussian windows of σ 1.5 (11 voxels), K₁ 0.01, K₂ 0.03, variances over n. `range`: that of
 * the values. *Shape* `sizes`, C order. *Source* Wang 2004.
 */
export function* structuralSimilarity(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  sizes: readonly number[],
  range: number,
): Cuttable<Float64Array> {
  const [x, y] = [Float64Array.from(a), Float64Array.from(b)];
  const meanX = yield* blurred(x, sizes);
  const meanY = yield* blurred(y, sizes);
  const squareX = yield* blurred(
    x.map((value) => value * value),
    sizes,
  );
  const squareY = yield* blurred(
    y.map((value) => value * value),
    sizes,
  );
  const product = yield* blurred(
    x.map((value, i) => value * (y[i] as number)),
    sizes,
  );
  const [c1, c2] = [(k1 * range) ** 2, (k2 * range) ** 2];
  return meanX.map((mx, i) => {
    const my = meanY[i] as number;
    const both = (product[i] as number) - mx * my;
    const own = (squareX[i] as number) - mx * mx + (squareY[i] as number) - my * my;
    return ((2 * mx * my + c1) * (2 * both + c2)) / ((mx * mx + my * my + c1) * (own + c2));
  });
}
