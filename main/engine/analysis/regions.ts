import { IsolensError } from '../../../shared/problem/problem';
import type { Recipe } from '../../../shared/recipe';
import type { Structure } from '../../../shared/structure';
import { voxelCount, type Grid } from '../../../shared/volume';
import { hasVolume, planDoseFor, sameFrame } from '../recipe/source';
import { bodyOf } from '../volume/body';
import { maskOf } from '../volume/mask';
import { resample } from '../volume/resample';
import type { OpenInput } from './analysis';

/** Gy at which bands of dose begin and end. Source: methods §1.3. */
const doseEdges = [0, 5, 20, 40, 57, Infinity] as const;

export interface Region {
  readonly name: string;
  readonly kind: 'structure' | 'dose';
  /** Voxels inside. */
  readonly voxels: number;
  /** Share of the body's voxels that are inside. */
  readonly ofBody: number;
}

/** Which regions hold each voxel of the input's tensor, a bit each; bit n of word ⌊n/32⌋. */
export interface Regions {
  readonly list: readonly Region[];
  readonly words: readonly Uint32Array[];
  readonly voxels: number;
}

const plain = (name: string): string => name.trim().toLowerCase();

/** One name for a structure over all patients: the recipe's where its name or an alias is met, else its own without blanks. */
export function commonName(name: string, recipe: Recipe | null): string {
  const known = [
    ...(recipe?.channels ?? []).flatMap((channel) =>
      'structure' in channel ? [{ name: channel.structure, aliases: channel.aliases ?? [] }] : [],
    ),
    ...(recipe?.output.kind === 'segmentation'
      ? recipe.output.labels.map((label) => ({
          name: label,
          aliases: recipe.output.kind === 'segmentation' ? (recipe.output.aliases?.[label] ?? []) : [],
        }))
      : []),
  ];
  const found = known.find((each) => [each.name, ...each.aliases].some((one) => plain(one) === plain(name)));
  return found?.name ?? name.trim();
}

/** The body on the recipe's grid: EXTERNAL where there is one, else what the first image shows, else everything. */
function bodyMask({ study, prepared }: OpenInput, grid: Grid): Uint8Array {
  const external = (study?.structureSets[0]?.structures ?? []).filter(
    (structure) => structure.type.trim().toUpperCase() === 'EXTERNAL' && hasVolume(structure),
  );
  if (external.length === 1) {
    const mask = maskOf(external[0] as Structure, grid);
    if (mask.includes(1)) return mask;
  }
  const channel = prepared.transforms?.findIndex(({ kind, offset }) => kind === 'image' && !offset) ?? -1;
  const transform = prepared.transforms?.[channel];
  if (!transform || transform.slope === 0) return new Uint8Array(voxelCount(grid)).fill(1);
  const { shape, values } = prepared.array;
  const depth = shape.at(-1) ?? 1;
  const hu = new Float32Array(values.length / depth);
  for (let v = 0; v < hu.length; v++)
    hu[v] = ((values[v * depth + channel] as number) - transform.intercept) / transform.slope;
  const spatial = prepared.dims === 2 ? shape.slice(0, -1) : shape.slice(1, -1);
  const along = shape.slice(1, -1);
  const image = prepared.toVolume(hu, { shape: spatial, step: along.map(() => 1), start: along.map(() => 0) });
  return bodyOf([], { ...image, unit: 'HU' }).mask;
}

function doseOf({ study, prepared }: OpenInput, grid: Grid): Float32Array | null {
  if (!study || study.doses.length === 0) return null;
  try {
    return resample(planDoseFor(study, prepared.frameOfReference).volume, grid, 'trilinear', NaN).values;
  } catch (thrown) {
    // No dose of the plan in Gy: the bands are left out.
    if (thrown instanceof IsolensError) return null;
    throw thrown;
  }
}

/** The structures of the set in use and the bands of the plan's dose; null for arrays, which have no anatomy. */
export function regionsOf(input: OpenInput, recipe: Recipe | null): Regions | null {
  const { prepared, study } = input;
  const { grid } = prepared;
  if (!grid || !study || !prepared.toTensor) return null;
  const toTensor = <A extends Float32Array | Uint8Array>(values: A): A => prepared.toTensor?.(values) ?? values;
  const body = toTensor(bodyMask(input, grid));
  const inBody = body.reduce((sum, inside) => sum + inside, 0);
  const list: Region[] = [];
  const words: Uint32Array[] = [];
  const take = (name: string, kind: Region['kind'], mask: Uint8Array): void => {
    const n = list.length;
    const word = (words[n >> 5] ??= new Uint32Array(mask.length));
    const bit = (1 << (n & 31)) >>> 0;
    let voxels = 0;
    let both = 0;
    for (let v = 0; v < mask.length; v++) {
      if (mask[v] !== 1) continue;
      word[v] = ((word[v] as number) | bit) >>> 0;
      voxels += 1;
      both += body[v] as number;
    }
    list.push({ name, kind, voxels, ofBody: inBody > 0 ? both / inBody : 0 });
  };
  const named = new Set<string>();
  for (const structure of study.structureSets[0]?.structures ?? []) {
    if (structure.type.trim().toUpperCase() === 'EXTERNAL' || !hasVolume(structure)) continue;
    if (!sameFrame(structure.frameOfReference, prepared.frameOfReference)) continue;
    const name = commonName(structure.name, recipe);
    if (named.has(plain(name))) continue;
    const mask = maskOf(structure, grid);
    if (!mask.includes(1)) continue;
    named.add(plain(name));
    take(name, 'structure', toTensor(mask));
  }
  const dose = doseOf(input, grid);
  if (dose) {
    const ordered = toTensor(dose);
    for (let band = 0; band + 1 < doseEdges.length; band++) {
      const [from, to] = [doseEdges[band] as number, doseEdges[band + 1] as number];
      const name = to === Infinity ? `≥ ${String(from)} Gy` : `${String(from)}–${String(to)} Gy`;
      take(
        name,
        'dose',
        Uint8Array.from(ordered, (gy) => (gy >= from && gy < to ? 1 : 0)),
      );
    }
  }
  return { list, words, voxels: body.length };
}

/** True where a voxel of the tensor lies in region n. */
export const isInside = ({ words }: Regions, n: number, voxel: number): boolean =>
  (((words[n >> 5]?.[voxel] ?? 0) >>> (n & 31)) & 1) === 1;

/** The share of each box that lies in region n, by sums over whole boxes from the origin. `sizes` are the tensor's, three of them. */
export function sharesIn(
  regions: Regions,
  n: number,
  sizes: readonly number[],
  boxes: readonly { readonly start: readonly number[]; readonly size: readonly number[] }[],
): Float64Array {
  const [slices, rows, columns] = sizes as [number, number, number];
  const word = regions.words[n >> 5] as Uint32Array;
  const shift = n & 31;
  const [nr, nc] = [rows + 1, columns + 1];
  const sums = new Int32Array((slices + 1) * nr * nc);
  for (let s = 0, v = 0; s < slices; s++)
    for (let r = 0; r < rows; r++) {
      let along = 0;
      const to = ((s + 1) * nr + r + 1) * nc + 1;
      const before = (s * nr + r + 1) * nc + 1;
      for (let c = 0; c < columns; c++, v++) {
        along += ((word[v] as number) >>> shift) & 1;
        // The plane's own sum up to this row, plus all planes before.
        sums[to + c] =
          along + (sums[to - nc + c] as number) + (sums[before + c] as number) - (sums[before - nc + c] as number);
      }
    }
  const sum = (s: number, r: number, c: number): number => sums[(s * nr + r) * nc + c] as number;
  return Float64Array.from(boxes, ({ start, size }) => {
    const [s0, r0, c0] = start as [number, number, number];
    const [s1, r1, c1] = [s0 + (size[0] ?? 0), r0 + (size[1] ?? 0), c0 + (size[2] ?? 0)];
    const volume = (size[0] ?? 0) * (size[1] ?? 0) * (size[2] ?? 0);
    if (volume === 0) return 0;
    const inside =
      sum(s1, r1, c1) -
      sum(s0, r1, c1) -
      sum(s1, r0, c1) -
      sum(s1, r1, c0) +
      sum(s0, r0, c1) +
      sum(s0, r1, c0) +
      sum(s1, r0, c0) -
      sum(s0, r0, c0);
    return inside / volume;
  });
}
