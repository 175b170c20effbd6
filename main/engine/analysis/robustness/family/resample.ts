import { valueFamily } from '../family';
import { everyLine, readLine } from '../lines';

/** Cells of `factor` pixels: each the mean of what it covers, fractions by their share; then linear between the cells' centres. */
export function coarsened(line: Float64Array, factor: number): Float64Array {
  const n = line.length;
  const cells = Math.max(1, Math.ceil(n / factor - 1e-9));
  const means = Float64Array.from({ length: cells }, (_, cell) => {
    const [from, to] = [cell * factor, Math.min(n, (cell + 1) * factor)];
    let [sum, covered] = [0, 0];
    for (let pixel = Math.floor(from); pixel < to; pixel++) {
      const share = Math.min(to, pixel + 1) - Math.max(from, pixel);
      sum += share * (line[pixel] as number);
      covered += share;
    }
    return sum / covered;
  });
  return Float64Array.from({ length: n }, (_, pixel) => readLine(means, (pixel + 0.5) / factor - 0.5));
}

/** The in-plane pixels made so many times as wide, and brought back to the grid. */
export const resampling = valueFamily('resample', { reads: 'image' }, ({ values, grid: { size } }) => (factor) => {
  if (factor === 1) return values;
  const along = (own: Float32Array, axis: 0 | 1): Float32Array =>
    size[axis] < 2 ? own : everyLine(own, size, axis, (line) => coarsened(line, factor));
  return along(along(values, 0), 1);
});
