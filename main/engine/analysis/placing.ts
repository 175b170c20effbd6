import type { ReceptiveField } from '../../../shared/network';
import type { LoadedNetwork } from '../network/network';
import type { Placing, PreparedInput } from '../recipe/preparedInput';
import { receptiveFieldOf } from './receptiveField';

/** Along one axis voxel o of a map is centred on input voxel start + step · o. */
export interface AlongInput {
  readonly step: number;
  readonly start: number;
}

/**
 * Where a map's voxels lie on the input, the one rule for all maps: an axis as fine as the input's lies on it voxel by voxel, however far
 * each voxel sees; any other by the centre of the receptive field. null for an axis that is mixed whole.
 */
export const alongInput = (
  size: number,
  input: number,
  field: ReceptiveField | null,
  axis: number,
): AlongInput | null => {
  if (size === input) return { step: 1, start: 0 };
  const [step, start, width] = [field?.step[axis] ?? 0, field?.start[axis] ?? 0, field?.size[axis] ?? null];
  return width === null || step === 0 ? null : { step, start: start + (width - 1) / 2 };
};

/**
 * Where a node's value lies on a study's input. `shape` is the value's, with batch and channels. null where it has no place in space: arrays, an
 * axis mixed whole, or no axes left.
 */
export function placingOf(
  network: LoadedNetwork,
  prepared: PreparedInput,
  node: string,
  shape: readonly number[],
): Placing | null {
  const input = prepared.array.shape;
  if (prepared.grid === null || shape.length !== input.length) return null;
  const spatial = shape.slice(1, -1);
  const field = receptiveFieldOf(network, node);
  if (field && field.size.length !== spatial.length) return null;
  const along = spatial.flatMap((size, axis) => alongInput(size, input[axis + 1] ?? size, field, axis) ?? []);
  if (along.length !== spatial.length) return null;
  return {
    shape: prepared.dims === 3 ? spatial : shape.slice(0, -1),
    step: along.map(({ step }) => step),
    start: along.map(({ start }) => start),
  };
}
