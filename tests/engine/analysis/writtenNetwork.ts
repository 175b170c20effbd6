import type { Context, OpenInput, Part, Step } from '../../../main/engine/analysis/analysis';
import type { Activation } from '../../../main/engine/network/operation/activation';
import type { NetworkGraph, Node } from '../../../main/engine/network/graph';
import type { Fetch, LoadedNetwork, NetworkArray } from '../../../main/engine/network/network';
import type { PreparedInput } from '../../../main/engine/recipe/preparedInput';
import type { InputWriter } from '../../../main/engine/result/inputWriter';
import type { ReceptiveField } from '../../../shared/network';
import type { Volume, VoxelArray } from '../../../shared/volume';

/** A node of a network written by hand: what it computes stands in plain loops, independent of the engine. */
export interface WrittenNode {
  readonly name: string;
  readonly inputs: readonly string[];
  /** Shape without the batch axis. */
  readonly shape: readonly number[];
  readonly activation?: Activation;
  readonly weights?: Node['weights'];
  readonly op?: string;
  readonly receptiveField?: ReceptiveField | 'global';
  /** Pre-activation of one batch entry from the outputs of its inputs. */
  compute(inputs: readonly Float32Array[]): ArrayLike<number>;
}

/** The activations that hand-written networks use, by their formulas. */
const formulas: Partial<Record<Activation['kind'], (z: number, activation: Activation) => number>> = {
  linear: (z) => z,
  relu: (z, own) => (own.kind === 'relu' ? Math.min(own.maxValue ?? Infinity, z > 0 ? z : own.negativeSlope * z) : NaN),
  tanh: Math.tanh,
  sigmoid: (z) => 1 / (1 + Math.exp(-z)),
  silu: (z) => z / (1 + Math.exp(-z)),
  elu: (z, own) => (z > 0 ? z : own.kind === 'elu' ? own.alpha * Math.expm1(z) : NaN),
};

function activated(z: number, activation: Activation): number {
  const formula = formulas[activation.kind];
  if (!formula) throw new Error(`not written: ${activation.kind}`);
  return formula(z, activation);
}

export const relu: Activation = { kind: 'relu', negativeSlope: 0, maxValue: null, threshold: 0 };

function softmaxOf(values: Float32Array): Float32Array {
  const top = Math.max(...values);
  const powers = Array.from(values, (v) => Math.exp(v - top));
  const sum = powers.reduce((a, b) => a + b, 0);
  return Float32Array.from(powers, (p) => p / sum);
}

/** A network that runs as the interface promises, one entry at a time. `batches` collects the sizes of the batches it was given. */
export function writtenNetwork(
  inputShape: readonly number[],
  nodes: readonly WrittenNode[],
  { batch = 4, batches = [] as number[] } = {},
): LoadedNetwork {
  const last = nodes.at(-1);
  if (!last) throw new Error('a network has nodes');
  const free = (shape: readonly number[]) => [null, ...shape];
  const graph: NetworkGraph = {
    name: 'written',
    nodes: [
      { name: 'x', op: 'input', inputs: [], attributes: {}, weights: [], outputShape: free(inputShape) },
      ...nodes.map((node) => ({
        name: node.name,
        op: node.op ?? 'unknown',
        inputs: node.inputs,
        attributes: node.activation ? { activation: node.activation } : {},
        weights: node.weights ?? [],
        outputShape: free(node.shape),
      })),
    ],
    inputs: [{ name: 'x', node: 'x', shape: free(inputShape) }],
    outputs: [{ name: last.name, node: last.name, shape: free(last.shape) }],
  };
  return {
    sha256: '0'.repeat(64),
    name: 'written',
    format: 'keras3',
    graph,
    description: {
      schema: 'isolens/describe@1',
      network: { name: 'written', format: 'keras3', sha256: '', parameters: 0, inputs: [], outputs: [] },
      nodes: nodes.map((node) => ({
        name: node.name,
        op: node.op ?? 'unknown',
        inputs: [...node.inputs],
        outputShape: free(node.shape),
        parameters: 0,
        activation: node.activation && node.activation.kind !== 'linear' ? node.activation.kind : null,
        receptiveField: node.receptiveField ?? 'global',
      })),
      unsupported: [],
    },
    async run(inputs, fetches: readonly Fetch[], signal) {
      await Promise.resolve();
      signal?.throwIfAborted();
      const x = inputs['x'];
      if (!x) throw new Error('the input is named x');
      const count = x.shape[0] ?? 0;
      batches.push(count);
      const size = x.values.length / count;
      const fetched = new Map<string, NetworkArray>();
      const keep = (key: string, shape: readonly number[], entry: number, values: ArrayLike<number>) => {
        const known = fetched.get(key) ?? {
          shape: [count, ...shape],
          values: new Float32Array(count * values.length),
        };
        known.values.set(Array.from(values), entry * values.length);
        fetched.set(key, known);
      };
      for (let entry = 0; entry < count; entry++) {
        const values = new Map<string, Float32Array>([['x', x.values.slice(entry * size, (entry + 1) * size)]]);
        for (const node of nodes) {
          const read = node.inputs.map((name) => values.get(name) ?? new Float32Array(0));
          const pre = Float32Array.from(node.compute(read));
          const output =
            node.activation?.kind === 'softmax'
              ? softmaxOf(pre)
              : pre.map((z) => activated(z, node.activation ?? { kind: 'linear' }));
          values.set(node.name, output);
          for (const fetch of fetches) {
            if (fetch.node !== node.name) continue;
            const isPre = fetch.stage === 'preActivation';
            keep(isPre ? `${node.name}:preActivation` : node.name, node.shape, entry, isPre ? pre : output);
          }
        }
      }
      return fetched;
    },
    batchFor: () => batch,
    close: () => undefined,
  };
}

/** An input that already is the network's: no place in space. *Shape* [1, …, channel]. */
export function arrayInput(
  values: ArrayLike<number>,
  shape: readonly number[],
  { id = 'input', patient = id }: { id?: string; patient?: string } = {},
): OpenInput {
  const prepared: PreparedInput = {
    id,
    patient,
    array: { shape: [1, ...shape], values: Float32Array.from(values) },
    dims: shape.length === 4 ? 3 : 2,
    grid: null,
    frameOfReference: '',
    sha256: id,
    warnings: [],
    toVolume: () => {
      throw new Error('an array has no place in space');
    },
  };
  return { prepared, spec: { array: `${id}.npy` }, study: null, label: null, truth: null };
}

export const contextOf = (network: LoadedNetwork, more: Partial<Context> = {}): Context => ({
  network,
  recipe: null,
  memoryBytes: 2 ** 28,
  inputCount: 1,
  ...more,
});

/** Keeps in memory what an analysis would write to disk. */
export function memoryWriter() {
  const arrays = new Map<string, { values: Float32Array | Uint8Array; shape: readonly number[] }>();
  const volumes = new Map<string, { volume: Volume<VoxelArray>; channels: number }>();
  const writer: InputWriter = {
    volume: (name, volume, channels = 1) => {
      volumes.set(name, { volume, channels });
      return Promise.resolve(`${name}.nrrd`);
    },
    array: (name, values, shape) => {
      arrays.set(name, { values, shape });
      return Promise.resolve(`${name}.npy`);
    },
  };
  return { writer, arrays, volumes };
}

/** Runs a generator to its end and gives what it yielded and returned. */
export async function runToEnd(run: AsyncGenerator<Step, Part>): Promise<{ steps: Step[]; part: Part }> {
  const steps: Step[] = [];
  for (;;) {
    const step = await run.next();
    if (step.done) return { steps, part: step.value };
    steps.push(step.value);
  }
}
