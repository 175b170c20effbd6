import { expect } from 'vitest';
import type { NetworkGraph } from '../../../../main/engine/network/graph';
import type { LoadedNetwork, NetworkArray } from '../../../../main/engine/network/network';
import { tensorOf } from '../../../../main/engine/network/reader/onnx/tensor';
import { bytesField, readMessage, textField } from '../../../../main/engine/network/reader/protobuf';

/** An array as ONNX has it: axes in the file's order. */
export interface FileArray {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** A TensorProto; null where it holds no numbers. */
export function arrayIn(bytes: Uint8Array): FileArray | null {
  const value = tensorOf(bytes).value(new Map());
  return value.kind === 'constant' ? { shape: value.shape, values: Float32Array.from(value.values) } : null;
}

/** Names of a model's inputs and of the weights among them, and of its outputs, in order. */
export function portsOf(bytes: Uint8Array): {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
} {
  const [inputs, outputs, weights]: [string[], string[], string[]] = [[], [], []];
  const name = (into: string[], field: number) =>
    bytesField((message) => readMessage(message, { [field]: textField((text) => into.push(text)) }));
  readMessage(bytes, {
    7: bytesField((graph) => readMessage(graph, { 5: name(weights, 8), 11: name(inputs, 1), 12: name(outputs, 1) })),
  });
  return { inputs: inputs.filter((input) => !weights.includes(input)), outputs };
}

/** Axes in another order: axis a of the result is axis `order[a]`. */
export function reordered({ shape, values }: FileArray, order: readonly number[]): FileArray {
  if (order.every((axis, a) => axis === a)) return { shape, values };
  const strides = shape.map((_, a) => shape.slice(a + 1).reduce((p, n) => p * n, 1));
  const own = order.map((axis) => shape[axis]!);
  const result = new Float32Array(values.length);
  const index = own.map(() => 0);
  for (let v = 0; v < result.length; v++) {
    result[v] = values[index.reduce((sum, i, a) => sum + i * strides[order[a]!]!, 0)]!;
    for (let a = own.length - 1; a >= 0; a--) {
      const next = (index[a]! + 1) % own[a]!;
      index[a] = next;
      if (next > 0) break;
    }
  }
  return { shape: own, values: result };
}

const inverse = (order: readonly number[]): number[] => order.map((_, a) => order.indexOf(a));

/** Arrays of the file as the network takes them. */
export function fed(graph: NetworkGraph, arrays: Readonly<Record<string, FileArray>>): Record<string, NetworkArray> {
  return Object.fromEntries(
    graph.inputs.map(({ name, fileAxes }) => {
      const array = arrays[name]!;
      return [name, reordered(array, fileAxes ?? array.shape.map((_, a) => a))];
    }),
  );
}

/** The outputs in the file's order of axes, by the file's names. */
export async function outputsInFile(
  network: LoadedNetwork,
  inputs: Readonly<Record<string, FileArray>>,
): Promise<ReadonlyMap<string, FileArray>> {
  const { graph } = network;
  const nodes = [...new Set(graph.outputs.map(({ node }) => node))];
  const results = await network.run(
    fed(graph, inputs),
    nodes.map((node) => ({ node, stage: 'output' as const })),
  );
  return new Map(
    graph.outputs.map(({ name, node, fileAxes }) => {
      const array = results.get(node)!;
      return [name, fileAxes ? reordered(array, inverse(fileAxes)) : array];
    }),
  );
}

/** The largest difference, relative to where the wanted value is large; NaN and infinities must stand at the same places. */
export function farthest(found: FileArray, wanted: FileArray): number {
  expect(found.shape).toEqual(wanted.shape);
  return found.values.reduce((worst, value, i) => {
    const aim = wanted.values[i]!;
    if (Object.is(value, aim) || value === aim || (Number.isNaN(value) && Number.isNaN(aim))) return worst;
    const difference = Math.abs(value - aim) / (1 + Math.abs(aim));
    return Math.max(worst, Number.isNaN(difference) ? Infinity : difference);
  }, 0);
}
