import { inferShapes } from '../assemble';
import type { NetworkGraph, Shape } from '../graph';
import type { Fetch } from '../network';
import { activationOf, type Activation } from '../operation/activation';
import type { AxisRule } from '../operation/interval';
import { operationOf } from '../operation/list';
import { optionalWeight, productOf, spatialOf, type NodeCore } from '../operation/operation';
import { workOf, type Work } from './work';
import { isPerCell, rewritten } from './rewrite';

/** One node of the rewritten network, with all that is known of it before anything runs. */
export interface Step {
  readonly index: number;
  readonly node: NodeCore;
  readonly work: Work;
  /** The steps that it reads. */
  readonly inputs: readonly number[];
  readonly inputShapes: readonly Shape[];
  /** Of one batch entry: the spatial axes, none for a vector. */
  readonly sizes: readonly number[];
  readonly channels: number;
  /** For each input and each of its spatial axes. */
  readonly rules: readonly (readonly AxisRule[])[];
  readonly bias: Float32Array | null;
  readonly activation: Activation;
  /** Its activation takes in the whole map: then every change changes all of it. */
  readonly mixes: boolean;
  /** Multiply-adds for one cell of the output. */
  readonly macsPerCell: number;
}

/** Steps in topological order; the last is the target, and is held as a map of its own. */
export interface Program {
  readonly steps: readonly Step[];
  /** The step of the input that is hidden in. */
  readonly hidden: number;
  readonly target: number;
}

/** Views are never held: their cells are looked up where they are read. */
export const isView = ({ work }: Step): boolean => work.kind === 'channels' || work.kind === 'lookup';

/**
 * The part of the network that a fetch hangs on, ready to be run box by box. `shapes`: of each input node, batch first. Null where an
 * unknown node lies before the fetch, or the fetch does not hang on the input.
 */
export function programOf(
  graph: NetworkGraph,
  shapes: ReadonlyMap<string, Shape>,
  hiddenIn: string,
  fetch: Fetch,
): Program | null {
  const needed = neededNodes(graph, fetch.node);
  if (!needed.some(({ name }) => name === hiddenIn) || needed.some(({ op }) => op === 'unknown')) return null;
  const nodes = withSolids(rewritten(needed, fetch), shapes, fetch.node);
  const known = inferShapes(nodes, shapes);
  if ([...known.values()].some((shape) => !shape || shape.length > 5)) return null;
  const at = new Map(nodes.map(({ name }, index) => [name, index]));
  const steps = nodes.map((node, index) => stepOf(node, index, at, known as ReadonlyMap<string, Shape>));
  return { steps, hidden: at.get(hiddenIn)!, target: steps.length - 1 };
}

function neededNodes(graph: NetworkGraph, target: string): readonly NodeCore[] {
  const wanted = new Set([target]);
  for (const node of graph.nodes.toReversed())
    if (wanted.has(node.name)) for (const name of node.inputs) wanted.add(name);
  return graph.nodes.filter(({ name }) => wanted.has(name));
}

/** What heads and results read must be held as it is: a view, an input or a map on a grid gets an identity behind it. */
function withSolids(
  nodes: readonly NodeCore[],
  shapes: ReadonlyMap<string, Shape>,
  target: string,
): readonly NodeCore[] {
  const known = inferShapes(nodes, shapes);
  const solid = (node: NodeCore): boolean => {
    if (node.op === 'input') return false;
    const { kind } = workOf(
      node,
      node.inputs.map((name) => known.get(name) ?? []),
      known.get(node.name) ?? [],
    );
    return kind !== 'lookup' && kind !== 'channels' && kind !== 'transposed';
  };
  const made = new Map<string, string>();
  const result: NodeCore[] = [];
  const identity = (name: string, source: string): NodeCore => ({
    name,
    op: 'identity',
    inputs: [source],
    attributes: {},
    weights: [],
  });
  for (const node of nodes) {
    const [source] = node.inputs;
    const before = nodes.find(({ name }) => name === source);
    if (node.op === 'globalAveragePool' && source !== undefined && before && !solid(before)) {
      const name = made.get(source) ?? `${source}/held`;
      if (!made.has(source)) result.push(identity(name, source));
      made.set(source, name);
      result.push({ ...node, inputs: [name] });
    } else result.push(node);
  }
  const end = nodes.at(-1)!;
  return end.name === target && solid(end) ? result : [...result, identity(`${target}/held`, target)];
}

const linear: Activation = { kind: 'linear' };

function stepOf(
  node: NodeCore,
  index: number,
  at: ReadonlyMap<string, number>,
  shapes: ReadonlyMap<string, Shape>,
): Step {
  const inputShapes = node.inputs.map((name) => shapes.get(name)!);
  const output = shapes.get(node.name)!;
  const sizes = spatialOf(output) as readonly number[];
  const channels = output.at(-1) ?? 1;
  const common = { index, node, inputs: node.inputs.map((name) => at.get(name)!), inputShapes, sizes, channels };
  if (node.op === 'input') {
    const none = { rules: [], bias: null, activation: linear, mixes: false, macsPerCell: 0 };
    return { ...common, ...none, work: { kind: 'input' } };
  }
  const operation = operationOf(node.op);
  const activation = activationOf(node);
  const own = workOf(node, inputShapes, output);
  const mixes = !isPerCell(activation, output.length);
  const work: Work = mixes ? { kind: 'whole' } : own;
  const apart = work.kind === 'convolution' || work.kind === 'transposed' || work.kind === 'pool';
  const cost = operation.cost?.(node, inputShapes, output) ?? productOf(output.slice(1));
  return {
    ...common,
    work,
    rules: operation.reads(node, inputShapes, output),
    bias: apart ? (optionalWeight(node, 'bias')?.values ?? null) : null,
    activation,
    mixes,
    macsPerCell: cost / Math.max(1, productOf(sizes)),
  };
}
