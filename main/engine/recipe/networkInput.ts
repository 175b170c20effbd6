import type { Description } from '../../../shared/network';

/** What a recipe must know of the network: the shape of one input, and the multiple that its free sizes must be of. */
export interface NetworkInput {
  readonly name: string;
  /** Batch axis first, channels last, null where free; null as a whole where the file does not say. */
  readonly shape: readonly (number | null)[] | null;
  /** One entry a spatial axis in tensor order; 1 where any size will do. */
  readonly multiple: readonly number[];
}

/** The largest whole step between neighbours of any node's map: a size that is a multiple of it comes back whole from every pooling. */
function multipleOf(description: Description, input: string, axes: number): readonly number[] {
  const multiple = Array.from({ length: axes }, () => 1);
  for (const { receptiveField } of description.nodes) {
    if (receptiveField === null || receptiveField === 'global') continue;
    const field = 'size' in receptiveField && Array.isArray(receptiveField.size) ? receptiveField : undefined;
    const own = field ?? (receptiveField as Record<string, unknown>)[input];
    if (typeof own !== 'object' || own === null || !('step' in own)) continue;
    (own.step as readonly number[]).forEach((step, axis) => {
      if (Number.isInteger(step) && axis < axes) multiple[axis] = Math.max(multiple[axis] ?? 1, step);
    });
  }
  return multiple;
}

/** Every input of a network, in the file's order. */
export const networkInputsOf = (description: Description): readonly NetworkInput[] =>
  description.network.inputs.map(({ name, shape }) => ({
    name,
    shape,
    multiple: multipleOf(description, name, Math.max(0, (shape?.length ?? 2) - 2)),
  }));
