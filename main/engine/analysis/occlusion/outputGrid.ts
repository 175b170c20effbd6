import type { ReceptiveField } from '../../../../shared/network';
import { alongInput } from '../placing';
import type { Box } from './box';

/** Where the voxels of an output lie on the input: the centre of each along each axis, in input voxels. */
export interface OutputGrid {
  readonly sizes: readonly number[];
  readonly centres: readonly (readonly number[])[];
  /** Input voxels that one output voxel stands for. */
  readonly volume: number;
}

/** As every map is placed; where a field is global, evenly spread. */
export function outputGridOf(
  sizes: readonly number[],
  input: readonly number[],
  field: ReceptiveField | null,
): OutputGrid {
  const along = sizes.map((size, axis) => {
    const whole = input[axis] ?? size;
    return alongInput(size, whole, field, axis) ?? { step: whole / size, start: (whole / size - 1) / 2 };
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
