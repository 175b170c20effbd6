import type { AlongInput } from './placing';

/**
 * The channel's map on the input's voxels, by the centres of what its voxels see, linear between them and constant beyond the outermost.
 * *Shape* of one entry.
 */
export function onInput(
  map: Float32Array,
  depth: number,
  channel: number,
  shape: readonly number[],
  along: readonly AlongInput[],
  input: readonly number[],
): Float32Array {
  let sizes = [...shape];
  let values = new Float32Array(map.length / depth);
  for (let v = 0; v < values.length; v++) values[v] = map[v * depth + channel] as number;
  shape.forEach((n, axis) => {
    const to = input[axis] as number;
    const { step, start } = along[axis] as AlongInput;
    if (n === to && step === 1 && start === 0) return;
    const outer = sizes.slice(0, axis).reduce((product, m) => product * m, 1);
    const inner = sizes.slice(axis + 1).reduce((product, m) => product * m, 1);
    const next = new Float32Array(outer * to * inner);
    for (let at = 0; at < to; at++) {
      const place = Math.min(Math.max((at - start) / step, 0), n - 1);
      const low = Math.min(Math.floor(place), Math.max(0, n - 2));
      const high = Math.min(low + 1, n - 1);
      const share = place - low;
      for (let o = 0; o < outer; o++)
        for (let i = 0; i < inner; i++) {
          const a = values[(o * n + low) * inner + i] as number;
          const b = values[(o * n + high) * inner + i] as number;
          next[(o * to + at) * inner + i] = share === 0 ? a : a + share * (b - a);
        }
    }
    values = next;
    sizes = sizes.map((m, other) => (other === axis ? to : m));
  });
  return values;
}
