import type { ReceptiveField } from '../../../../shared/network';
import type { Box } from './box';

/** Where the voxels of an output lie on the input: the centre of each along each axis, in input voxels. */
export interface OutputGrid {
  readonly sizes: readonly number[];
  readonly centres: readonly (readonly number[])[];
  /** Input voxels that one output voxel stands for. */
  readonly volume: number;
}

/**
 * By the receptive field where the output is coarser than its input; voxel by voxel where it is as fine, however far it sees; where a
 * field is global, evenly spread.
 */
export function outputGridOf(
  sizes: readonly number[],
  input: readonly number[],
  field: ReceptiveField | null,
): OutputGrid {
  const along = sizes.map((size, axis) => {
    const whole = input[axis] ?? size;
    const [step, start, width] = [field?.step[axis] ?? 0, field?.start[axis] ?? 0, field?.size[axis] ?? null];
    if (size === whole) return { step: 1, start: 0 };
    if (width === null || step === 0) return { step: whole / size, start: (whole / size - 1) / 2 };
    return { step, start: start + (width - 1) / 2 };
  });
  return {
    sizes,
    centres: sizes.map((size, axis) =>
      Array.from({ length: size }, (_, o) => (along[axis]?.start ?? 0) + (along[axis]?.step ?? 1) * o),
    ),
    volume: along.reduce((product, { step }) => product * step, 1),
  };
}

/** The output voxels whose centres lie in a box of input voxels. */
export function outputBox({ centres }: OutputGrid, { start, end }: Box): Box {
  const first = centres.map((along, axis) => {
    const at = along.findIndex((centre) => centre >= (start[axis] ?? 0) - 0.5);
    return at < 0 ? along.length : at;
  });
  const last = centres.map((along, axis) => along.findLastIndex((centre) => centre < (end[axis] ?? 0) - 0.5) + 1);
  return { start: first, end: last.map((to, axis) => Math.max(to, first[axis] ?? 0)) };
}
