import type { ReceptiveField } from '../../../shared/network';
import { lookingFrom } from '../network/receptiveField';
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
    graph.inputs.map(({ node, name, shape: own }) => [node, node === first?.node ? shape : (others.get(name) ?? own)]),
  );
  const looking = lookingFrom(graph, shapes, first?.node ?? '');
  const sizes = shape.slice(1, -1);
  return (node, position) => {
    const whole = looking(node, position) ?? described(network, node, position, sizes.length);
    const cut = {
      start: sizes.map((n, axis) => Math.min(n, Math.max(0, whole.start[axis] ?? -Infinity))),
      end: sizes.map((n, axis) => Math.max(0, Math.min(n, whole.end[axis] ?? Infinity))),
    };
    return { whole, cut };
  };
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
