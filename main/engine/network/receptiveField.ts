import type { NodeDescription, ReceptiveField } from '../../../shared/network';
import { inferShapes } from './assemble';
import type { NetworkGraph, Node, Shape } from './graph';
import type { AxisRule } from './operation/interval';
import { operationOf } from './operation/list';

/** How one axis of an input is seen from a node, by the node's own index. */
interface Sight {
  /** The node's axis that it follows, or null where every voxel sees the same. */
  readonly from: number | null;
  readonly step: number;
  readonly first: (o: number) => number;
  readonly last: (o: number) => number;
}

export type Seen = NodeDescription['receptiveField'];

/** A free axis counts as this long: a multiple of 2⁸ and 3², so that whatever halves or thirds it meets no rest. */
const nominalSize = 2304;

/** More outputs than any decoder has phases. */
const mostPhases = 768;

/**
 * The input box that each node sees, by exact backward intervals, for every node of the graph; null behind an unknown node.
 * *Units* input voxels. *Source* methods.md §1.3; closed form for plain chains: Araujo, Norris & Sim, Distill 2019.
 */
export function receptiveFields(graph: NetworkGraph): ReadonlyMap<string, Seen> {
  const sized = new Map(graph.inputs.map((input) => [input.node, withSizes(input.shape)]));
  const shapes = shapesFor(graph, sized);
  const perInput = graph.inputs.map((input) => ({ input, fields: fieldsOf(graph, input.node, shapes) }));
  const seen = new Map<string, Seen>();
  for (const node of graph.nodes) {
    const parts = perInput.flatMap(({ input, fields }) => {
      const field = fields.get(node.name);
      return field === undefined ? [] : [[input.name, field] as const];
    });
    const known = (shapes.get(node.name) ?? null) !== null && parts.length > 0;
    if (!known) seen.set(node.name, null);
    else if (graph.inputs.length === 1) seen.set(node.name, parts[0]![1]);
    else seen.set(node.name, Object.fromEntries(parts));
  }
  return seen;
}

const withSizes = (shape: Shape): Shape => shape.map((n, a) => (a === 0 ? n : (n ?? nominalSize)));

/** With nominal sizes a network of free size may not fit itself (a crop to a fixed size): then the shapes stay free. */
function shapesFor(graph: NetworkGraph, sized: ReadonlyMap<string, Shape>): ReadonlyMap<string, Shape | null> {
  try {
    return inferShapes(graph.nodes, sized);
  } catch {
    return new Map(graph.nodes.map((node) => [node.name, node.outputShape]));
  }
}

function fieldsOf(
  graph: NetworkGraph,
  input: string,
  shapes: ReadonlyMap<string, Shape | null>,
): ReadonlyMap<string, ReceptiveField | 'global'> {
  const sights = sightsFrom(graph, input, shapes);
  const fields = new Map<string, ReceptiveField | 'global'>();
  for (const [name, axes] of sights) fields.set(name, fieldOf(axes, shapes.get(name) ?? null));
  return fields;
}

/** How each node that the input reaches sees the input's spatial axes. */
function sightsFrom(
  graph: NetworkGraph,
  input: string,
  shapes: ReadonlyMap<string, Shape | null>,
): ReadonlyMap<string, readonly Sight[]> {
  const sights = new Map<string, readonly Sight[]>();
  for (const node of graph.nodes) {
    const output = shapes.get(node.name);
    if (!output) continue;
    if (node.name === input) {
      sights.set(
        node.name,
        output.slice(1, -1).map((_, a) => plainSight(a + 1)),
      );
      continue;
    }
    const merged = through(node, output, shapes, sights);
    if (merged) sights.set(node.name, merged.map(remembered));
  }
  return sights;
}

const plainSight = (axis: number): Sight => ({ from: axis, step: 1, first: (o) => o, last: (o) => o });

const whole: Sight = { from: null, step: 0, first: () => -Infinity, last: () => Infinity };

function through(
  node: Node,
  output: Shape,
  shapes: ReadonlyMap<string, Shape | null>,
  sights: ReadonlyMap<string, readonly Sight[]>,
): readonly Sight[] | null {
  if (node.op === 'input' || node.op === 'unknown') return null;
  const before = node.inputs.map((name) => shapes.get(name) ?? null);
  if (before.some((shape) => shape === null)) return null;
  const rules = operationOf(node.op).reads(node, before as readonly Shape[], output);
  let merged: readonly Sight[] | null = null;
  node.inputs.forEach((name, i) => {
    const sight = sights.get(name);
    if (!sight) return;
    const own = sight.map((axis) => followed(axis, rules[i] ?? []));
    merged = merged ? merged.map((axis, a) => joined(axis, own[a]!)) : own;
  });
  return merged;
}

/** The sight of an input's axis through one more operation. */
function followed(sight: Sight, rules: readonly AxisRule[]): Sight {
  if (sight.from === null) return sight;
  const rule = rules[sight.from - 1];
  if (!rule) return whole;
  const at = (f: (o: number) => number, o: number): number => (Number.isFinite(o) ? f(o) : o);
  return {
    from: rule.from,
    step: sight.step * rule.step,
    first: (o) => at(sight.first, rule.first(o)),
    last: (o) => at(sight.last, rule.last(o)),
  };
}

function joined(a: Sight, b: Sight): Sight {
  if (a.from !== null && b.from !== null && a.from !== b.from) return whole;
  const lead = a.from === null ? b : a;
  return {
    from: lead.from,
    step: lead.step,
    first: (o) => Math.min(a.first(o), b.first(o)),
    last: (o) => Math.max(a.last(o), b.last(o)),
  };
}

/** Deep networks ask for the same index over and over, by many ways. */
function remembered(sight: Sight): Sight {
  const keep = (f: (o: number) => number): ((o: number) => number) => {
    const known = new Map<number, number>();
    return (o) => {
      const found = known.get(o);
      if (found !== undefined) return found;
      const made = f(o);
      known.set(o, made);
      return made;
    };
  };
  return { ...sight, first: keep(sight.first), last: keep(sight.last) };
}

/** The smallest size and start that hold the box of every output voxel. */
function fieldOf(axes: readonly Sight[], shape: Shape | null): ReceptiveField | 'global' {
  const size: (number | null)[] = [];
  const step: number[] = [];
  const start: number[] = [];
  for (const axis of axes) {
    const outputs = axis.from === null ? 1 : Math.min(shape?.[axis.from] ?? mostPhases, mostPhases);
    let low = Infinity;
    let high = -Infinity;
    for (let o = 0; o < outputs; o++) {
      low = Math.min(low, axis.first(o) - axis.step * o);
      high = Math.max(high, axis.last(o) - axis.step * o);
    }
    const mixed = !Number.isFinite(low) || !Number.isFinite(high);
    size.push(mixed ? null : tidy(high - low + 1));
    step.push(mixed ? 0 : tidy(axis.step));
    start.push(mixed ? 0 : tidy(low));
  }
  return size.every((n) => n === null) ? 'global' : { size, step, start };
}

/** Thirds and their like leave rests of 1e-16. */
const tidy = (value: number): number => {
  const rounded = Math.round(value * 5040) / 5040;
  return (Math.abs(rounded - value) < 1e-9 ? rounded : value) + 0;
};
