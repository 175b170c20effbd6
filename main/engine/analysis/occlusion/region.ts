import type { OcclusionTarget } from '../../../../shared/analysis/occlusion';
import { IsolensError } from '../../../../shared/problem/problem';
import type { Structure } from '../../../../shared/structure';
import { aliasesIn, structureFor } from '../../recipe/source';
import { maskOf } from '../../volume/mask';
import type { Context, OpenInput } from '../analysis';
import { voxelsIn } from './box';
import type { OutputGrid } from './outputGrid';

export type Region = Extract<OcclusionTarget, { label: unknown }>['region'];

/** The structure of that name, or of an alias that the recipe gives. *Problems* analysis/needs-study, recipe/no-structure and its kin. */
export function structureOf({ study, prepared }: OpenInput, { recipe }: Context, name: string): Structure {
  if (!study || !prepared.grid) throw new IsolensError('analysis/needs-study', { structure: name });
  return structureFor(study, name, recipe ? aliasesIn(recipe, name) : [], prepared.frameOfReference);
}

/** A structure's mask on the recipe's grid, in network order: entries and spatial axes, no channel. */
export function tensorMask({ prepared }: OpenInput, structure: Structure): Uint8Array {
  if (!prepared.grid || !prepared.toTensor)
    throw new IsolensError('analysis/needs-study', { structure: structure.name });
  return prepared.toTensor(maskOf(structure, prepared.grid));
}

/**
 * Where the score is taken, as a mask on the output's voxels for each batch entry; null: everywhere.
 * *Problems* analysis/empty-region, analysis/wrong-axes.
 */
export function regionMasks(
  input: OpenInput,
  context: Context,
  region: Region,
  grid: OutputGrid,
): readonly Uint8Array[] | null {
  if (region === undefined) return null;
  const { shape } = input.prepared.array;
  const entries = shape[0] ?? 1;
  const spatial = shape.slice(1, -1);
  const masks =
    typeof region === 'string'
      ? structureMasks(tensorMask(input, structureOf(input, context, region)), entries, spatial, grid)
      : boxMasks(region, entries, spatial, grid);
  if (masks.every((mask) => !mask.includes(1))) {
    throw new IsolensError('analysis/empty-region', { region: typeof region === 'string' ? region : 'box' });
  }
  return masks;
}

/** Batch entries in which the score is taken: the planes that the region's structure or box touches, all of them where it is everywhere. */
export function entriesIn(input: OpenInput, context: Context, region: Region): number {
  const { shape } = input.prepared.array;
  const entries = shape[0] ?? 1;
  if (region === undefined || entries === 1) return entries;
  if (typeof region !== 'string')
    return region.start.length === shape.length - 1 ? Math.min(entries, region.size[0] ?? 1) : entries;
  const mask = tensorMask(input, structureOf(input, context, region));
  const size = mask.length / entries;
  let touched = 0;
  for (let entry = 0; entry < entries; entry++)
    if (mask.subarray(entry * size, (entry + 1) * size).includes(1)) touched++;
  return touched;
}

/** The masks without the voxels of another (network order, the input's resolution). */
export function withoutMask(
  masks: readonly Uint8Array[] | null,
  { prepared }: OpenInput,
  leaveOut: Uint8Array,
  grid: OutputGrid,
): readonly Uint8Array[] {
  const { shape } = prepared.array;
  return structureMasks(leaveOut, shape[0] ?? 1, shape.slice(1, -1), grid).map((out, entry) =>
    out.map((hidden, v) => (hidden === 0 && (!masks || masks[entry]?.[v] === 1) ? 1 : 0)),
  );
}

function structureMasks(
  mask: Uint8Array,
  entries: number,
  spatial: readonly number[],
  { sizes, centres }: OutputGrid,
): Uint8Array[] {
  const size = voxelsIn(spatial);
  const nearest = centres.map((along, axis) =>
    along.map((centre) => Math.min((spatial[axis] ?? 1) - 1, Math.max(0, Math.round(centre)))),
  );
  return Array.from({ length: entries }, (_, entry) => {
    const own = mask.subarray(entry * size, (entry + 1) * size);
    // A row of the output at a time: the last axis is read by its table of nearest voxels.
    const [columns = [], ...others] = [...nearest].reverse();
    const rows = others.reverse();
    const rowSizes = sizes.slice(0, -1);
    const sampled = new Uint8Array(voxelsIn(sizes));
    for (let row = 0; row < voxelsIn(rowSizes); row++) {
      const at = unravel(row, rowSizes);
      const from = rows.reduce((offset, along, axis) => offset * (spatial[axis] ?? 1) + (along[at[axis] ?? 0] ?? 0), 0);
      const start = from * (spatial.at(-1) ?? 1);
      for (let o = 0; o < columns.length; o++) sampled[row * columns.length + o] = own[start + (columns[o] ?? 0)] ?? 0;
    }
    return sampled;
  });
}

function boxMasks(
  { start, size }: { readonly start: readonly number[]; readonly size: readonly number[] },
  entries: number,
  spatial: readonly number[],
  { sizes, centres }: OutputGrid,
): Uint8Array[] {
  const withPlane = start.length === spatial.length + 1;
  if (start.length !== size.length || (start.length !== spatial.length && !withPlane)) {
    throw new IsolensError(
      'analysis/wrong-axes',
      { key: 'region', wanted: spatial.length, given: start.length },
      { key: 'region' },
    );
  }
  const skip = withPlane ? 1 : 0;
  const [firstPlane, planes] = withPlane ? [start[0] ?? 0, size[0] ?? 1] : [0, entries];
  return Array.from({ length: entries }, (_, entry) =>
    Uint8Array.from({ length: voxelsIn(sizes) }, (__, o) => {
      if (entry < firstPlane || entry >= firstPlane + planes) return 0;
      return unravel(o, sizes).every((at, axis) => {
        const centre = centres[axis]?.[at] ?? 0;
        const from = start[axis + skip] ?? 0;
        return centre >= from - 0.5 && centre < from + (size[axis + skip] ?? 0) - 0.5;
      })
        ? 1
        : 0;
    }),
  );
}

function unravel(offset: number, sizes: readonly number[]): readonly number[] {
  const at = new Array<number>(sizes.length).fill(0);
  let rest = offset;
  for (let axis = sizes.length - 1; axis >= 0; axis--) {
    at[axis] = rest % (sizes[axis] ?? 1);
    rest = Math.floor(rest / (sizes[axis] ?? 1));
  }
  return at;
}
