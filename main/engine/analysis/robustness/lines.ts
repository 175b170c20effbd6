import type { Vec3 } from '../../../../shared/geometry';

/** Replaces every line along one axis by what is made of it; a line is handed over as a copy. */
export function everyLine(
  values: Float32Array,
  size: Vec3,
  axis: 0 | 1 | 2,
  make: (line: Float64Array) => Float64Array,
): Float32Array {
  const stride = [1, size[0], size[0] * size[1]][axis] as number;
  const count = size[axis];
  const found = new Float32Array(values.length);
  const line = new Float64Array(count);
  for (let start = 0; start < values.length; start++) {
    if (Math.floor(start / stride) % count !== 0) continue;
    for (let n = 0; n < count; n++) line[n] = values[start + n * stride] as number;
    const made = make(line);
    for (let n = 0; n < count; n++) found[start + n * stride] = made[n] as number;
  }
  return found;
}

/** Linear between neighbours; beyond the ends the outermost value goes on. */
export function readLine(line: Float64Array, at: number): number {
  const last = line.length - 1;
  const inside = Math.min(last, Math.max(0, at));
  const below = Math.min(last, Math.floor(inside));
  const share = inside - below;
  return share === 0
    ? (line[below] as number)
    : (line[below] as number) * (1 - share) + (line[below + 1] as number) * share;
}
