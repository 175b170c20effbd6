import type { NetworkArray } from '../../network/network';
import type { Placing, PreparedInput } from '../../recipe/preparedInput';
import type { InputWriter } from '../../result/inputWriter';
import type { LoadedNetwork } from '../../network/network';

/**
 * Where an output lies on the input: as fine as its input it lies on it voxel by voxel, else by its receptive field. null where it
 * has no place in space, and for arrays.
 */
export function placingOf(
  network: LoadedNetwork,
  prepared: PreparedInput,
  { shape }: NetworkArray,
  node: string,
): Placing | null {
  const input = prepared.array.shape;
  const spatial = shape.slice(1, -1);
  if (prepared.grid === null || shape.length !== input.length) return null;
  const sizes = prepared.dims === 3 ? spatial : [shape[0] as number, ...spatial];
  if (spatial.every((n, axis) => n === input[axis + 1]))
    return { shape: sizes, step: spatial.map(() => 1), start: spatial.map(() => 0) };
  const field = network.description.nodes.find(({ name }) => name === node)?.receptiveField ?? null;
  if (field === null || field === 'global' || !('size' in field) || !Array.isArray(field.size)) return null;
  const { size, step, start } = field as { size: (number | null)[]; step: number[]; start: number[] };
  if (size.length !== spatial.length || size.includes(null)) return null;
  return { shape: sizes, step, start: start.map((first, axis) => first + ((size[axis] ?? 1) - 1) / 2) };
}

/** Saves an output with all its channels: in space where it has a place, else as an array without the batch axis of a single entry. */
export async function saveOutput(
  name: string,
  output: NetworkArray,
  placing: Placing | null,
  prepared: PreparedInput,
  writer: InputWriter,
): Promise<string> {
  const { shape, values } = output;
  if (placing === null) {
    const slices = prepared.grid !== null && prepared.dims === 2;
    return writer.array(name, values, slices || shape[0] !== 1 ? shape : shape.slice(1));
  }
  const channels = shape.at(-1) as number;
  const one = new Float32Array(values.length / channels);
  let together: Float32Array | null = null;
  let grid = prepared.toVolume(one, placing);
  for (let channel = 0; channel < channels; channel++) {
    for (let v = 0; v < one.length; v++) one[v] = values[v * channels + channel] as number;
    grid = prepared.toVolume(one, placing);
    together ??= new Float32Array(grid.values.length * channels);
    for (let v = 0; v < grid.values.length; v++) together[v * channels + channel] = grid.values[v] as number;
  }
  return writer.volume(name, { ...grid, values: together ?? grid.values }, channels);
}
