/** Rearranging arrays of anything: numbers, or sizes that only a run tells. C order. */
export interface ArrayOf<Values> {
  readonly shape: readonly number[];
  readonly values: Values;
}

type Any = Float32Array | Float64Array | readonly unknown[];

export const countOf = (shape: readonly number[]): number => shape.reduce((p, n) => p * n, 1);

/** No constant that is computed while reading is larger. */
const mostElements = 2 ** 26;

function picked<Values extends Any>(values: Values, count: number, from: (i: number) => number): Values {
  if (count > mostElements) throw new RangeError('a constant would be too large');
  if (values instanceof Float32Array) return Float32Array.from({ length: count }, (_, i) => values[from(i)]!) as Values;
  if (values instanceof Float64Array) return Float64Array.from({ length: count }, (_, i) => values[from(i)]!) as Values;
  return Array.from({ length: count }, (_, i) => values[from(i)]) as unknown as Values;
}

export function stridesOf(shape: readonly number[]): number[] {
  const strides = shape.map(() => 1);
  for (let a = shape.length - 2; a >= 0; a--) strides[a] = strides[a + 1]! * shape[a + 1]!;
  return strides;
}

/** The element at output position i lies at Σ index[a] · step[a] + start. */
function walked<Values extends Any>(
  values: Values,
  shape: readonly number[],
  start: number,
  steps: readonly number[],
): ArrayOf<Values> {
  const own = stridesOf(shape);
  const from = (i: number): number => {
    let at = start;
    for (let a = 0; a < shape.length; a++) at += (Math.floor(i / own[a]!) % shape[a]!) * steps[a]!;
    return at;
  };
  return { shape, values: picked(values, countOf(shape), from) };
}

export function transposed<Values extends Any>(
  { shape, values }: ArrayOf<Values>,
  axes: readonly number[],
): ArrayOf<Values> {
  if (axes.every((axis, a) => axis === a)) return { shape, values };
  const strides = stridesOf(shape);
  return walked(
    values,
    axes.map((axis) => shape[axis]!),
    0,
    axes.map((axis) => strides[axis]!),
  );
}

/** `begin` and `size` in range, `step` of either sign. */
export function sliced<Values extends Any>(
  { shape, values }: ArrayOf<Values>,
  begin: readonly number[],
  size: readonly number[],
  step: readonly number[],
): ArrayOf<Values> {
  const strides = stridesOf(shape);
  const start = begin.reduce((sum, b, a) => sum + b * strides[a]!, 0);
  return walked(
    values,
    size,
    start,
    strides.map((s, a) => s * step[a]!),
  );
}

export function gathered<Values extends Any>(
  { shape, values }: ArrayOf<Values>,
  indices: ArrayOf<ArrayLike<number>>,
  axis: number,
): ArrayOf<Values> {
  const inner = countOf(shape.slice(axis + 1));
  const own = shape[axis]!;
  const many = indices.values.length;
  const from = (i: number): number => {
    const index = indices.values[Math.floor(i / inner) % many]!;
    return (Math.floor(i / (inner * many)) * own + (index < 0 ? index + own : index)) * inner + (i % inner);
  };
  const result = [...shape.slice(0, axis), ...indices.shape, ...shape.slice(axis + 1)];
  return { shape: result, values: picked(values, countOf(result), from) };
}

export function joined<Values extends Any>(parts: readonly ArrayOf<Values>[], axis: number): ArrayOf<Values> {
  const [first] = parts;
  if (!first) throw new RangeError('nothing is joined');
  const inner = countOf(first.shape.slice(axis + 1));
  const lengths = parts.map((part) => part.shape[axis]!);
  const total = lengths.reduce((sum, n) => sum + n, 0);
  const whole = parts.flatMap((part) => Array.from(part.values as ArrayLike<unknown>));
  // Where each index along the axis lies: the start of its part in the whole, its place and the part's length.
  const places: { readonly start: number; readonly at: number; readonly length: number }[] = [];
  let start = 0;
  parts.forEach((part, p) => {
    for (let at = 0; at < lengths[p]!; at++) places.push({ start, at, length: lengths[p]! });
    start += part.values.length;
  });
  const shape = first.shape.map((n, a) => (a === axis ? total : n));
  const from = (i: number): number => {
    const place = places[Math.floor(i / inner) % total]!;
    const outer = Math.floor(i / (inner * total));
    return place.start + (outer * place.length + place.at) * inner + (i % inner);
  };
  return { shape, values: picked(likewise(first.values, whole), countOf(shape), from) };
}

function likewise<Values extends Any>(like: Values, whole: readonly unknown[]): Values {
  if (like instanceof Float32Array) return Float32Array.from(whole as readonly number[]) as Values;
  if (like instanceof Float64Array) return Float64Array.from(whole as readonly number[]) as Values;
  return whole as unknown as Values;
}

export function tiled<Values extends Any>(
  { shape, values }: ArrayOf<Values>,
  times: readonly number[],
): ArrayOf<Values> {
  const strides = stridesOf(shape);
  const wide = shape.map((n, a) => n * times[a]!);
  const own = stridesOf(wide);
  const from = (i: number): number =>
    shape.reduce((sum, n, a) => sum + ((Math.floor(i / own[a]!) % wide[a]!) % n) * strides[a]!, 0);
  return { shape: wide, values: picked(values, countOf(wide), from) };
}
