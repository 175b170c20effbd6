import type { GraphDraft } from '../../main/engine/network/assemble';
import type { Activation } from '../../main/engine/network/operation/activation';
import type { NodeCore } from '../../main/engine/network/operation/operation';
import { vector } from '../engine/analysis/assembledNetwork';

export const relu = { kind: 'relu', negativeSlope: 0, maxValue: null, threshold: 0 } as const satisfies Activation;

interface Convolution {
  readonly kernel: number;
  /** One list a filter: its weights tap by tap (last axis fastest), the input channels of a tap side by side. */
  readonly filters: readonly (readonly number[])[];
  readonly inputs?: number;
  readonly bias?: readonly number[];
  readonly padding?: 'same' | 'valid';
  readonly stride?: number;
  readonly dilation?: number;
  readonly activation?: Activation | null;
}

export function convolution(name: string, from: string, dims: 2 | 3, asked: Convolution): NodeCore {
  const { kernel, filters, inputs = 1, bias, padding = 'same', stride = 1, dilation = 1, activation = null } = asked;
  const size = Array.from({ length: dims }, () => kernel);
  const taps = kernel ** dims * inputs;
  const values = new Float32Array(taps * filters.length);
  filters.forEach((weights, c) => {
    for (let t = 0; t < taps; t++) values[t * filters.length + c] = weights[t] ?? NaN;
  });
  return {
    name,
    op: `conv${String(dims)}d`,
    inputs: [from],
    attributes: {
      kernelSize: size,
      strides: size.map(() => stride),
      dilation: size.map(() => dilation),
      padding,
      groups: 1,
      activation,
    },
    weights: [
      { name: 'kernel', shape: [...size, inputs, filters.length], values },
      vector('bias', bias ?? filters.map(() => 0)),
    ],
  };
}

export const node = (name: string, op: string, from: string, more: Partial<NodeCore> = {}): NodeCore => ({
  name,
  op,
  inputs: [from],
  attributes: {},
  weights: [],
  ...more,
});

export const draftOf = (shape: readonly number[], layers: readonly NodeCore[]): GraphDraft => ({
  name: 'planted',
  nodes: [{ name: 'x', op: 'input', inputs: [], attributes: {}, weights: [] }, ...layers],
  inputs: [{ name: 'x', node: 'x', shape: [null, ...shape] }],
  outputs: [{ name: 'y', node: layers.at(-1)?.name ?? 'x' }],
});
