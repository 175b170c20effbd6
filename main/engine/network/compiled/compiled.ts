import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Node, Shape } from '../graph';
import type { Fetch, NetworkArray } from '../network';
import type { NodeCore, Tensors } from '../operation/operation';
import { loadNativeGraph, tf, type NativeGraph, type Tensor } from '../tensorflow';
import { savedModelOf } from './graphDef';
import { planOf, type Step, type Stretch } from './plan';
import type { FedWeight } from './writing';

/** Plans that are kept: for each shape of the inputs and choice of fetches one. */
const keptPlans = 12;

interface Loaded {
  readonly steps: readonly Step[];
  readonly graphs: ReadonlyMap<Step, NativeGraph>;
}

/** What a run is asked for, and what it needs of those who ask. */
export interface Asked {
  /** The nodes that the fetches hang on, in order, none unknown. */
  readonly nodes: readonly Node[];
  readonly shapes: ReadonlyMap<string, Shape | null>;
  readonly inputs: ReadonlyMap<string, NetworkArray>;
  readonly fetches: readonly Fetch[];
  /** Multiply-adds of one native call. */
  readonly budget: number;
  /** The weights that nodes are run by themselves with. */
  weightsOf(node: NodeCore, inputs: readonly Shape[]): Tensors;
  /** Runs a node by itself; `pre` is its own tensor, or null where it is the output. */
  runNode(node: Node, before: readonly Tensor[]): { readonly output: Tensor; readonly pre: Tensor | null };
  /** Between native calls; throws to stop. */
  look(): void;
}

/**
 * A network as graphs that TensorFlow optimises and runs itself: convolution, bias and activation become one kernel. A run goes stretch
 * by stretch, so that no call lasts long; nodes that cannot be written are run by themselves between stretches.
 */
export class CompiledNetwork {
  readonly #loaded = new Map<string, Loaded>();
  readonly #weights = new Map<string, Tensor>();

  /** The fetched values, in the order of the fetches. */
  async run(asked: Asked): Promise<readonly NetworkArray[]> {
    const { steps, graphs } = this.#loadedFor(asked);
    const live = new Map<string, Tensor>();
    const results = new Map<Fetch, NetworkArray>();
    try {
      for (const step of steps) {
        asked.look();
        const graph = graphs.get(step);
        const made =
          graph && 'stretch' in step ? this.#runStretch(graph, step.stretch, live, asked) : runAlone(step, live, asked);
        try {
          for (const [fetch, tensor] of made) await take(fetch, tensor, asked.fetches, results);
          keep(step, made, live);
        } finally {
          for (const tensor of made.values()) tensor.dispose();
        }
        await nextTurn();
      }
      asked.look();
      return asked.fetches.map((fetch) => results.get(fetch)!);
    } finally {
      for (const tensor of live.values()) tensor.dispose();
    }
  }

  free(): void {
    for (const loaded of this.#loaded.values()) dispose(loaded);
    for (const tensor of this.#weights.values()) tensor.dispose();
    this.#loaded.clear();
    this.#weights.clear();
  }

  #loadedFor({ nodes, shapes, inputs, fetches, budget }: Asked): Loaded {
    const sizes = [...inputs].map(([node, { shape }]) => `${node} ${shape.join()}`);
    const key = JSON.stringify([sizes, fetches.map(({ node, stage }) => `${node} ${stage}`), budget]);
    const known = this.#loaded.get(key);
    const loaded = known ?? load(planOf(nodes, shapes, fetches, budget));
    // The last one used is the last to go.
    this.#loaded.delete(key);
    this.#loaded.set(key, loaded);
    const [oldest] = this.#loaded;
    if (oldest && this.#loaded.size > keptPlans) {
      dispose(oldest[1]);
      this.#loaded.delete(oldest[0]);
    }
    return loaded;
  }

  #runStretch(
    graph: NativeGraph,
    { writing, fed, weights, taken }: Stretch,
    live: ReadonlyMap<string, Tensor>,
    asked: Asked,
  ): Map<Fetch, Tensor> {
    const handed = new Map<string, Tensor>();
    for (const [node, name] of fed) handed.set(name, live.get(node)!);
    for (const name of weights) handed.set(name, this.#weight(writing.weights.get(name)!, asked));
    const names = taken.map(({ name }) => name);
    const made = graph.run(handed, names);
    return new Map(taken.map(({ fetch }, n) => [fetch, made[n]!]));
  }

  #weight(weight: FedWeight, asked: Asked): Tensor {
    if ('node' in weight) return asked.weightsOf(weight.node, weight.inputs)[weight.weight]!;
    const held = this.#weights.get(weight.key);
    if (held) return held;
    const { values, shape } = weight.make();
    const tensor = tf.tensor(values, [...shape], 'float32');
    this.#weights.set(weight.key, tensor);
    return tensor;
  }
}

function load(steps: readonly Step[]): Loaded {
  const graphs = new Map<Step, NativeGraph>();
  try {
    for (const step of steps) if ('stretch' in step) graphs.set(step, loadStretch(step.stretch));
    return { steps, graphs };
  } catch (thrown) {
    dispose({ steps, graphs });
    throw thrown;
  }
}

/** The file is gone before anything runs. Weights are not in it. */
function loadStretch({ writing }: Stretch): NativeGraph {
  const folder = mkdtempSync(join(tmpdir(), 'isolens-'));
  try {
    writeFileSync(join(folder, 'saved_model.pb'), savedModelOf(writing.nodes));
    return loadNativeGraph(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function dispose({ graphs }: Loaded): void {
  for (const graph of graphs.values()) graph.dispose();
}

function runAlone(step: Step, live: ReadonlyMap<string, Tensor>, asked: Asked): Map<Fetch, Tensor> {
  if (!('alone' in step)) throw new Error('a stretch has lost its graph');
  const node = step.alone;
  const before = node.inputs.map((name) => live.get(name)!);
  const { output, pre } = asked.runNode(node, before);
  const made = new Map<Fetch, Tensor>([[{ node: node.name, stage: 'output' }, output]]);
  if (pre) made.set({ node: node.name, stage: 'preActivation' }, pre);
  return made;
}

/** An output counts as the value before the activation too, where nothing else is given as that. */
async function take(
  { node, stage }: Fetch,
  tensor: Tensor,
  fetches: readonly Fetch[],
  results: Map<Fetch, NetworkArray>,
): Promise<void> {
  for (const fetch of fetches) {
    if (fetch.node !== node || (fetch.stage !== stage && (stage !== 'output' || results.has(fetch)))) continue;
    results.set(fetch, { shape: [...tensor.shape], values: (await tensor.data()) as Float32Array });
  }
}

/** What later steps read moves over; what nobody reads any more is freed. */
function keep(step: Step, made: Map<Fetch, Tensor>, live: Map<string, Tensor>): void {
  const spent = new Set(step.spent);
  for (const [fetch, tensor] of made) {
    if (fetch.stage !== 'output' || spent.has(fetch.node) || live.has(fetch.node)) continue;
    live.set(fetch.node, tensor);
    made.delete(fetch);
  }
  for (const name of step.spent) {
    live.get(name)?.dispose();
    live.delete(name);
  }
}
