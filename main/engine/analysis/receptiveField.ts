import type { ReceptiveField } from '../../../shared/network';
import { IsolensError } from '../../../shared/problem/problem';
import { receptiveBoxes, type ReceptiveBox } from '../network/receptiveBox';
import type { LoadedNetwork, VoxelBox } from '../network/network';

/** The receptive field of a node on the network's only input; null where it is global, unknown, or there are several inputs. */
export function receptiveFieldOf(
  { description }: Pick<LoadedNetwork, 'description'>,
  node: string,
): ReceptiveField | null {
  const field = description.nodes.find(({ name }) => name === node)?.receptiveField;
  if (!field || field === 'global') return null;
  if (Array.isArray(field.size)) return field as ReceptiveField;
  const fields = Object.values(field as Record<string, ReceptiveField | 'global'>);
  return fields.length === 1 && fields[0] !== undefined && fields[0] !== 'global' ? fields[0] : null;
}

/** What one voxel of a node's map sees of the input: whole, and cut to the input. *Units* input voxels, half-open, spatial axes. */
export interface SeenBox {
  /** Infinite along an axis that is mixed whole. */
  readonly whole: VoxelBox;
  readonly cut: VoxelBox;
}

/**
 * The exact boxes seen of the network's first input, where it has this shape (with batch and channels). A node of which the graph tells
 * nothing takes its described field; failing that it sees the whole input.
 */
export function boxesSeen(
  network: Pick<LoadedNetwork, 'graph' | 'description'>,
  shape: readonly number[],
  others: ReadonlyMap<string, readonly number[]> = new Map(),
): (node: string, position: readonly number[]) => SeenBox {
  const { graph } = network;
  const [first] = graph.inputs;
  const shapes = new Map(
    graph.inputs.map(({ node, name, shape: own }) => {
      const given = node === first?.node ? shape : (others.get(name) ?? own);
      return [node, given.map((n, axis) => n ?? (axis === 0 ? 1 : NaN))] as const;
    }),
  );
  const sizes = shape.slice(1, -1);
  const inside = (box: VoxelBox): VoxelBox => ({
    start: sizes.map((n, axis) => Math.min(n, Math.max(0, box.start[axis] ?? -Infinity))),
    end: sizes.map((n, axis) => Math.max(0, Math.min(n, box.end[axis] ?? Infinity))),
  });
  const boxes = knownBoxes(network, shapes);
  const known = new Map<string, SeenBox>();
  return (node, position) => {
    const key = `${node} ${position.join()}`;
    const found = known.get(key);
    if (found) return found;
    const read = boxes(node, position);
    const whole = read?.whole ?? described(network, node, position, sizes.length);
    const seen = { whole, cut: read?.box ?? inside(whole) };
    known.set(key, seen);
    return seen;
  };
}

/** Boxes on the network's first input; null for a node of which the graph tells nothing, or at these sizes. */
function knownBoxes(
  { graph }: Pick<LoadedNetwork, 'graph'>,
  shapes: ReadonlyMap<string, readonly number[]>,
): (node: string, position: readonly number[]) => ReceptiveBox | null {
  const first = graph.inputs[0]?.name ?? '';
  const orNull = <T>(make: () => T): T | null => {
    try {
      return make();
    } catch (thrown) {
      if (thrown instanceof IsolensError) return null;
      throw thrown;
    }
  };
  // A further input of a size that nobody told leaves the boxes unknown.
  const isKnown = [...shapes.values()].every((shape) => !shape.some(Number.isNaN));
  const boxes = isKnown ? orNull(() => receptiveBoxes(graph, shapes)) : null;
  return (node, position) => boxes && orNull(() => boxes(node, position).get(first) ?? null);
}

function described(
  network: Pick<LoadedNetwork, 'description'>,
  node: string,
  position: readonly number[],
  axes: number,
): VoxelBox {
  const field = receptiveFieldOf(network, node);
  const start = Array.from({ length: axes }, (_, axis) => {
    const [size, step, begin] = [field?.size[axis] ?? null, field?.step[axis] ?? 0, field?.start[axis] ?? 0];
    return size === null ? -Infinity : Math.floor(begin + step * (position[axis] ?? 0));
  });
  return { start, end: start.map((from, axis) => (from === -Infinity ? Infinity : from + (field?.size[axis] ?? 0))) };
}
