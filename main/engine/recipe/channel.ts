import type { Vec3 } from '../../../shared/geometry';
import type { Channel } from '../../../shared/recipe';
import type { Warning } from '../../../shared/result';
import { voxelCount, type Grid, type Volume } from '../../../shared/volume';
import { warningOf } from '../../../shared/warning';
import type { RecipeGrid } from './grid';
import { storedIndex } from './orientation';
import type { ChannelTransform } from './preparedInput';

/** What a channel is called where people read it. */
export const channelName = (channel: Channel): string =>
  'image' in channel ? channel.image : 'structure' in channel ? channel.structure : 'dose';

export const channelKind = (channel: Channel): ChannelTransform['kind'] =>
  'image' in channel ? 'image' : 'structure' in channel ? 'structure' : 'dose';

/** The stored voxels of a native grid, renamed and not resampled; `outside` where it pads. `shift` is where `grid` begins, from the native one's start. */
export function nativeValues(
  stored: Volume,
  { turn, start }: NonNullable<RecipeGrid['native']>,
  grid: Grid,
  shift: Vec3,
  outside: number,
): Float32Array {
  const values = new Float32Array(voxelCount(grid)).fill(outside);
  const [nx, ny, nz] = stored.grid.size;
  const along = [1, nx, nx * ny] as const;
  const begin: Vec3 = [start[0] + shift[0], start[1] + shift[1], start[2] + shift[2]];
  const stride = ([0, 1, 2] as const).map((axis) => along[turn.from[axis]] * (turn.reversed[axis] ? -1 : 1));
  const limit = ([0, 1, 2] as const).map((axis) => [nx, ny, nz][turn.from[axis]] as number);
  const [si, sj, sk] = stride as [number, number, number];
  const origin = storedIndex(turn, stored.grid.size, [0, 0, 0]);
  const zero = origin[0] + nx * (origin[1] + ny * origin[2]);
  const [li, lj, lk] = limit as [number, number, number];
  const [width, height, depth] = grid.size;
  const from = Math.max(0, -begin[0]);
  const to = Math.min(width, li - begin[0]);
  for (let k = 0; k < depth; k++) {
    const tk = k + begin[2];
    if (tk < 0 || tk >= lk) continue;
    for (let j = 0; j < height; j++) {
      const tj = j + begin[1];
      if (tj < 0 || tj >= lj) continue;
      const row = width * (j + height * k);
      let at = zero + (from + begin[0]) * si + tj * sj + tk * sk;
      for (let i = from; i < to; i++, at += si) values[row + i] = stored.values[at] as number;
    }
  }
  return values;
}

/** Mean and standard deviation (divided by n) of the clipped values; Welford's way, in double precision. */
function momentsOf(values: Float32Array, low: number, high: number): { mean: number; sd: number } {
  let [mean, squares] = [0, 0];
  for (let n = 0; n < values.length; n++) {
    const value = Math.min(high, Math.max(low, values[n] as number));
    const away = value - mean;
    mean += away / (n + 1);
    squares += away * (value - mean);
  }
  return { mean, sd: Math.sqrt(squares / values.length) };
}

/** slope and intercept of a channel's `scale`. `own` gives mean and sd of a volume for a z-score. */
function lineOf(
  channel: Channel,
  own: (() => { mean: number; sd: number }) | null,
): { slope: number; intercept: number } | null {
  const { scale } = channel;
  if (scale === undefined) return { slope: 1, intercept: 0 };
  if (scale === 'zscore') {
    const moments = own?.();
    if (moments === undefined) return null;
    const slope = moments.sd > 0 ? 1 / moments.sd : 0;
    return { slope, intercept: -moments.mean * slope };
  }
  if ('mean' in scale) return { slope: 1 / scale.sd, intercept: -scale.mean / scale.sd };
  // A mask runs from 0 to 1 where nothing else is said; images and doses must say.
  const [low, high] = channel.clip ?? [0, 1];
  const slope = (scale[1] - scale[0]) / (high - low);
  return { slope, intercept: scale[0] - slope * low };
}

/**
 * What a channel does to its values, where that is the same for every patient; null for a z-score, which each volume has its own of.
 * The limits and the slope of a dose are in Gy: its division by `unitGy` is part of the slope.
 */
export function transformOf(
  channel: Channel,
  own: (() => { mean: number; sd: number }) | null = null,
): ChannelTransform | null {
  const line = lineOf(channel, own);
  if (line === null) return null;
  const unit = 'dose' in channel ? channel.unitGy : 1;
  return {
    kind: channelKind(channel),
    name: channelName(channel),
    clip: channel.clip === undefined ? null : [channel.clip[0] * unit, channel.clip[1] * unit],
    slope: line.slope / unit,
    intercept: line.intercept,
  };
}

/**
 * Network units per HU of the first image channel: what a severity or a fill in HU is worth to the network. null where a
 * z-score makes it differ from patient to patient, or where there is no image.
 */
export function unitsPerHu(channels: readonly Channel[]): number | null {
  const image = channels.find((channel) => 'image' in channel);
  return image === undefined ? null : (transformOf(image)?.slope ?? null);
}

/**
 * Clips and scales a channel's physical values in place. `inner` are the values that a z-score is taken over, where they are not all
 * of them. Physical units: HU, Gy, 1.
 */
export function applyTransform(
  channel: Channel,
  values: Float32Array,
  inner: Float32Array = values,
): { readonly transform: ChannelTransform; readonly warnings: readonly Warning[] } {
  const unit = 'dose' in channel ? channel.unitGy : 1;
  const [low, high] = channel.clip ?? [-Infinity, Infinity];
  const warnings: Warning[] = [];
  const transform = transformOf(channel, () => {
    const { mean, sd } = momentsOf(inner, low * unit, high * unit);
    if (!(sd > 0)) warnings.push(warningOf('recipe/flat-channel', { channel: channelName(channel) }));
    return { mean: mean / unit, sd: sd / unit };
  }) as ChannelTransform;
  const { slope, intercept } = transform;
  const [bottom, top] = transform.clip ?? [-Infinity, Infinity];
  for (let n = 0; n < values.length; n++) {
    const value = values[n] as number;
    values[n] = slope * (value < bottom ? bottom : value > top ? top : value) + intercept;
  }
  return { transform, warnings };
}
