import { IsolensError } from '../../../shared/problem/problem';
import { inferShapes } from './assemble';
import type { NetworkGraph, Node, Shape } from './graph';
import type { VoxelBox } from './network';
import type { AxisRule } from './operation/interval';
import { operationOf } from './operation/list';

/** What one voxel of a node reads of one input. */
export interface ReceptiveBox {
  /** The smallest box that holds all it reads, within the input; null where it reads nothing of it but padding. */
  readonly box: VoxelBox | null;
  /** For each axis whether something on the way reads padding before the first voxel, and behind the last. */
  readonly clipped: readonly (readonly [before: boolean, behind: boolean])[];
  /** Between which indices all of it lies where no map had an end: beyond the input where it reads padding; infinite along an axis that is mixed whole. */
  readonly whole: VoxelBox;
}

/** What a node reads of each of its inputs, axis by axis. */
type Rules = readonly (readonly AxisRule[])[];

/** First and last index along each axis, not cut to any map. */
type Hull = readonly (readonly [first: number, last: number])[];

/** Which indices of one axis are read. */
interface Reading {
  readonly indices: Uint8Array;
  readonly clipped: readonly [boolean, boolean];
}

/** One reading for each axis: every voxel whose index is read along each of them. */
type Part = readonly Reading[];

/** What skips read apart is kept apart, as one part may end in padding where the other does not; beyond this many they are one. */
const mostParts = 32;

/**
 * Gives the box of every input, by its name, that one voxel of a node reads, for inputs of these sizes (by the name of the input's node, batch and channels
 * included). Exact at the border too: at each node what lies in its padding leads no further. By backward propagation of sets of indices, axis
 * by axis. *Units* voxels, tensor order. *Problems* network/no-node; network/cannot-run behind an unknown node.
 * *Source* methods.md §1.3.
 */
export function receptiveBoxes(
  graph: NetworkGraph,
  sizes: ReadonlyMap<string, readonly number[]>,
): (node: string, voxel: readonly number[]) => ReadonlyMap<string, ReceptiveBox> {
  const shapes = inferShapes(graph.nodes, sizes);
  return (node, voxel) => boxesOf(graph, shapes, node, voxel);
}

function boxesOf(
  graph: NetworkGraph,
  shapes: ReadonlyMap<string, Shape | null>,
  name: string,
  voxel: readonly number[],
): ReadonlyMap<string, ReceptiveBox> {
  const end = graph.nodes.findIndex((node) => node.name === name);
  if (end === -1) throw new IsolensError('network/no-node', {}, { node: name });
  const readings = new Map<string, readonly Part[]>([[name, [startAt(spatialSizes(shapes, name), voxel)]]]);
  const hulls = new Map<string, Hull>([
    [name, spatialSizes(shapes, name).map((_, axis) => [voxel[axis]!, voxel[axis]!])],
  ]);
  for (const node of graph.nodes.slice(0, end + 1).toReversed()) {
    const hull = hulls.get(node.name);
    if (!hull || node.op === 'input') continue;
    if (node.op === 'unknown') {
      const reason = 'Isolens does not know this layer';
      throw new IsolensError(
        'network/cannot-run',
        { op: String(node.attributes['fileOp']), reason },
        { node: node.name },
      );
    }
    const before = node.inputs.map((input) => shapes.get(input)!);
    const rules = operationOf(node.op).reads(node, before, shapes.get(node.name)!);
    widen(node, hull, rules, shapes, hulls);
    for (const part of readings.get(node.name) ?? []) follow(node, part, rules, shapes, readings);
  }
  return new Map(
    graph.inputs.map((input) => {
      const parts = readings.get(input.node) ?? [spatialSizes(shapes, input.node).map(nothing)];
      const hull = hulls.get(input.node) ?? spatialSizes(shapes, input.node).map(() => [0, -1] as const);
      const whole = { start: hull.map(([first]) => first), end: hull.map(([, last]) => last + 1) };
      return [input.name, { ...boxOf(parts.reduce(both)), whole }];
    }),
  );
}

function spatialSizes(shapes: ReadonlyMap<string, Shape | null>, name: string): readonly number[] {
  return (shapes.get(name) ?? []).slice(1, -1).map((n) => n!);
}

const nothing = (size: number): Reading => ({ indices: new Uint8Array(size), clipped: [false, false] });

function startAt(sizes: readonly number[], voxel: readonly number[]): Part {
  return sizes.map((size, axis) => {
    const reading = nothing(size);
    reading.indices[voxel[axis]!] = 1;
    return reading;
  });
}

/** What the node reads is added to what its inputs are read of already. */
function follow(
  node: Node,
  part: Part,
  rules: Rules,
  shapes: ReadonlyMap<string, Shape | null>,
  readings: Map<string, readonly Part[]>,
): void {
  node.inputs.forEach((name, i) => {
    const sizes = spatialSizes(shapes, name);
    const own = sizes.map((size, axis) => readAlong(rules[i]?.[axis], part, size));
    // Where one axis reads padding alone, so does the whole window.
    if (own.some(({ indices }) => !indices.includes(1))) return;
    readings.set(name, withPart(readings.get(name) ?? [], own));
  });
}

/** The hull of what the node reads is added to those of its inputs. */
function widen(
  node: Node,
  hull: Hull,
  rules: Rules,
  shapes: ReadonlyMap<string, Shape | null>,
  hulls: Map<string, Hull>,
): void {
  node.inputs.forEach((name, i) => {
    const own = spatialSizes(shapes, name).map((_, axis): readonly [number, number] => {
      const rule = rules[i]?.[axis];
      const [first, last] = rule?.from === null ? [0, 0] : (hull[(rule?.from ?? 0) - 1] ?? [-Infinity, Infinity]);
      return rule && Number.isFinite(first) && Number.isFinite(last)
        ? [rule.first(first), rule.last(last)]
        : [-Infinity, Infinity];
    });
    const before = hulls.get(name);
    hulls.set(
      name,
      before
        ? own.map(([first, last], axis) => [Math.min(first, before[axis]![0]), Math.max(last, before[axis]![1])])
        : own,
    );
  });
}

/** A part within another, or one that differs along one axis alone, is taken up by it: the union stays exact. */
function withPart(parts: readonly Part[], added: Part): readonly Part[] {
  for (const [at, part] of parts.entries()) {
    const unlike = part.filter(({ indices }, a) => !indices.every((read, i) => read === added[a]!.indices[i]!)).length;
    if (unlike > 1 && !holds(part, added) && !holds(added, part)) continue;
    return withPart(parts.toSpliced(at, 1), both(part, added));
  }
  return parts.length < mostParts ? [...parts, added] : [parts.reduce(both, added)];
}

const holds = (wide: Part, narrow: Part): boolean =>
  wide.every(({ indices }, a) => narrow[a]!.indices.every((read, i) => read <= indices[i]!));

function readAlong(rule: AxisRule | undefined, part: Part, size: number): Reading {
  const indices = new Uint8Array(size);
  const followed = rule?.from === null || rule === undefined ? undefined : part[rule.from - 1];
  const outputs = followed ? Array.from(followed.indices.keys()).filter((o) => followed.indices[o] === 1) : [0];
  let [before, behind] = followed?.clipped ?? [false, false];
  for (const o of outputs) {
    for (const i of tapsOf(followed || rule?.from === null ? rule : undefined, o, size)) {
      if (i < 0) before = true;
      else if (i >= size) behind = true;
      else indices[i] = 1;
    }
  }
  return { indices, clipped: [before, behind] };
}

/** Without a rule, or with one that follows no axis of space, the whole axis is read. */
function tapsOf(rule: AxisRule | undefined, o: number, size: number): readonly number[] {
  const taps = rule?.taps?.(o, size);
  if (taps) return taps;
  const [first, last] = rule ? [rule.first(o), rule.last(o)] : [-Infinity, Infinity];
  const [from, to] = [first === -Infinity ? 0 : first, last === Infinity ? size - 1 : last];
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
}

const both = (one: Part, other: Part): Part =>
  one.map((a, axis) => {
    const b = other[axis]!;
    return {
      indices: a.indices.map((read, i) => read | b.indices[i]!),
      clipped: [a.clipped[0] || b.clipped[0], a.clipped[1] || b.clipped[1]],
    };
  });

function boxOf(axes: Part): Pick<ReceptiveBox, 'box' | 'clipped'> {
  const clipped = axes.map((axis) => axis.clipped);
  if (axes.some(({ indices }) => !indices.includes(1))) return { box: null, clipped };
  return {
    box: {
      start: axes.map(({ indices }) => indices.indexOf(1)),
      end: axes.map(({ indices }) => indices.lastIndexOf(1) + 1),
    },
    clipped,
  };
}
