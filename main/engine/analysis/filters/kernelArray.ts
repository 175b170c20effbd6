import type { KernelLayer } from '../kernelLayer';

/** Weights that are shown at once: more than a screen can tell apart. */
const mostShown = 2_000_000;

/** A layer's kernels for the screen: all of them, or those of the first outputs. */
export interface KernelArray {
  readonly weight: string;
  readonly kernelSize: number[];
  readonly inputs: number;
  readonly outputs: number;
  readonly allOutputs: number;
  readonly values: Float32Array<ArrayBuffer>;
  readonly largest: number;
}

/** `most`: weights that are handed over at once. */
export function kernelArray({ weight, size, inside, out, values }: KernelLayer, most = mostShown): KernelArray {
  const rows = values.length / out;
  const outputs = Math.max(1, Math.min(out, Math.floor(most / Math.max(1, rows))));
  const shown = new Float32Array(rows * outputs);
  for (let row = 0; row < rows; row++) shown.set(values.subarray(row * out, row * out + outputs), row * outputs);
  let largest = 0;
  for (const value of values) if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
  return { weight, kernelSize: [...size], inputs: inside, outputs, allOutputs: out, values: shown, largest };
}
