import { setImmediate as nextTurn } from 'node:timers/promises';
import { IsolensError } from '../../../shared/problem/problem';
import { inferShapes } from './assemble';
import { CompiledNetwork } from './compiled/compiled';
import type { NetworkGraph, Node, Shape } from './graph';
import type { Fetch, NetworkArray } from './network';
import { refuseImpossible } from './memory';
import { activate, activationOf } from './operation/activation';
import { operationOf } from './operation/list';
import { productOf, sizesOf, type NodeCore, type Tensors } from './operation/operation';
import { backendInfo, tf, type Tensor } from './tensorflow';

/** Weights as tensors, by node; made when a node first runs and freed all at once. */
export class HeldWeights {
  readonly #byNode = new Map<string, Tensors>();
  readonly #compiled = new CompiledNetwork();
  #closed = false;

  /** The network as native graphs, which are fed these weights. */
  get compiled(): CompiledNetwork {
    if (this.#closed) throw new Error('the network is closed');
    return this.#compiled;
  }

  of(node: NodeCore, inputs: readonly Shape[]): Tensors {
    if (this.#closed) throw new Error('the network is closed');
    const held = this.#byNode.get(node.name);
    if (held) return held;
    const arrays =
      operationOf(node.op).tensors?.(node, inputs) ??
      Object.fromEntries(node.weights.map((weight) => [weight.name, weight]));
    // A view is enough: weights are never written, and the backend copies them on their first use.
    const tensors = Object.fromEntries(
      Object.entries(arrays).map(([name, { values, shape }]) => [name, tf.tensor(values, [...shape], 'float32')]),
    );
    this.#byNode.set(node.name, tensors);
    return tensors;
  }

  free(): void {
    this.#closed = true;
    this.#compiled.free();
    for (const tensors of this.#byNode.values()) for (const tensor of Object.values(tensors)) tensor.dispose();
    this.#byNode.clear();
  }
}

export const fetchKey = ({ node, stage }: Fetch): string => (stage === 'output' ? node : `${node}:preActivation`);

/** Multiply-adds that keep one native call under about 200 ms on two cores. */
const callBudget = { gpu: 4e11, native: 3e9, wasm: 1.5e8 } as const;

/**
 * Runs a batch and gives the fetched values. The batch is cut so that no native call lasts long; the cut depends on sizes
 * and backend alone, so that the same run gives the same bits. `way`: as TensorFlow's own graph (native library only) or node by node;
 * without it whichever is quicker.
 */
export async function execute(
  graph: NetworkGraph,
  weights: HeldWeights,
  inputs: ReadonlyMap<string, NetworkArray>,
  fetches: readonly Fetch[],
  signal?: AbortSignal,
  way?: 'whole' | 'nodes',
): Promise<ReadonlyMap<string, NetworkArray>> {
  const needed = neededNodes(graph, fetches);
  const shapes = inferShapes(graph.nodes, new Map([...inputs].map(([node, array]) => [node, array.shape])));
  const batch = [...inputs.values()][0]!.shape[0]!;
  refuseImpossible(needed, shapes);
  const piece = pieceOf(needed, shapes, batch);
  const whole = way ? way === 'whole' : isWhole(needed, shapes);
  const results = new Map<string, NetworkArray>();
  for (let start = 0; start < batch; start += piece) {
    const count = Math.min(piece, batch - start);
    const own = piecesOf(inputs, start, count);
    const byNodes = (): ReturnType<typeof executePiece> => executePiece(needed, weights, own, fetches, signal);
    const part = whole
      ? await executeWhole(graph, needed, weights, own, fetches, signal).catch((thrown: unknown) => {
          // Node by node either goes well, as where no file can be written, or tells which node fails.
          if (thrown instanceof IsolensError || way) throw thrown;
          return byNodes();
        })
      : await byNodes();
    for (const [key, array] of part) place(results, key, array, start, batch);
  }
  return results;
}

/** Multiply-adds of one batch entry from which on a graph of its own is worth making: its first run takes some 50 ms more. */
export const worthCompiling = 3e7;

/** Decided by sizes and backend alone, so that the same run gives the same bits. */
function isWhole(needed: readonly Node[], shapes: ReadonlyMap<string, Shape | null>): boolean {
  if (backendInfo()?.rung !== 'native') return false;
  return needed.reduce((sum, node) => sum + costOf(node, shapes), 0) >= worthCompiling;
}

async function executeWhole(
  graph: NetworkGraph,
  nodes: readonly Node[],
  weights: HeldWeights,
  inputs: ReadonlyMap<string, NetworkArray>,
  fetches: readonly Fetch[],
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, NetworkArray>> {
  const shapes = inferShapes(graph.nodes, new Map([...inputs].map(([node, array]) => [node, array.shape])));
  const found = await weights.compiled.run({
    nodes,
    shapes,
    inputs,
    fetches,
    budget: callBudget.native,
    weightsOf: (node, before) => weights.of(node, before),
    runNode: (node, before) => computeNode(node, before, weights, inputs, wantsPre(node, fetches)),
    look: () => {
      stopIfAsked(signal);
    },
  });
  return new Map(fetches.map((fetch, n) => [fetchKey(fetch), found[n]!]));
}

/** The nodes that the fetches hang on, in order. *Problems* network/no-node, network/cannot-run. */
export function neededNodes(graph: NetworkGraph, fetches: readonly Fetch[]): readonly Node[] {
  const byName = new Map(graph.nodes.map((node) => [node.name, node]));
  const wanted = new Set<string>();
  const stack = fetches.map((fetch) => fetch.node);
  while (stack.length > 0) {
    const name = stack.pop()!;
    if (wanted.has(name)) continue;
    const node = byName.get(name);
    if (!node) throw new IsolensError('network/no-node', {}, { node: name });
    wanted.add(name);
    stack.push(...node.inputs);
  }
  const needed = graph.nodes.filter((node) => wanted.has(node.name));
  // The first one in order is the cause: what lies behind it may be unknown for its sake alone.
  const unknown = needed.find((node) => node.op === 'unknown');
  if (unknown) throw cannotRun(unknown);
  return needed;
}

function cannotRun(node: Node): IsolensError {
  const { fileOp, reason } = node.attributes;
  return new IsolensError(
    'network/cannot-run',
    { op: String(fileOp), reason: typeof reason === 'string' ? reason : 'Isolens does not know this layer' },
    { node: node.name },
  );
}

export function pieceOf(nodes: readonly Node[], shapes: ReadonlyMap<string, Shape | null>, batch: number): number {
  let dearest = 1;
  for (const node of nodes) dearest = Math.max(dearest, costOf(node, shapes));
  const budget = callBudget[backendInfo()?.rung ?? 'native'];
  return Math.max(1, Math.min(batch, Math.floor(budget / dearest)));
}

/** Multiply-adds of one batch entry. */
function costOf(node: Node, shapes: ReadonlyMap<string, Shape | null>): number {
  const own = shapes.get(node.name);
  if (node.op === 'input' || !own) return 0;
  const inputs = node.inputs.map((name) => shapes.get(name)!);
  return operationOf(node.op).cost?.(node, inputs, own) ?? 4 * productOf(own.slice(1));
}

async function executePiece(
  nodes: readonly Node[],
  weights: HeldWeights,
  inputs: ReadonlyMap<string, NetworkArray>,
  fetches: readonly Fetch[],
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, NetworkArray>> {
  const live = new Map<string, Tensor>();
  const readers = countReaders(nodes);
  const results = new Map<string, NetworkArray>();
  try {
    for (const node of nodes) {
      stopIfAsked(signal);
      const before = node.inputs.map((name) => live.get(name)!);
      const { output, pre } = computeNode(node, before, weights, inputs, wantsPre(node, fetches));
      live.set(node.name, output);
      for (const fetch of fetches) {
        if (fetch.node !== node.name) continue;
        const tensor = fetch.stage === 'output' ? output : (pre ?? output);
        results.set(fetchKey(fetch), { shape: [...tensor.shape], values: (await tensor.data()) as Float32Array });
      }
      pre?.dispose();
      for (const name of node.inputs) release(name, readers, live);
      if (!readers.has(node.name)) release(node.name, readers, live);
      await nextTurn();
    }
    stopIfAsked(signal);
    return results;
  } finally {
    for (const tensor of live.values()) tensor.dispose();
  }
}

const wantsPre = (node: Node, fetches: readonly Fetch[]): boolean =>
  fetches.some((fetch) => fetch.node === node.name && fetch.stage === 'preActivation');

export function stopIfAsked(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new IsolensError('engine/cancelled');
}

function countReaders(nodes: readonly Node[]): Map<string, number> {
  const readers = new Map<string, number>();
  for (const node of nodes) for (const name of node.inputs) readers.set(name, (readers.get(name) ?? 0) + 1);
  return readers;
}

function release(name: string, readers: Map<string, number>, live: Map<string, Tensor>): void {
  const left = (readers.get(name) ?? 1) - 1;
  readers.set(name, left);
  if (left > 0) return;
  live.get(name)?.dispose();
  live.delete(name);
}

export function computeNode(
  node: Node,
  before: readonly Tensor[],
  weights: HeldWeights,
  inputs: ReadonlyMap<string, NetworkArray>,
  keepPre: boolean,
): { readonly output: Tensor; readonly pre: Tensor | null } {
  try {
    if (node.op === 'input') {
      const array = inputs.get(node.name)!;
      // Copied, since the caller may refill its buffer before the backend has taken it.
      return { output: tf.tensor(array.values.slice(), [...array.shape], 'float32'), pre: null };
    }
    const held = weights.of(
      node,
      before.map((tensor) => tensor.shape),
    );
    const activation = activationOf(node);
    const [output, pre] = tf.tidy(() => {
      // What passes through is cloned: each node owns its value.
      const raw = owned(operationOf(node.op).run(node, before, held), before);
      const active = activation.kind === 'linear' ? raw : activate(raw, activation, held['alpha']);
      return keepPre && active !== raw ? [active, raw] : [active];
    });
    return { output: output, pre: pre ?? null };
  } catch (thrown) {
    throw failureOf(node, thrown);
  }
}

/** What a native call's failure means at this node. */
export function failureOf(node: Node, thrown: unknown): IsolensError {
  if (thrown instanceof IsolensError) return thrown;
  const reason = thrown instanceof Error ? (thrown.message.split('\n')[0] ?? '') : String(thrown);
  if (/alloc|memory|OOM|exhaust/i.test(reason)) {
    return new IsolensError('network/out-of-memory', { reason }, { node: node.name }, thrown);
  }
  return new IsolensError('network/cannot-run', { op: node.op, reason }, { node: node.name }, thrown);
}

export const owned = (tensor: Tensor, borrowed: readonly Tensor[]): Tensor =>
  borrowed.includes(tensor) ? tensor.clone() : tensor;

export function piecesOf(
  inputs: ReadonlyMap<string, NetworkArray>,
  start: number,
  count: number,
): ReadonlyMap<string, NetworkArray> {
  return new Map(
    [...inputs].map(([node, { shape, values }]) => {
      const size = productOf(shape.slice(1));
      const part = values.subarray(start * size, (start + count) * size);
      return [node, { shape: [count, ...shape.slice(1)], values: part }];
    }),
  );
}

export function place(
  results: Map<string, NetworkArray>,
  key: string,
  { shape, values }: NetworkArray,
  start: number,
  batch: number,
): void {
  if (shape[0] === batch) {
    results.set(key, { shape, values });
    return;
  }
  const size = productOf(shape.slice(1));
  const whole = results.get(key)?.values ?? new Float32Array(batch * size);
  whole.set(values, start * size);
  results.set(key, { shape: [batch, ...shape.slice(1)], values: whole });
}

/** The inputs by node, checked against what the network takes. *Problems* network/input-mismatch. */
export function acceptInputs(
  graph: NetworkGraph,
  given: Readonly<Record<string, NetworkArray>>,
): ReadonlyMap<string, NetworkArray> {
  const names = Object.keys(given);
  const accepted = new Map<string, NetworkArray>();
  let batch: number | null = null;
  for (const input of graph.inputs) {
    const array = given[input.name];
    const wanted = sizesOf(input.shape);
    const refuse = (found: string): IsolensError =>
      new IsolensError('network/input-mismatch', { name: input.name, wanted, found });
    if (!array) throw refuse(names.length === 0 ? 'nothing' : `only ${names.join(', ')}`);
    const { shape, values } = array;
    const fits =
      shape.length === input.shape.length &&
      input.shape.every((n, a) => (a === 0 ? true : n === null || n === shape[a])) &&
      shape.every((n) => Number.isInteger(n) && n > 0);
    if (!fits || (batch !== null && shape[0] !== batch)) throw refuse(sizesOf(shape));
    if (values.length !== productOf(shape)) throw refuse(`${values.length} values for ${sizesOf(shape)}`);
    batch = shape[0] ?? null;
    accepted.set(input.node, array);
  }
  const unknown = names.find((name) => !graph.inputs.some((input) => input.name === name));
  if (unknown !== undefined) {
    const wanted = graph.inputs.map((input) => input.name).join(', ');
    throw new IsolensError('network/input-mismatch', { name: unknown, wanted: `only ${wanted}`, found: unknown });
  }
  return accepted;
}
