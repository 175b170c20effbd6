import { totalmem } from 'node:os';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { IsolensError } from '../../../shared/problem/problem';
import { inferShapes } from './assemble';
import {
  computeNode,
  execute,
  failureOf,
  fetchKey,
  neededNodes,
  owned,
  pieceOf,
  piecesOf,
  place,
  stopIfAsked,
  type HeldWeights,
} from './execute';
import type { NetworkGraph, Node, Shape } from './graph';
import { heldBytes, refuseImpossible } from './memory';
import type { Fetch, GradientAnswer, GradientQuestion, NetworkArray } from './network';
import { activationOf } from './operation/activation';
import { gradientBefore, readsBefore } from './operation/activationGradient';
import { operationOf } from './operation/list';
import { productOf, type Backward } from './operation/operation';
import { backendInfo, tf, type Tensor } from './tensorflow';

type Question = Omit<GradientQuestion, 'inputs'> & {
  /** By node, as `acceptInputs` gives them. */
  readonly accepted: ReadonlyMap<string, NetworkArray>;
  /** Most bytes of maps that are kept for the way back; one entry's are in any case. */
  readonly mostKept?: number;
};

/** What one name of `wrt` means in the graph. */
interface Wanted extends Fetch {
  readonly key: string;
}

const mostKept = Math.min(2 ** 30, totalmem() / 4);

/**
 * Gradients of a scalar of the fetched values by one pass forward, which keeps the maps on the way, and one back. A batch is cut so that no
 * native call lasts long; where the maps of all of it find no room, a pass before gives its fetched values. Only on the native library.
 * *Problems* network/cannot-differentiate, network/no-node, and those of `execute`.
 */
export async function gradientOf(
  graph: NetworkGraph,
  weights: HeldWeights,
  question: Question,
  signal?: AbortSignal,
): Promise<GradientAnswer> {
  const { accepted, fetch } = question;
  if (backendInfo()?.rung === 'wasm')
    throw new IsolensError('network/backend-missing', { rung: 'native', reason: 'gradients need the native library' });
  const wanted = question.wrt.map((key) => wantedOf(graph, key));
  const nodes = neededNodes(graph, [fetch]);
  const shapes = inferShapes(graph.nodes, new Map([...accepted].map(([node, array]) => [node, array.shape])));
  refuseImpossible(nodes, shapes);
  const batch = [...accepted.values()][0]!.shape[0]!;
  const route = routeOf(nodes, wanted);
  const room = roomFor(nodes, route, shapes, question.mostKept ?? mostKept);
  const piece = Math.min(pieceOf(nodes, shapes, batch), room);
  const walk = { nodes, route, weights, wanted, fetch, signal };
  const gradients = new Map<string, NetworkArray>();
  const fetches = new Map<string, NetworkArray>();
  const starts = Array.from({ length: Math.ceil(batch / piece) }, (_, i) => i * piece);
  const part = (start: number): ReadonlyMap<string, NetworkArray> =>
    piecesOf(accepted, start, Math.min(piece, batch - start));
  const kept = starts.map((): Kept => ({ after: new Map(), before: new Map() }));
  try {
    for (const [at, start] of batch <= room ? starts.entries() : []) {
      await forward(walk, part(start), kept[at]!);
      place(fetches, fetchKey(fetch), await fetchedOf(walk, kept[at]!), start, batch);
    }
    const fetched =
      fetches.get(fetchKey(fetch)) ?? (await execute(graph, weights, accepted, [fetch], signal)).get(fetchKey(fetch))!;
    const cotangent = checked(question.cotangent(fetched), fetched);
    const size = productOf(fetched.shape.slice(1));
    for (const [at, start] of starts.entries()) {
      if (batch > room) await forward(walk, part(start), kept[at]!);
      const values = cotangent.slice(start * size, (start + piece) * size);
      const found = await backward(walk, kept[at]!, {
        shape: [values.length / size, ...fetched.shape.slice(1)],
        values,
      });
      for (const [key, array] of found) place(gradients, key, array, start, batch);
      freed(kept[at]!);
    }
    return { fetched, gradients: withZeros(gradients, wanted, shapes) };
  } finally {
    for (const own of kept) freed(own);
  }
}

/** What the scalar does not hang on. */
function withZeros(
  gradients: Map<string, NetworkArray>,
  wanted: readonly Wanted[],
  shapes: ReadonlyMap<string, Shape | null>,
): ReadonlyMap<string, NetworkArray> {
  for (const { key, node } of wanted) {
    if (gradients.has(key)) continue;
    const shape = shapes.get(node)!.map((n) => n!);
    gradients.set(key, { shape, values: new Float32Array(productOf(shape)) });
  }
  return gradients;
}

function checked(cotangent: Float32Array, { shape, values }: NetworkArray): Float32Array {
  if (cotangent.length === values.length) return cotangent;
  throw new Error(`a cotangent of ${cotangent.length} values for fetched values of [${shape.join(', ')}]`);
}

/** An input by its name, a node, or a node before its activation as `node:preActivation`. */
function wantedOf(graph: NetworkGraph, key: string): Wanted {
  const input = graph.inputs.find((i) => i.name === key);
  if (input) return { key, node: input.node, stage: 'output' };
  if (graph.nodes.some((node) => node.name === key)) return { key, node: key, stage: 'output' };
  const node = graph.nodes.find(({ name }) => fetchKey({ node: name, stage: 'preActivation' }) === key);
  if (!node) throw new IsolensError('network/no-node', {}, { node: key });
  return { key, node: node.name, stage: 'preActivation' };
}

/** The nodes that lie on a way from something wanted: gradients pass through these alone. */
function routeOf(nodes: readonly Node[], wanted: readonly Wanted[]): ReadonlySet<string> {
  const route = new Set<string>();
  const names = new Set(wanted.map(({ node }) => node));
  for (const node of nodes)
    if (names.has(node.name) || node.inputs.some((input) => route.has(input))) route.add(node.name);
  return route;
}

/** The nodes whose values the way back looks at. */
function keptNodes(nodes: readonly Node[], route: ReadonlySet<string>): ReadonlySet<string> {
  const kept = new Set<string>();
  for (const node of nodes) if (route.has(node.name)) for (const name of [node.name, ...node.inputs]) kept.add(name);
  return kept;
}

/** *Problems* network/out-of-memory where the maps of one batch entry are more than the machine can hold. */
function roomFor(
  nodes: readonly Node[],
  route: ReadonlySet<string>,
  shapes: ReadonlyMap<string, Shape | null>,
  most: number,
): number {
  const kept = keptNodes(nodes, route);
  const twice = nodes.filter((node) => route.has(node.name) && readsBefore(activationOf(node)));
  const bytes = heldBytes([...nodes.filter((node) => kept.has(node.name)), ...twice], shapes);
  if (bytes > totalmem()) {
    const reason = `the maps that its gradient needs have ${(bytes / 2 ** 30).toPrecision(3)} GiB`;
    throw new IsolensError('network/out-of-memory', { reason }, { node: nodes.at(-1)!.name });
  }
  return Math.max(1, Math.floor(most / Math.max(1, bytes)));
}

interface Walk {
  readonly nodes: readonly Node[];
  readonly route: ReadonlySet<string>;
  readonly weights: HeldWeights;
  readonly wanted: readonly Wanted[];
  readonly fetch: Fetch;
  readonly signal: AbortSignal | undefined;
}

/** What the way forward leaves for the way back. */
interface Kept {
  readonly after: Map<string, Tensor>;
  readonly before: Map<string, Tensor>;
}

async function fetchedOf({ fetch: { node, stage } }: Walk, { after, before }: Kept): Promise<NetworkArray> {
  const tensor = (stage === 'preActivation' ? before.get(node) : undefined) ?? after.get(node)!;
  return { shape: [...tensor.shape], values: (await tensor.data()) as Float32Array };
}

function freed({ after, before }: Kept): void {
  for (const held of [after, before]) {
    for (const tensor of held.values()) tensor.dispose();
    held.clear();
  }
}

async function forward(walk: Walk, inputs: ReadonlyMap<string, NetworkArray>, { after, before }: Kept): Promise<void> {
  const { nodes, route, weights, fetch } = walk;
  const kept = keptNodes(nodes, route);
  const last = new Map<string, number>();
  nodes.forEach((node, at) => {
    for (const name of node.inputs) last.set(name, at);
  });
  for (const [at, node] of nodes.entries()) {
    stopIfAsked(walk.signal);
    const fetchesBefore = fetch.node === node.name && fetch.stage === 'preActivation';
    const keepsBefore = fetchesBefore || (route.has(node.name) && readsBefore(activationOf(node)));
    const arguments_ = node.inputs.map((name) => after.get(name)!);
    const { output, pre } = computeNode(node, arguments_, weights, inputs, keepsBefore);
    after.set(node.name, output);
    if (pre) before.set(node.name, pre);
    for (const name of node.inputs) {
      if (kept.has(name) || name === fetch.node || last.get(name) !== at) continue;
      after.get(name)?.dispose();
      after.delete(name);
    }
    await nextTurn();
  }
}

/** From the fetched node to the wanted ones; each map is freed when the way back has passed it. */
async function backward(walk: Walk, kept: Kept, start: NetworkArray): Promise<ReadonlyMap<string, NetworkArray>> {
  const results = new Map<string, NetworkArray>();
  const ended: Node[] = [];
  if (!walk.route.has(walk.fetch.node)) return results;
  const slopes = new Map([[fetchKey(walk.fetch), tf.tensor(start.values, [...start.shape], 'float32')]]);
  const report = async (node: string, stage: Fetch['stage'], slope: Tensor): Promise<void> => {
    for (const wanted of walk.wanted) {
      if (wanted.node !== node || wanted.stage !== stage || results.has(wanted.key)) continue;
      results.set(wanted.key, { shape: [...slope.shape], values: (await slope.data()) as Float32Array });
    }
  };
  try {
    for (const node of walk.nodes.toReversed()) {
      stopIfAsked(walk.signal);
      const slope = slopes.get(node.name);
      if (slope) await report(node.name, 'output', slope);
      const beforeKey = fetchKey({ node: node.name, stage: 'preActivation' });
      if (walk.route.has(node.name) && node.op !== 'input' && (slope || slopes.has(beforeKey))) {
        if (slope) add(slopes, beforeKey, slopeBefore(walk, kept, node, slope));
        const own = slopes.get(beforeKey)!;
        await report(node.name, 'preActivation', own);
        if (node.inputs.some((name) => walk.route.has(name)) && !passBack(walk, kept, slopes, { node, slope: own }))
          ended.push(node);
      }
      for (const held of [slopes, kept.after, kept.before]) dropped(held, node.name);
      dropped(slopes, beforeKey);
      await nextTurn();
    }
  } finally {
    for (const slope of slopes.values()) slope.dispose();
  }
  refuseEnded(walk, results, ended);
  return results;
}

function dropped(held: Map<string, Tensor>, key: string): void {
  held.get(key)?.dispose();
  held.delete(key);
}

function slopeBefore(walk: Walk, kept: Kept, node: Node, slope: Tensor): Tensor {
  try {
    return tf.tidy(() => {
      const after = kept.after.get(node.name)!;
      const arguments_ = node.inputs.map((name) => kept.after.get(name)!);
      const { alpha } = walk.weights.of(
        node,
        arguments_.map((x) => x.shape),
      );
      const around = { before: kept.before.get(node.name) ?? after, after, slope, alpha };
      return owned(gradientBefore(activationOf(node), around), [slope]);
    });
  } catch (thrown) {
    throw failureOf(node, thrown);
  }
}

/** Gives the inputs their slopes; whether all that are asked for got one. */
function passBack(
  walk: Walk,
  kept: Kept,
  slopes: Map<string, Tensor>,
  { node, slope }: { readonly node: Node; readonly slope: Tensor },
): boolean {
  const inputs = node.inputs.map((name) => kept.after.get(name)!);
  const asked = node.inputs.map((name) => walk.route.has(name));
  const weights = walk.weights.of(
    node,
    inputs.map((x) => x.shape),
  );
  const back: Backward = { slope, inputs, weights, asked };
  let made: readonly (Tensor | null)[];
  try {
    made = keptFrom(() => {
      const own = operationOf(node.op).gradient?.(node, back) ?? traced(node, back);
      // Each input owns its slope, though two may be one value, or the node's own.
      return own.map((x, i) =>
        x && asked[i] ? owned(x, [slope, ...inputs, ...own.slice(0, i).filter((y) => y !== null)]) : null,
      );
    });
  } catch (thrown) {
    throw failureOf(node, thrown);
  }
  node.inputs.forEach((name, i) => {
    const own = made[i];
    if (own) add(slopes, name, own);
  });
  return made.every((own, i) => own !== null || !asked[i]);
}

/** A tidy whose results may have gaps. */
function keptFrom(make: () => readonly (Tensor | null)[]): readonly (Tensor | null)[] {
  let places: readonly boolean[] = [];
  const made = tf.tidy(() => {
    const all = make();
    places = all.map((x) => x !== null);
    return all.filter((x) => x !== null);
  });
  return places.map((filled) => (filled ? made.shift()! : null));
}

/** The gradient that TensorFlow's own rules give for what `run` does. */
function traced(node: Node, { slope, inputs, weights, asked }: Backward): readonly (Tensor | null)[] {
  // Clones: a node that reads the same value twice has two gradients.
  const free = inputs.filter((_, i) => asked[i]).map((x) => x.clone());
  const run = (...values: Tensor[]): Tensor => {
    const rest = [...values];
    const given = inputs.map((x, i) => (asked[i] ? rest.shift()! : x));
    return owned(operationOf(node.op).run(node, given, weights), values);
  };
  const found = tf.grads(run)(free, slope);
  return asked.map((wanted) => (wanted ? found.shift()! : null));
}

/** Takes `slope` over. */
function add(slopes: Map<string, Tensor>, key: string, slope: Tensor): void {
  const held = slopes.get(key);
  slopes.set(key, held ? tf.add(held, slope) : slope);
  if (!held) return;
  held.dispose();
  slope.dispose();
}

/** A gradient that is zero for an operation that jumps would be read as "does not matter". */
function refuseEnded(
  { wanted, nodes, route }: Walk,
  results: ReadonlyMap<string, NetworkArray>,
  ended: readonly Node[],
): void {
  const [first] = ended;
  if (!first) return;
  const missing = wanted.find(
    ({ key, node }) => !results.has(key) && route.has(node) && nodes.some((n) => n.name === node),
  );
  if (missing) throw new IsolensError('network/cannot-differentiate', { op: first.op }, { node: first.name });
}
