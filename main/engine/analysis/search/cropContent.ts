import type { ChannelTransform, PreparedInput } from '../../recipe/preparedInput';
import type { KeptPlace, PhysicalChannel } from './kept';

const unitOf = ({ kind, name }: ChannelTransform): string =>
  kind === 'dose' ? 'Gy' : kind === 'structure' ? '1' : name.toUpperCase().startsWith('CT') ? 'HU' : 'a.u.';

/** What each channel of the input is; network units where nothing is known of its numbers. */
export function physicalChannels({ array, transforms }: PreparedInput): readonly PhysicalChannel[] {
  return Array.from({ length: array.shape.at(-1) ?? 1 }, (_, n) => {
    const transform = transforms?.[n];
    if (!transform) return { name: `channel ${String(n)}`, unit: 'a.u.' };
    return { name: transform.name, unit: unitOf(transform) };
  });
}

/** Mean, standard deviation and the middle's value of each channel over a crop, in physical units. `values` in tensor order, channels fastest. */
export function contentOf(
  { array, transforms }: PreparedInput,
  values: Float32Array,
  middle: number,
): KeptPlace['channels'] {
  const depth = array.shape.at(-1) ?? 1;
  const voxels = values.length / depth;
  return Array.from({ length: depth }, (_, channel) => {
    const { slope, intercept } = transforms?.[channel] ?? { slope: 1, intercept: 0 };
    const physical = (value: number): number => (slope === 0 ? value : (value - intercept) / slope);
    let sum = 0;
    for (let v = 0; v < voxels; v++) sum += values[v * depth + channel] as number;
    const mean = sum / voxels;
    let squares = 0;
    for (let v = 0; v < voxels; v++) squares += ((values[v * depth + channel] as number) - mean) ** 2;
    return {
      mean: physical(mean),
      sd: Math.sqrt(squares / voxels) / (slope === 0 ? 1 : Math.abs(slope)),
      centre: physical(values[middle * depth + channel] ?? NaN),
    };
  });
}
