/** Distance in values of two neighbours along each spatial axis; channels are the fastest. */
function stridesOf(spatial: readonly number[], depth: number): number[] {
  const strides = spatial.map(() => depth);
  for (let axis = spatial.length - 2; axis >= 0; axis--)
    strides[axis] = (strides[axis + 1] ?? depth) * (spatial[axis + 1] ?? 1);
  return strides;
}

/** Values moved by whole voxels; what leaves at one end comes in at the other. *Shape* batch of one, channels last. */
export function rolled<A extends Float32Array | Float64Array>(
  values: A,
  shape: readonly number[],
  shift: readonly number[],
): A {
  if (shift.every((n) => n === 0)) return values;
  const spatial = shape.slice(1, -1);
  const depth = shape.at(-1) ?? 1;
  const strides = stridesOf(spatial, depth);
  const moved = values.slice() as A;
  for (let at = 0; at < values.length; at++) {
    let to = at % depth;
    for (const [axis, size] of spatial.entries()) {
      const stride = strides[axis] ?? 1;
      const index = Math.floor(at / stride) % size;
      to += ((((index + (shift[axis] ?? 0)) % size) + size) % size) * stride;
    }
    moved[to] = values[at] as number;
  }
  return moved;
}

/** Keeps the slope of the total variation finite where neighbours are equal. */
const soft = 1e-4;

/** Gradient of Σ √(d² + ε) over the differences d of neighbours along every spatial axis. */
export function totalVariation(values: Float64Array, spatial: readonly number[], depth: number): Float64Array {
  const gradient = new Float64Array(values.length);
  for (const [axis, stride] of stridesOf(spatial, depth).entries()) {
    const size = spatial[axis] ?? 1;
    for (let at = 0; at < values.length; at++) {
      if (Math.floor(at / stride) % size === size - 1) continue;
      const difference = (values[at + stride] as number) - (values[at] as number);
      const slope = difference / Math.sqrt(difference * difference + soft);
      gradient[at] = (gradient[at] as number) - slope;
      gradient[at + stride] = (gradient[at + stride] as number) + slope;
    }
  }
  return gradient;
}

/** Weights of a voxel and of its neighbour under a narrow Gaussian. *Units* σ in voxels, at most 0.5. */
export function gaussianTaps(sigma: number): readonly [middle: number, beside: number] {
  const beside = Math.exp(-1 / (2 * sigma * sigma));
  return [1 / (1 + 2 * beside), beside / (1 + 2 * beside)];
}

/** Three taps along every spatial axis; at the border the last voxel stands for the one outside. */
export function blurred(
  values: Float64Array<ArrayBuffer>,
  spatial: readonly number[],
  depth: number,
  [middle, beside]: readonly [number, number],
): Float64Array<ArrayBuffer> {
  let from = values;
  for (const [axis, stride] of stridesOf(spatial, depth).entries()) {
    const size = spatial[axis] ?? 1;
    const source = from;
    from = source.map((value, at) => {
      const index = Math.floor(at / stride) % size;
      const before = index === 0 ? value : (source[at - stride] as number);
      const behind = index === size - 1 ? value : (source[at + stride] as number);
      return middle * value + beside * (before + behind);
    });
  }
  return from;
}
