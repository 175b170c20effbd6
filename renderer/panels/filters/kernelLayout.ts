import type { KernelArray, KernelOrder } from '../../stores/kernels';
import type { FilterLayer, KernelFigures } from '../../../shared/analysis/filters';

/** One picture: a kernel, whose slices stand side by side. */
export interface KernelPicture {
  readonly in: number;
  readonly out: number;
  readonly name: string;
  /** The number that it is ordered by; null where it has none. */
  readonly value: number | null;
  /** A kernel that is next to nothing beside the layer's largest weight. */
  readonly dropped: boolean;
}

/** Slices of a kernel, and rows and columns of each; a line is one row. */
export function planesOf(size: readonly number[]): {
  readonly slices: number;
  readonly rows: number;
  readonly columns: number;
} {
  const columns = size.at(-1) ?? 1;
  const rows = size.length > 1 ? (size.at(-2) ?? 1) : 1;
  return { slices: size.slice(0, -2).reduce((all, n) => all * n, 1), rows, columns };
}

/** A kernel that is a single weight has no picture of its own: its layer is one matrix. */
export const isMatrix = ({ kernelSize }: Pick<KernelArray, 'kernelSize'>): boolean => kernelSize.every((n) => n === 1);

/** Weights of one kernel, slice after slice. */
export function kernelValues(
  { values, inputs, outputs }: Pick<KernelArray, 'values' | 'inputs' | 'outputs'>,
  input: number,
  output: number,
): Float32Array {
  const cells = values.length / (inputs * outputs);
  return Float32Array.from({ length: cells }, (_, t) => values[(t * inputs + input) * outputs + output] ?? 0);
}

/** Largest |weight| of each filter: all kernels of one output. */
export function filterTops({ values, outputs }: Pick<KernelArray, 'values' | 'outputs'>): Float32Array {
  const tops = new Float32Array(outputs);
  for (let at = 0; at < values.length; at++) {
    const size = Math.abs(values[at] ?? 0);
    if (size > (tops[at % outputs] ?? 0) && Number.isFinite(size)) tops[at % outputs] = size;
  }
  return tops;
}

const two = (n: number): string => String(n).padStart(2, '0');

/** What a kernel is ordered by; numbers are for ranking only. */
const valueOf = (figures: KernelFigures | undefined, order: KernelOrder): number | null =>
  order === 'index' ? (figures?.norm ?? null) : (figures?.[order] ?? null);

/**
 * Every kernel of an array in an order: filter by filter as in the file, or the largest number first. Kernels without the number come last.
 */
export function picturesOf(
  array: Pick<KernelArray, 'inputs' | 'outputs'>,
  layer: Pick<FilterLayer, 'kernels'> | null,
  order: KernelOrder,
): readonly KernelPicture[] {
  const figures = new Map(layer?.kernels.map((kernel) => [kernel.out * array.inputs + kernel.in, kernel]));
  const pictures: KernelPicture[] = [];
  for (let out = 0; out < array.outputs; out++) {
    for (let input = 0; input < array.inputs; input++) {
      const own = figures.get(out * array.inputs + input);
      pictures.push({
        in: input,
        out,
        name: array.inputs === 1 ? two(out) : `${two(out)}·${two(input)}`,
        value: valueOf(own, order),
        dropped: layer !== null && own === undefined,
      });
    }
  }
  if (order === 'index') return pictures;
  return pictures.sort((a, b) => (b.value ?? -Infinity) - (a.value ?? -Infinity) || a.out - b.out || a.in - b.in);
}
