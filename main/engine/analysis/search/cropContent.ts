import type { ChannelTransform, PreparedInput } from '../../recipe/preparedInput';
import type { KeptPlace, PhysicalChannel } from './kept';

const unitOf = ({ kind, name }: ChannelTransform): string =>
  kind === 'dose' ? 'Gy' : kind === 'structure' ? '1' : name.toUpperCase().startsWith('CT') ? 'HU' : 'a.u.';

/** What each channel of the input is, and holds; network units where nothing is known of its numbers. */
export function physicalChannels({ array, transforms }: PreparedInput): readonly PhysicalChannel[] {
  const depth = array.shape.at(-1) ?? 1;
  return Array.from({ length: depth }, (_, n): PhysicalChannel => {
    const transform = transforms?.[n];
    const held = heldOf(array.values, depth, n);
    if (!transform)
      return {
        name: `channel ${String(n)}`,
        unit: 'a.u.',
        slope: 1,
        intercept: 0,
        isMask: false,
        clip: null,
        ...held,
      };
    const { name, slope, intercept, clip, kind } = transform;
    return { name, unit: unitOf(transform), slope, intercept, isMask: kind === 'structure', clip, ...held };
  });
}

function heldOf(values: Float32Array, depth: number, channel: number): Pick<PhysicalChannel, 'range' | 'mean'> {
  let [least, most, sum, count] = [Infinity, -Infinity, 0, 0];
  for (let at = channel; at < values.length; at += depth) {
    const value = values[at] as number;
    if (!Number.isFinite(value)) continue;
    least = Math.min(least, value);
    most = Math.max(most, value);
    sum += value;
    count += 1;
  }
  return count === 0 ? { range: [0, 0], mean: 0 } : { range: [least, most], mean: sum / count };
}

/** A channel's network value in its physical unit. */
export const physicalOf = (
  value: number,
  { slope, intercept }: Pick<PhysicalChannel, 'slope' | 'intercept'>,
): number => (slope === 0 ? value : (value - intercept) / slope);

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
    const physical = (value: number): number => physicalOf(value, { slope, intercept });
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
