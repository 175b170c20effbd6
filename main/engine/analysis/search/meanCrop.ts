import type { SearchMeanCrop } from '../../../../shared/analysis/search';
import type { Layout } from '../../recipe/layout';
import type { InputWriter } from '../../result/inputWriter';
import type { Context } from '../analysis';
import type { SeenBox } from '../receptiveField';
import { physicalOf } from './cropContent';
import type { Entrant } from './fold';
import { cropBoxOf, cropTensor, middleOf } from './place';
import { indexOf } from './strongest';

/** A crop in tensor order, channels last, with the place itself in it. */
export interface Crop {
  readonly size: readonly number[];
  readonly middle: readonly number[];
  readonly values: Float32Array;
}

/** The mean over crops of what lies equally far from the place, with the standard deviation (n − 1) and how many crops reach there. */
export interface Mean extends Pick<Crop, 'size' | 'middle'> {
  readonly mean: Float32Array;
  readonly sd: Float32Array;
  readonly counts: Float32Array;
}

/** Lays crops over each other by their places. Where none reaches stands NaN; so does the deviation of a single one. Source: methods §1.3. */
export function meanOf(crops: readonly Crop[], depth: number): Mean {
  const axes = crops[0]?.size.length ?? 0;
  const all = Array.from({ length: axes }, (_, axis) => axis);
  const middle = all.map((axis) => Math.max(...crops.map((crop) => crop.middle[axis] ?? 0)));
  const behind = all.map((axis) =>
    Math.max(...crops.map(({ size, middle: at }) => (size[axis] ?? 1) - (at[axis] ?? 0))),
  );
  const size = all.map((axis) => (middle[axis] ?? 0) + (behind[axis] ?? 1));
  const voxels = size.reduce((product, n) => product * n, 1);
  const [sums, squares] = [new Float64Array(voxels * depth), new Float64Array(voxels * depth)];
  const counts = new Float32Array(voxels);
  // Two passes: crops differ little from each other beside what they are, and squares of large numbers would eat that up.
  const each = (take: (to: number, crop: Crop, from: number) => void): void => {
    for (const crop of crops) {
      const rows = crop.size.slice(0, -1);
      const run = crop.size.at(-1) ?? 1;
      const start = all.map((axis) => (middle[axis] ?? 0) - (crop.middle[axis] ?? 0));
      for (let row = 0; row < rows.reduce((product, n) => product * n, 1); row++) {
        const to = [...indexOf(row, rows), 0].reduce(
          (offset, at, axis) => offset * (size[axis] ?? 1) + at + (start[axis] ?? 0),
          0,
        );
        for (let n = 0; n < run; n++) take(to + n, crop, row * run + n);
      }
    }
  };
  each((to, { values }, from) => {
    counts[to] = (counts[to] ?? 0) + 1;
    for (let d = 0; d < depth; d++)
      sums[to * depth + d] = (sums[to * depth + d] ?? 0) + (values[from * depth + d] ?? NaN);
  });
  const mean = sums.map((sum, at) => {
    const count = counts[Math.floor(at / depth)] ?? 0;
    return count === 0 ? NaN : sum / count;
  });
  each((to, { values }, from) => {
    for (let d = 0; d < depth; d++) {
      const at = to * depth + d;
      squares[at] = (squares[at] ?? 0) + ((values[from * depth + d] ?? NaN) - (mean[at] ?? NaN)) ** 2;
    }
  });
  const sd = squares.map((sum, at) => {
    const count = counts[Math.floor(at / depth)] ?? 0;
    return count < 2 ? NaN : Math.sqrt(sum / (count - 1));
  });
  return { size, middle, mean: Float32Array.from(mean), sd: Float32Array.from(sd), counts };
}

/** The crop of a place as it was saved, in network units; null where it was not. */
export async function savedCrop(
  { kept, layer, place, nth }: Entrant,
  channel: number,
  seen: SeenBox,
  layout: Layout | null,
  saved: NonNullable<Context['saved']>,
): Promise<Crop | null> {
  const path = kept.crops[`${layer.node}/${String(channel)}/${String(nth)}`];
  if (path === undefined) return null;
  const hasPlanes = Array.isArray(kept.frame?.planes);
  const box = cropBoxOf(seen, place.entry, hasPlanes);
  const { values: read } = await saved(path);
  const values = kept.frame && layout ? cropTensor(layout, box, read) : Float32Array.from(read);
  const middle = middleOf(seen).map(Math.floor);
  const at = hasPlanes ? [place.entry, ...middle] : middle;
  return { size: box.size, middle: at.map((n, axis) => n - (box.start[axis] ?? 0)), values };
}

/** The same in physical units, each channel by its own input's scale. */
export function physicalCrop(crop: Crop, { kept }: Entrant): Crop {
  const depth = kept.physical.length;
  return {
    ...crop,
    values: crop.values.map((value, at) => {
      const channel = kept.physical[at % depth];
      return channel ? physicalOf(value, channel) : value;
    }),
  };
}

/** Saves the mean of crops, its deviation and its counts. `name`: of the neuron. */
export async function saveMean(
  name: string,
  crops: readonly Crop[],
  { kept }: Entrant,
  writer: InputWriter,
): Promise<SearchMeanCrop> {
  const depth = kept.physical.length;
  const { size, middle, mean, sd, counts } = meanOf(crops, depth);
  return {
    crops: crops.length,
    mean: await writer.array(`mean-crops/${name}/mean`, mean, [...size, depth]),
    sd: await writer.array(`mean-crops/${name}/sd`, sd, [...size, depth]),
    counts: await writer.array(`mean-crops/${name}/counts`, counts, size),
    size: [...size],
    middle: [...middle],
    channels: kept.physical.map(({ name: own, unit }) => ({ name: own, unit })),
  };
}
