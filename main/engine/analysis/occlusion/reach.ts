import type { ReceptiveField } from '../../../../shared/network';
import type { LoadedNetwork } from '../../network/network';
import type { PreparedInput } from '../../recipe/preparedInput';
import { receptiveFieldOf } from '../receptiveField';

/** Half of what one voxel of a node's map sees in its plane or volume, along its longest axis; null where it sees everything. Units: mm. */
export function radiusMm(
  network: LoadedNetwork,
  node: string,
  { array }: PreparedInput,
  stackMm: readonly number[],
): number | null {
  const field = receptiveFieldOf(network, node);
  const spacing = stackMm.slice(-array.shape.slice(1, -1).length);
  const reach = (field?.size ?? [null]).map((size, axis) =>
    size === null ? null : ((size - 1) / 2) * (spacing[axis] ?? 1),
  );
  const known = reach.filter((mm) => mm !== null);
  return known.length === reach.length ? Math.max(...known) : null;
}

/** Where a map's voxels lie on the input, and what they see of it. */
interface Seeing {
  /** Batch entries, then the input's spatial axes. */
  readonly input: readonly number[];
  /** Batch entries, then the map's. */
  readonly map: readonly number[];
  readonly field: ReceptiveField;
  /** Neighbour planes on each side that an entry shows as channels. */
  readonly context: number;
}

/** 1 at every voxel of the map whose receptive box holds a hidden voxel. `hidden`: network order, all entries. */
export function seesHidden(hidden: Uint8Array, { input, map, field, context }: Seeing): Uint8Array {
  const planes = (entry: number): readonly [number, number] => [entry - context, entry + context];
  const boxes = field.size.map((size, axis) => {
    const [start, step] = [field.start[axis] ?? 0, field.step[axis] ?? 0];
    if (size === null) return (): readonly [number, number] => [-Infinity, Infinity];
    return (o: number): readonly [number, number] => [
      Math.floor(start + step * o),
      Math.ceil(start + step * o) + size - 1,
    ];
  });
  return [planes, ...boxes].reduce(
    ({ values, sizes }, box, axis) => {
      const next = sizes.map((n, at) => (at === axis ? (map[axis] ?? n) : n));
      return { values: alongAxis(values, sizes, axis, next[axis] ?? 1, box), sizes: next };
    },
    { values: hidden, sizes: [...input] },
  ).values;
}

/** One axis exchanged: 1 where any voxel of the box (both ends included) is. */
function alongAxis(
  values: Uint8Array,
  sizes: readonly number[],
  axis: number,
  count: number,
  box: (o: number) => readonly [number, number],
): Uint8Array {
  const n = sizes[axis] ?? 1;
  const inner = sizes.slice(axis + 1).reduce((product, size) => product * size, 1);
  const outer = sizes.slice(0, axis).reduce((product, size) => product * size, 1);
  const boxes = Array.from({ length: count }, (_, o) => {
    const [from, to] = box(o);
    return [Math.max(0, from), Math.min(n, to + 1)] as const;
  });
  const found = new Uint8Array(outer * count * inner);
  const before = new Uint32Array(n + 1);
  for (let line = 0; line < outer * inner; line++) {
    const [block, rest] = [Math.floor(line / inner), line % inner];
    for (let at = 0; at < n; at++)
      before[at + 1] = (before[at] ?? 0) + (values[(block * n + at) * inner + rest] === 1 ? 1 : 0);
    if (before[n] === 0) continue;
    boxes.forEach(([from, to], o) => {
      if (to > from && (before[to] ?? 0) > (before[from] ?? 0)) found[(block * count + o) * inner + rest] = 1;
    });
  }
  return found;
}
