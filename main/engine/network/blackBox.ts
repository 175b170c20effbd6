import { setImmediate as nextTurn } from 'node:timers/promises';
import { IsolensError } from '../../../shared/problem/problem';
import { fetchKey } from './execute';
import type { NetworkGraph } from './graph';
import type { Fetch, NetworkArray } from './network';
import { productOf } from './operation/operation';
import { loadNativeModel, tf, type NativeModel, type Tensor } from './tensorflow';

/** Where a SavedModel lies, and which of its signatures the graph was read from. */
export interface NativeSource {
  readonly folder: string;
  readonly signature: string;
}

/**
 * A SavedModel of which an operation is not known: its outputs behind that operation are computed by TensorFlow itself, whole, and nothing
 * on the way can be looked into.
 */
export class BlackBox {
  readonly #graph: NetworkGraph;
  readonly #source: NativeSource;
  readonly #behind: ReadonlySet<string>;
  #model: NativeModel | null = null;

  constructor(graph: NetworkGraph, source: NativeSource) {
    this.#graph = graph;
    this.#source = source;
    this.#behind = behindUnknown(graph);
  }

  /** Whether these are outputs of which some cannot be had otherwise. */
  answers(fetches: readonly Fetch[]): boolean {
    const outputs = new Set(this.#graph.outputs.map((output) => output.node));
    return (
      fetches.some((fetch) => this.#behind.has(fetch.node)) &&
      fetches.every((fetch) => fetch.stage === 'output' && outputs.has(fetch.node))
    );
  }

  /**
   * Entry by entry, so that no call lasts longer than it must; inputs by node. *Shape* an output's as the file has it.
   * *Problems* network/cannot-run, engine/cancelled.
   */
  async run(
    inputs: ReadonlyMap<string, NetworkArray>,
    fetches: readonly Fetch[],
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<string, NetworkArray>> {
    this.#model ??= await this.#load();
    const batch = [...inputs.values()][0]!.shape[0]!;
    const parts: Readonly<Record<string, NetworkArray>>[] = [];
    for (let entry = 0; entry < batch; entry++) {
      if (signal?.aborted) throw new IsolensError('engine/cancelled');
      parts.push(await this.#predict(this.#model, inputs, entry));
      await nextTurn();
    }
    return new Map(
      fetches.map((fetch) => {
        const { name } = this.#graph.outputs.find((output) => output.node === fetch.node)!;
        return [fetchKey(fetch), joined(parts.map((part) => part[name]!))];
      }),
    );
  }

  free(): void {
    this.#model?.dispose();
    this.#model = null;
  }

  async #load(): Promise<NativeModel> {
    const model = await loadNativeModel(this.#source.folder, this.#source.signature).catch((thrown: unknown) => {
      throw this.#cannotRun(thrown);
    });
    if (!model) throw this.#cannotRun(new Error('TensorFlow itself is not here'));
    return model;
  }

  async #predict(
    model: NativeModel,
    inputs: ReadonlyMap<string, NetworkArray>,
    entry: number,
  ): Promise<Readonly<Record<string, NetworkArray>>> {
    const given = Object.fromEntries(
      this.#graph.inputs.map(({ name, node, fileAxes }) => [name, entryOf(inputs.get(node)!, entry, fileAxes)]),
    );
    let made: Readonly<Record<string, Tensor>> = {};
    try {
      made = model.predict(given);
      const found: Record<string, NetworkArray> = {};
      for (const [name, tensor] of Object.entries(made))
        found[name] = { shape: [...tensor.shape], values: Float32Array.from(await tensor.data()) };
      return found;
    } catch (thrown) {
      throw this.#cannotRun(thrown);
    } finally {
      for (const tensor of [...Object.values(given), ...Object.values(made)]) tensor.dispose();
    }
  }

  #cannotRun(thrown: unknown): IsolensError {
    const reason = thrown instanceof Error ? (thrown.message.split('\n')[0] ?? '') : String(thrown);
    const unknown = this.#graph.nodes.find((node) => node.op === 'unknown');
    const op = String(unknown?.attributes['fileOp']);
    return new IsolensError('network/cannot-run', { op, reason }, { node: unknown?.name }, thrown);
  }
}

function behindUnknown({ nodes }: NetworkGraph): ReadonlySet<string> {
  const behind = new Set<string>();
  for (const node of nodes)
    if (node.op === 'unknown' || node.inputs.some((input) => behind.has(input))) behind.add(node.name);
  return behind;
}

/** One entry of a batch, its axes as the file has them. */
function entryOf({ shape, values }: NetworkArray, entry: number, fileAxes: readonly number[] | undefined): Tensor {
  const size = productOf(shape.slice(1));
  return tf.tidy(() => {
    const own = tf.tensor(values.slice(entry * size, (entry + 1) * size), [1, ...shape.slice(1)], 'float32');
    return fileAxes
      ? tf.transpose(
          own,
          fileAxes.map((_, axis) => fileAxes.indexOf(axis)),
        )
      : own;
  });
}

function joined(parts: readonly NetworkArray[]): NetworkArray {
  const [first] = parts;
  const values = new Float32Array(parts.reduce((sum, part) => sum + part.values.length, 0));
  parts.reduce((at, part) => {
    values.set(part.values, at);
    return at + part.values.length;
  }, 0);
  return { shape: [parts.length, ...first!.shape.slice(1)], values };
}
