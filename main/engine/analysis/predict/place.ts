import type { NetworkArray } from '../../network/network';
import type { Placing, PreparedInput } from '../../recipe/preparedInput';
import type { InputWriter } from '../../result/inputWriter';

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
