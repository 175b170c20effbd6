import type { Node, Shape } from '../graph';
import type { Fetch } from '../network';
import { activationOf } from '../operation/activation';
import { operationOf } from '../operation/list';
import { productOf } from '../operation/operation';
import type { Written } from './convolutions';
import { written, writtenWithConvolution } from './writers';
import { Writing, type Value } from './writing';

/** Nodes that one native call computes, as a graph of their own. */
export interface Stretch {
  readonly writing: Writing;
  /** What is handed in, by the network's node: its native name. */
  readonly fed: ReadonlyMap<string, string>;
  /** Native names of the weights that are handed in. */
  readonly weights: readonly string[];
  /** What is taken out: of which node at which stage, and its native name. */
  readonly taken: readonly { readonly fetch: Fetch; readonly name: string }[];
}

/** Either a stretch or one node by itself, and the nodes of which nobody reads the value after it. */
export type Step = ({ readonly stretch: Stretch } | { readonly alone: Node }) & { readonly spent: readonly string[] };

/** A node that is computed, with the convolution that it takes in. */
interface Task {
  readonly node: Node;
  readonly before: Node | null;
  readonly reads: readonly string[];
  /** Multiply-adds, for the whole batch. */
  readonly cost: number;
}

interface Open {
  readonly writing: Writing;
  readonly fed: Map<string, Value>;
  readonly values: Map<string, Written>;
  cost: number;
}

/**
 * How the nodes that the fetches hang on are computed, in their order: in stretches that cost no more than `budget` each, as far as
 * single nodes allow. The shapes are those of one batch.
 */
export function planOf(
  nodes: readonly Node[],
  shapes: ReadonlyMap<string, Shape | null>,
  fetches: readonly Fetch[],
  budget: number,
): readonly Step[] {
  const groups: (Open | Task)[] = [];
  let open: Open | null = null;
  for (const task of tasksOf(nodes, shapes, fetches)) {
    if (open && open.cost + task.cost > budget) open = null;
    const into: Open = open ?? { writing: new Writing(), fed: new Map(), values: new Map(), cost: 0 };
    const made = isLookedInto(task.node, fetches) ? null : writtenInto(into, task, shapes);
    if (!made) {
      groups.push(task);
      open = null;
      continue;
    }
    into.values.set(task.node.name, made);
    into.cost += task.cost;
    if (into !== open) groups.push(into);
    open = into;
  }
  return stepsOf(groups, fetches);
}

function writtenInto(
  into: Open,
  { node, before, reads }: Task,
  shapes: ReadonlyMap<string, Shape | null>,
): Written | null {
  if (node.op === 'input') return null;
  const inputs = reads.map((name) => {
    const inside = into.values.get(name)?.output ?? into.fed.get(name);
    if (inside) return inside;
    const value = into.writing.fed(shapes.get(name) as readonly number[]);
    into.fed.set(name, value);
    return value;
  });
  return before ? writtenWithConvolution(into.writing, node, before, inputs) : written(into.writing, node, inputs);
}

/** Whether a value is asked for that TensorFlow would melt with the activation behind it, asked for or not. */
const isLookedInto = (node: Node, fetches: readonly Fetch[]): boolean =>
  activationOf(node).kind !== 'linear' &&
  fetches.some((fetch) => fetch.node === node.name && fetch.stage === 'preActivation');

/** A normalisation takes in the convolution before it where nothing else asks for that one's value. */
function tasksOf(
  nodes: readonly Node[],
  shapes: ReadonlyMap<string, Shape | null>,
  fetches: readonly Fetch[],
): readonly Task[] {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const asked = new Map<string, number>();
  for (const name of [...nodes.flatMap((node) => node.inputs), ...fetches.map((fetch) => fetch.node)])
    asked.set(name, (asked.get(name) ?? 0) + 1);
  const before = new Map<string, Node>();
  for (const node of nodes) {
    const first = byName.get(node.inputs[0] ?? '');
    if (node.op !== 'batchNorm' || !first || asked.get(first.name) !== 1) continue;
    if (canTakeIn(first)) before.set(node.name, first);
  }
  const takenIn = new Set([...before.values()].map((node) => node.name));
  return nodes
    .filter((node) => !takenIn.has(node.name))
    .map((node) => {
      const first = before.get(node.name) ?? null;
      const reads = first ? first.inputs : node.inputs;
      return { node, before: first, reads, cost: costOf(node, shapes) + (first ? costOf(first, shapes) : 0) };
    });
}

const canTakeIn = (node: Node): boolean =>
  ['conv1d', 'conv2d', 'conv3d'].includes(node.op) &&
  activationOf(node).kind === 'linear' &&
  (node.attributes['groups'] ?? 1) === 1 &&
  (node.attributes['dilation'] as readonly number[]).every((d) => d === 1);

function stepsOf(groups: readonly (Open | Task)[], fetches: readonly Fetch[]): readonly Step[] {
  const lastReader = new Map<string, number>();
  groups.forEach((group, at) => {
    const own = 'node' in group ? [group.node.name, ...group.reads] : [...group.values.keys(), ...group.fed.keys()];
    for (const name of own) lastReader.set(name, at);
  });
  return groups.map((group, at): Step => {
    if ('node' in group) {
      const spent = [group.node.name, ...group.reads].filter((name) => lastReader.get(name) === at);
      return { alone: group.node, spent };
    }
    const { writing, values, fed } = group;
    const spent = [...values.keys(), ...fed.keys()].filter((name) => lastReader.get(name) === at);
    const taken = [...values].flatMap(([node, own]) => {
      const wanted: Fetch[] = fetches.filter((fetch) => fetch.node === node);
      const read = lastReader.get(node)! > at && !wanted.some((fetch) => fetch.stage === 'output');
      const all: Fetch[] = read ? [...wanted, { node, stage: 'output' }] : wanted;
      return all.map((fetch) => {
        const value = fetch.stage === 'output' ? own.output : own.pre;
        // A name of its own, which no optimiser takes away.
        return { fetch, name: writing.op('Identity', [value], value.shape).name };
      });
    });
    const behind = writing.behind(taken.map(({ name }) => name));
    const stretch: Stretch = {
      writing,
      fed: new Map([...fed].filter(([, value]) => behind.has(value.name)).map(([name, value]) => [name, value.name])),
      weights: [...writing.weights.keys()].filter((name) => behind.has(name)),
      taken,
    };
    return { stretch, spent };
  });
}

function costOf(node: Node, shapes: ReadonlyMap<string, Shape | null>): number {
  const own = shapes.get(node.name);
  if (node.op === 'input' || !own) return 0;
  const inputs = node.inputs.map((name) => shapes.get(name)!);
  const each = operationOf(node.op).cost?.(node, inputs, own) ?? 4 * productOf(own.slice(1));
  return each * (own[0] ?? 1);
}
