import { NotKnown, type MapValue } from '../lowering/value';
import { integerAt, integersAt, perAxis, wordAt, type FileNode } from './fileModel';

type Pair = readonly [number, number];

/** More cells than any window, stride or dilation has. */
const largestWindow = 4096;

/** How a window slides over a file's spatial axes. */
export interface Window {
  readonly kernelSize: readonly number[];
  readonly strides: readonly number[];
  readonly dilation: readonly number[];
  readonly padding: 'same' | 'valid' | readonly Pair[];
}

/** `spatial`: sizes of the input's spatial axes; null where free. */
export function windowOf(node: FileNode, kernelSize: readonly number[], spatial: readonly (number | null)[]): Window {
  const axes = kernelSize.length;
  const strides = perAxis(node, 'strides', axes, 1);
  const dilation = perAxis(node, 'dilations', axes, 1);
  if ([...kernelSize, ...strides, ...dilation].some((n) => !Number.isInteger(n) || n < 1 || n > largestWindow))
    throw new NotKnown(`its window, strides or dilations are not numbers between 1 and ${largestWindow}`);
  return { kernelSize, strides, dilation, padding: paddingOf(node, { kernelSize, strides, dilation }, spatial) };
}

function paddingOf(
  node: FileNode,
  { kernelSize, strides, dilation }: Omit<Window, 'padding'>,
  spatial: readonly (number | null)[],
): Window['padding'] {
  const auto = wordAt(node, 'auto_pad', 'NOTSET');
  if (auto === 'VALID') return 'valid';
  if (auto === 'SAME_UPPER') return 'same';
  if (auto === 'SAME_LOWER') {
    return kernelSize.map((kernel, a): Pair => {
      const [size, stride, reach] = [spatial[a] ?? null, strides[a]!, (kernel - 1) * dilation[a]! + 1];
      if (size === null && stride !== 1) throw new NotKnown('it pads by a size that is free');
      const total = size === null ? reach - 1 : Math.max((Math.ceil(size / stride) - 1) * stride + reach - size, 0);
      return [Math.ceil(total / 2), Math.floor(total / 2)];
    });
  }
  const pairs = pairsOf(node, kernelSize.length);
  return pairs.every(([before, after]) => before === 0 && after === 0) ? 'valid' : pairs;
}

/** `pads`: all beginnings, then all ends. */
export function pairsOf(node: FileNode, axes: number): readonly Pair[] {
  const pads = integersAt(node, 'pads') ?? Array.from({ length: 2 * axes }, () => 0);
  if (pads.length !== 2 * axes || pads.some((n) => n < 0 || !Number.isSafeInteger(n)))
    throw new NotKnown(`its pads are ${pads.join(', ')}`);
  return Array.from({ length: axes }, (_, a): Pair => [pads[a]!, pads[a + axes]!]);
}

/**
 * With `ceil_mode` a last window that hangs over the end counts, if it begins within the map or its padding before: as padding behind.
 * *Source* onnx/defs/nn/defs.cc, MaxPool.
 */
export function roundedUp(node: FileNode, window: Window, spatial: readonly (number | null)[]): Window {
  const { kernelSize, strides, dilation, padding } = window;
  if (integerAt(node, 'ceil_mode', 0) === 0 || padding === 'same') return window;
  const pairs = kernelSize.map((kernel, a): Pair => {
    const [before, after] = padding === 'valid' ? [0, 0] : padding[a]!;
    const [size, stride, reach] = [spatial[a] ?? null, strides[a]!, (kernel - 1) * dilation[a]! + 1];
    if (size === null) {
      if (stride === 1) return [before, after];
      throw new NotKnown('it rounds up the size of a free axis');
    }
    const steps = Math.ceil((size + before + after - reach) / stride);
    const outputs = (steps * stride >= size + before ? steps - 1 : steps) + 1;
    return [before, Math.max(after, (outputs - 1) * stride + reach - size - before)];
  });
  return { ...window, padding: pairs.every(([b, a]) => b === 0 && a === 0) ? 'valid' : pairs };
}

/** Sizes of a map's spatial axes, channels second in the file. */
export const spatialSizes = ({ sizes }: MapValue): (number | null)[] =>
  (sizes ?? []).slice(2).map((size) => (typeof size === 'number' ? size : null));
