import { search } from '../../../shared/analysis/search';
import type { Results } from '../../../shared/result';
import type { Words } from '../../../shared/words';
import { encodePng } from './png';
import { savedPlane, type SavedPlane } from './savedPlane';

/** A small picture for the report. */
export interface CropTile {
  readonly png: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly kind: 'crop' | 'mean' | 'synthesised';
  /** The neuron's value there; of the mean the number of crops. */
  readonly value: number;
  /** Of a synthesised one: its value over the database's best. */
  readonly times?: number | null;
  readonly note?: Words;
}

/** What one neuron looks for, in pictures. */
export interface CropGallery {
  readonly analysis: string;
  readonly neuron: string;
  readonly tiles: readonly CropTile[];
}

/** A page of pictures that nobody scrolls through helps nobody. */
const [mostNeurons, mostCrops] = [12, 9];

/** Pixels of a tile's longer side, at least. */
const longestSide = 84;

/** Black is the smallest value of the plane and white the largest; what is not known stays dark blue. */
function tileOf({ width, height, values }: SavedPlane): Pick<CropTile, 'png' | 'width' | 'height'> {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const scale = Math.max(1, Math.ceil(longestSide / Math.max(width, height)));
  const rgb = new Uint8Array(width * scale * height * scale * 3);
  for (let row = 0, to = 0; row < height * scale; row++)
    for (let column = 0; column < width * scale; column++, to += 3) {
      const value = values[Math.floor(row / scale) * width + Math.floor(column / scale)] ?? NaN;
      if (Number.isNaN(value)) rgb[to + 2] = 64;
      else rgb.fill(high > low ? Math.round((255 * (value - low)) / (high - low)) : 128, to, to + 3);
    }
  return { png: encodePng(width * scale, height * scale, rgb), width: width * scale, height: height * scale };
}

/** Pictures of a search's crops, means and synthesised inputs, from their files. One that cannot be read is left out: its path stands in the table. */
export async function cropGalleries(folder: string, { analyses }: Results): Promise<readonly CropGallery[]> {
  const galleries: CropGallery[] = [];
  for (const { id, summary } of analyses) {
    const read = id === search.id ? search.summary.safeParse(summary) : null;
    for (const { node, channel, top, meanCrop, synthesised } of read?.data?.neurons.slice(0, mostNeurons) ?? []) {
      const tiles: CropTile[] = [];
      const add = async (file: string, more: Omit<CropTile, 'png' | 'width' | 'height'>): Promise<void> => {
        try {
          tiles.push({ ...tileOf(await savedPlane(folder, file)), ...more });
        } catch {
          // Gone or broken since: the others are shown.
        }
      };
      for (const { crop, value } of top.slice(0, mostCrops))
        if (crop !== null) await add(crop, { kind: 'crop', value });
      if (meanCrop) await add(meanCrop.mean, { kind: 'mean', value: meanCrop.crops });
      if (synthesised) {
        const { file, value, timesDatabaseMax: times, note } = synthesised;
        await add(file, { kind: 'synthesised', value, times, note });
      }
      if (tiles.length > 0) galleries.push({ analysis: id, neuron: `${node} · ${String(channel)}`, tiles });
    }
  }
  return galleries;
}
