import { IsolensError } from '../../../shared/problem/problem';
import type { Channel, Recipe } from '../../../shared/recipe';
import type { Warning } from '../../../shared/result';
import { voxelCount, type Grid, type Volume } from '../../../shared/volume';
import { warningOf } from '../../../shared/warning';
import type { ImageVolume, Study } from '../study/study';
import { coverageOf, maskOf } from '../volume/mask';
import { resample } from '../volume/resample';
import { centreOf, middleOf } from './centre';
import { applyTransform, channelKind, channelName, nativeValues } from './channel';
import { axisRulesOf, gridOf, type RecipeGrid } from './grid';
import { studyIdentity } from './identity';
import { sideWarnings } from './laterality';
import { layoutOf, tensorSizes, type Layout } from './layout';
import type { NetworkInput } from './networkInput';
import { scatterChannel, toTensor, toVolume, widened, type TensorPlace } from './placing';
import type { ChannelTransform, PreparedInput } from './preparedInput';
import { withContext } from './transforms';
import { aliasesIn, imageFor, planDoseFor, sameFrame, structureFor } from './source';

/** Values that one input may have: 4 GiB of float32, the most that one buffer of the runtime holds. */
const mostValues = 2 ** 30;

/** Which input of the job this is. */
export interface InputName {
  readonly id: string;
  readonly patient: string;
  readonly series?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /**
   * Physical values of channels by their number, on the recipe's grid with its neighbour planes: one that is there is not sampled again,
   * one that is not is put in. Whoever prepares a changed study leaves out the channels that changed.
   */
  readonly sampled?: Map<number, SampledChannel> | undefined;
  /** Laid on these voxels in place of the recipe's own, in this study's millimetres. */
  readonly on?: { readonly grid: Grid; readonly planes: readonly number[] | null } | undefined;
}

export interface SampledChannel {
  readonly values: Float32Array;
  readonly warnings: readonly Warning[];
}

/** Gives the event loop a turn, so that a cancel can arrive between two channels. */
async function breathe(signal: AbortSignal | undefined): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  if (signal?.aborted === true) throw new IsolensError('engine/cancelled', {});
}

/** The study's images, each read once. */
function imagesOf(study: Study, series: string | undefined, signal: AbortSignal | undefined) {
  const read = new Map<string, Promise<ImageVolume>>();
  return {
    read: (modality: string): Promise<ImageVolume> => {
      const image = imageFor(study, modality, series);
      const volume = read.get(image.uid) ?? image.load(signal);
      read.set(image.uid, volume);
      return volume;
    },
    all: (): Promise<readonly ImageVolume[]> => Promise.all(read.values()),
  };
}
type Images = ReturnType<typeof imagesOf>;

/** The volume that the recipe's grid is laid on: the first image channel's, else the study's first image, else the dose. */
async function stageOf(study: Study, recipe: Recipe, images: Images): Promise<Volume> {
  const channel = recipe.channels.find((c) => 'image' in c);
  if (channel !== undefined) return images.read(channel.image);
  const first = study.images[0];
  if (first !== undefined) return images.read(first.modality);
  const dose = study.doses.find(({ summationType }) => summationType.trim().toUpperCase() === 'PLAN');
  if (dose !== undefined) return dose.volume;
  throw new IsolensError('recipe/no-image', { modality: 'CT' });
}

function gapWarnings(image: Volume, recipe: Recipe): readonly Warning[] {
  const gaps = (image as Partial<ImageVolume>).gapsMm ?? [];
  const [first] = gaps;
  if (first === undefined) return [];
  if (recipe.gaps === 'refuse')
    throw new IsolensError('recipe/gap', { count: gaps.length, atMm: Math.round(first * 10) / 10 });
  return [warningOf('recipe/gap-filled', { count: gaps.length })];
}

/** The planes of a 2D input that the recipe selects; null for a 3D one. */
function planesOf(study: Study, recipe: Recipe, layout: Layout, grid: Grid, frame: string): readonly number[] | null {
  if (recipe.dims === 3) return null;
  const axis = layout.axes[0];
  const all = Array.from({ length: grid.size[axis] }, (_, n) => n);
  const { slices } = recipe;
  if (slices === 'all') return all;
  const none = (what: string): IsolensError =>
    new IsolensError('recipe/no-slices', { slices: what, count: all.length });
  if (!('structure' in slices)) {
    const [first, last] = slices;
    if (last >= all.length) throw none(`${String(first)} to ${String(last)}`);
    return all.slice(first, last + 1);
  }
  const mask = maskOf(structureFor(study, slices.structure, aliasesIn(recipe, slices.structure), frame), grid);
  const stride = [1, grid.size[0], grid.size[0] * grid.size[1]][axis] as number;
  const crossed = new Set<number>();
  mask.forEach((inside, voxel) => {
    if (inside > 0) crossed.add(Math.floor(voxel / stride) % all.length);
  });
  if (crossed.size === 0) throw none(slices.structure);
  return all.filter((plane) => crossed.has(plane));
}

/** One channel's physical values (HU, Gy, share inside) on a grid that holds the recipe's and its neighbour planes. */
async function sampleChannel(
  channel: Channel,
  study: Study,
  images: Images,
  stage: Volume,
  { grid, native }: RecipeGrid,
  layout: Layout,
  wide: Grid,
  recipe: Recipe,
): Promise<{ values: Float32Array; warnings: readonly Warning[] }> {
  const frame = stage.frameOfReference;
  if ('structure' in channel) {
    const structure = structureFor(study, channel.structure, channel.aliases ?? [], frame);
    const values = channel.mask === 'soft' ? coverageOf(structure, wide) : Float32Array.from(maskOf(structure, wide));
    return { values, warnings: sideWarnings(structure, middleOf(stage.grid)[0]) };
  }
  if ('dose' in channel) {
    const { values } = resample(planDoseFor(study, frame).volume, wide, 'trilinear', NaN);
    const outsideGy = channel.outside ?? 0;
    let unknown = 0;
    for (let n = 0; n < values.length; n++) {
      if (!Number.isNaN(values[n])) continue;
      values[n] = outsideGy;
      unknown++;
    }
    const percent = Math.round((1000 * unknown) / values.length) / 10;
    return { values, warnings: unknown > 0 ? [warningOf('recipe/outside-dose', { percent, outsideGy })] : [] };
  }
  const image = await images.read(channel.image);
  if (!sameFrame(image.frameOfReference, frame))
    throw new IsolensError('recipe/other-frame', { what: `The ${channel.image} series` });
  const outside = channel.outside ?? (image.modality === 'CT' ? -1000 : 0);
  const warnings = gapWarnings(image, recipe);
  if (native === null || image !== stage)
    return { values: resample(image, wide, 'trilinear', outside).values, warnings };
  const shift: [number, number, number] = [0, 0, 0];
  shift[layout.axes[0]] = -(wide.size[layout.axes[0]] - grid.size[layout.axes[0]]) / 2;
  return { values: nativeValues(image, native, wide, shift, outside), warnings };
}

/** The values of the middle planes, which a z-score is taken over: those of the recipe's grid without its neighbours. */
function innerOf(values: Float32Array, wide: Grid, grid: Grid, layout: Layout, context: number): Float32Array {
  if (context === 0) return values;
  const inner = new Float32Array(voxelCount(grid));
  const [nx, ny] = wide.size;
  const shift = ([0, 1, 2] as const).map((axis) => (axis === layout.axes[0] ? context : 0)) as [number, number, number];
  for (let k = 0, to = 0; k < grid.size[2]; k++)
    for (let j = 0; j < grid.size[1]; j++, to += grid.size[0]) {
      const from = shift[0] + nx * (j + shift[1] + ny * (k + shift[2]));
      inner.set(values.subarray(from, from + grid.size[0]), to);
    }
  return inner;
}

function checkChannels(recipe: Recipe, { shape, name }: NetworkInput): number {
  const depth = recipe.channels.length * (2 * recipe.context + 1);
  const expected = shape?.at(-1) ?? null;
  if (expected !== null && expected !== depth)
    throw new IsolensError(
      'recipe/input-mismatch',
      { expected: `${String(expected)} channel(s)`, given: String(depth) },
      { key: 'channels', node: name },
    );
  return depth;
}

/**
 * A study as the network will see it, with the exact way back. *Shape* `[plane, row, column, channel]` (2D) or
 * `[1, slice, row, column, channel]` (3D). *Problems* recipe/…, engine/cancelled, and what reading an image can meet.
 */
export async function prepareStudy(
  study: Study,
  recipe: Recipe,
  networkInput: NetworkInput,
  { id, patient, series, signal, sampled: held, on }: InputName,
): Promise<PreparedInput> {
  const depth = checkChannels(recipe, networkInput);
  const layout = layoutOf(recipe);
  const rules = axisRulesOf(networkInput, layout);
  const images = imagesOf(study, series, signal);
  const stage = await stageOf(study, recipe, images);
  const warnings: Warning[] = [];

  const centred = on === undefined && recipe.grid.size.some((size) => size !== null);
  const centre = centreOf(centred ? recipe.grid.centre : 'volume', recipe, study, stage);
  warnings.push(...centre.warnings);
  const recipeGrid = on ? { grid: on.grid, native: null } : gridOf(recipe, stage.grid, centre.pointMm, rules);
  const { grid } = recipeGrid;
  if (voxelCount(grid) * depth > mostValues)
    throw new IsolensError('recipe/too-large', { values: voxelCount(grid) * depth }, { key: 'grid' });

  const planes = on ? on.planes : planesOf(study, recipe, layout, grid, stage.frameOfReference);
  const place: TensorPlace = { grid, layout, planes };
  const [all, rows, columns] = tensorSizes(layout, grid.size);
  const slices = planes?.length ?? all;
  const tensor = new Float32Array(slices * rows * columns * depth);
  const wide = widened(grid, layout, recipe.context);
  const transforms: ChannelTransform[] = [];
  for (const [n, channel] of recipe.channels.entries()) {
    await breathe(signal);
    const known = held?.get(n);
    const fresh = known ?? (await sampleChannel(channel, study, images, stage, recipeGrid, layout, wide, recipe));
    if (known === undefined) held?.set(n, fresh);
    const sampled = held === undefined ? fresh : { ...fresh, values: fresh.values.slice() };
    const inner = innerOf(sampled.values, wide, grid, layout, channel.scale === 'zscore' ? recipe.context : 0);
    const applied = applyTransform(channel, sampled.values, inner === sampled.values ? undefined : inner);
    scatterChannel(sampled.values, place, recipe.context, tensor, n, recipe.channels.length);
    transforms.push(applied.transform);
    warnings.push(...sampled.warnings, ...applied.warnings);
  }
  await breathe(signal);

  return {
    id,
    patient,
    array: {
      shape: recipe.dims === 3 ? [1, slices, rows, columns, depth] : [slices, rows, columns, depth],
      values: tensor,
    },
    dims: recipe.dims,
    grid,
    ...(planes === null ? {} : { planes }),
    transforms: withContext(transforms, recipe.context),
    frameOfReference: stage.frameOfReference,
    sha256: studyIdentity(study, await images.all()),
    warnings,
    toVolume: (values, placing) => toVolume(place, stage.frameOfReference, values, placing),
    toTensor: (values) => toTensor(place, values),
  };
}

/** The channels of the middle planes as volumes on the recipe's grid: what the network sees. Empty for an array. */
export function channelVolumes(
  prepared: PreparedInput,
  recipe: Recipe,
): readonly {
  readonly name: string;
  readonly kind: ChannelTransform['kind'];
  readonly volume: Volume<Float32Array>;
}[] {
  if (prepared.grid === null) return [];
  const { shape, values } = prepared.array;
  const depth = shape.at(-1) as number;
  const spatial = prepared.dims === 3 ? shape.slice(1, 4) : shape.slice(0, 3);
  const first = recipe.context * recipe.channels.length;
  return recipe.channels.map((channel, n) => {
    const one = new Float32Array(values.length / depth);
    for (let voxel = 0; voxel < one.length; voxel++) one[voxel] = values[voxel * depth + first + n] as number;
    const volume = prepared.toVolume(one, { shape: spatial, step: [1, 1, 1], start: [0, 0, 0] });
    return { name: channelName(channel), kind: channelKind(channel), volume };
  });
}
