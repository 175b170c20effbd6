import { affineOf, multiply, scale, applyAffine, type Affine, type Vec3 } from '../../../../shared/geometry';
import type { Recipe } from '../../../../shared/recipe';
import type { Grid } from '../../../../shared/volume';
import type { Context, OpenInput } from '../analysis';
import { layoutOf } from '../../recipe/layout';
import { directionsOf } from '../../recipe/orientation';
import type { ChannelTransform, InputArray, PreparedInput } from '../../recipe/preparedInput';
import { resample } from '../../volume/resample';
import type { Change, Values } from './change';
import type { Physical } from './physical';
import type { DegradedInput, Subject } from './subject';

/** Spatial sizes (slice, row, column) of an array without batch and channel axes; a vector is one row. */
function sizesOf({ shape }: InputArray): { readonly sizes: Vec3; readonly depth: number } {
  const inner = shape.slice(1);
  if (inner.length === 1) return { sizes: [1, 1, inner[0] ?? 1], depth: 1 };
  const spatial = inner.slice(0, -1);
  const [column = 1, row = 1, ...rest] = [...spatial].reverse();
  return { sizes: [rest.reduce((product, n) => product * n, 1), row, column], depth: inner.at(-1) ?? 1 };
}

/** Spacing and directions along (column, row, slice), where the recipe states them; else a voxel is the unit. */
function gridOf(recipe: Recipe | null, [slices, rows, columns]: Vec3): { readonly grid: Grid; readonly inMm: boolean } {
  const size: Vec3 = [columns, rows, slices];
  const spacing = recipe?.grid.spacingMm;
  if (!recipe || spacing === undefined || spacing === 'native')
    return { grid: { size, affine: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] }, inMm: false };
  const layout = layoutOf(recipe);
  const sides = directionsOf(recipe.orientation);
  const along = (axis: 0 | 1 | 2): Vec3 =>
    scale(sides[layout.axes[axis]], spacing[layout.axes[axis]] * (layout.reversed[axis] ? -1 : 1));
  return { grid: { size, affine: affineOf(along(2), along(1), along(0), [0, 0, 0]) }, inMm: true };
}

const middleOf = ({ size, affine }: Grid): Vec3 =>
  applyAffine(affine, [(size[0] - 1) / 2, (size[1] - 1) / 2, (size[2] - 1) / 2]);

/** The channels of one quantity: those of a 2D network's neighbour planes belong together, as slices. */
interface Stack {
  readonly kind: ChannelTransform['kind'];
  readonly modality: string;
  readonly channels: readonly number[];
  readonly transform: ChannelTransform | null;
}

function stacksOf(
  transforms: readonly ChannelTransform[] | undefined,
  depth: number,
  context: number,
): readonly Stack[] {
  if (!transforms)
    return [{ kind: 'image', modality: '', channels: Array.from({ length: depth }, (_, n) => n), transform: null }];
  const planes = 2 * context + 1;
  const count = depth / planes;
  return Array.from({ length: count }, (_, n) => {
    const transform = transforms[n + context * count] as ChannelTransform;
    const channels = Array.from({ length: planes }, (_, o) => n + o * count);
    return {
      kind: transform.kind,
      modality: transform.kind === 'image' ? transform.name : transform.kind,
      channels,
      transform,
    };
  });
}

/** An array that already is the network's input: where the recipe says what its numbers are, they are changed in those units. */
export function arraySubject(input: OpenInput, context: Context): Subject {
  const { prepared } = input;
  const { recipe } = context;
  const { array, transforms } = prepared;
  const { sizes, depth } = sizesOf(array);
  const fits = transforms?.length === depth ? transforms : undefined;
  const planes = fits && recipe && prepared.dims === 2 ? recipe.context : 0;
  const stacks = stacksOf(fits, depth, planes);
  const voxels = array.values.length / depth;
  const slices = sizes[0] > 1 ? sizes[0] : 2 * planes + 1;
  // Without a recipe every channel is a field of its own: nothing says that one lies above the other.
  const groups = fits
    ? stacks
    : (stacks[0] as Stack).channels.map((n): Stack => ({ ...(stacks[0] as Stack), channels: [n] }));
  const { grid, inMm } = gridOf(recipe, [slices, sizes[1], sizes[2]]);

  const fields = groups.map(({ channels, transform, modality }): Physical => {
    const { slope, intercept } = transform ?? { slope: 1, intercept: 0 };
    const values = new Float32Array(voxels * channels.length);
    channels.forEach((channel, at) => {
      for (let v = 0; v < voxels; v++)
        values[at * voxels + v] = ((array.values[v * depth + channel] as number) - intercept) / slope;
    });
    return { values, grid, inMm, centreMm: middleOf(grid), modality };
  });

  function write(target: Float32Array, group: number, changed: Float32Array): void {
    const { channels, transform } = groups[group] as Stack;
    const { slope, intercept } = transform ?? { slope: 1, intercept: 0 };
    channels.forEach((channel, at) => {
      for (let v = 0; v < voxels; v++)
        target[v * depth + channel] = slope * (changed[at * voxels + v] as number) + intercept;
    });
  }

  function moved({ values, modality }: Physical, affine: Affine): Float32Array {
    const unit = modality === 'dose' ? 'Gy' : 'HU';
    const there = {
      values,
      unit,
      frameOfReference: '',
      grid: { ...grid, affine: multiply(affine, grid.affine) },
    } as const;
    const outside = modality === 'CT' ? -1000 : 0;
    const found = resample(there, grid, 'trilinear', modality === 'dose' ? 0 : outside).values;
    return found;
  }

  const following =
    (affine: Affine) =>
    (map: Uint8Array): Uint8Array => {
      if (map.length !== grid.size[0] * grid.size[1] * grid.size[2]) return map;
      const there = { ...grid, affine: multiply(affine, grid.affine) };
      return Uint8Array.from(
        resample({ values: map, unit: '1', frameOfReference: '', grid: there }, grid, 'nearest', 0).values,
      );
    };

  function changedArray(change: Change): InputArray {
    const values = array.values.slice();
    groups.forEach(({ kind }, group) => {
      const field = fields[group] as Physical;
      const own: Values | undefined =
        change.moved !== undefined
          ? (f) => moved(f, change.moved as Affine)
          : kind === 'image'
            ? change.image
            : kind === 'dose'
              ? change.dose
              : change.mask;
      if (own) write(values, group, own(field));
    });
    if (change.added)
      for (let v = 0; v < values.length; v++) values[v] = (values[v] as number) + (change.added[v] as number);
    return { shape: array.shape, values };
  }

  const apply = (change: Change): Promise<DegradedInput> => {
    const own = changedArray(change);
    const first = prepared.arrays === undefined ? undefined : Object.keys(prepared.arrays)[0];
    const arrays = first === undefined ? {} : { arrays: { ...prepared.arrays, [first]: own } };
    const degraded: PreparedInput = { ...prepared, array: own, ...arrays };
    const follow = change.moved === undefined ? {} : { follow: following(change.moved) };
    return Promise.resolve({ prepared: degraded, study: null, change, ...follow });
  };

  return {
    input,
    context,
    recipe,
    reads: new Set(groups.map(({ kind }) => kind)),
    modalities: fits ? stacks.flatMap(({ kind, modality }) => (kind === 'image' ? [modality] : [])) : [],
    inUnits: fits !== undefined,
    inMm,
    slices: grid.size[2],
    centreMm: middleOf(grid),
    apply,
  };
}
