import { join } from 'node:path';
import type { InputResult } from '../../../shared/result';
import type { Volume } from '../../../shared/volume';
import { placedVolume } from './nrrd';
import { pictureOf, type Picture, type Scene } from './picture';
import { readNrrdFile } from './readArray';

/** Pictures of one input of one analysis. */
export interface Illustration {
  readonly analysis: string;
  readonly input: string;
  readonly pictures: readonly Picture[];
}

/** Maps of one input that are drawn; the others stay in their files. */
const mostMaps = 4;

/** The channel with the largest mean size of its values: the one that answers most. */
function strongestChannel(
  volume: Volume<Float32Array | Uint8Array>,
  channels: number,
): Volume<Float32Array | Uint8Array> {
  if (channels === 1) return volume;
  const sums = new Float64Array(channels);
  volume.values.forEach((value, n) => {
    if (!Number.isNaN(value)) (sums[n % channels] as number) += Math.abs(value);
  });
  const best = sums.indexOf(Math.max(...sums));
  return { ...volume, values: volume.values.filter((_, n) => n % channels === best) };
}

/** Paths of the volumes worth drawing: what has a name of its own first, then tables of maps; raw outputs only where nothing else is. */
function pathsOf(files: InputResult['files']): readonly (readonly [name: string, path: string])[] {
  const volumes: [string, string][] = [];
  for (const [key, entry] of Object.entries(files)) {
    if (typeof entry === 'string') volumes.push([key, entry]);
    else if (key === 'maps')
      for (const [node, path] of Object.entries(entry)) if (typeof path === 'string') volumes.push([node, path]);
  }
  return volumes.filter(([, path]) => path.endsWith('.nrrd')).slice(0, mostMaps);
}

/**
 * Draws what an analysis saved of one input, on the image that the network saw. It reads the saved files back, so that the picture shows
 * what is on the disk. `scene` null: the maps alone.
 */
export async function illustrate(
  folder: string,
  analysis: string,
  { id, files }: InputResult,
  scene: Scene | null,
): Promise<Illustration> {
  const pictures: Picture[] = [];
  for (const [name, path] of pathsOf(files)) {
    const placed = placedVolume(await readNrrdFile(join(folder, path), path), '');
    if (placed !== null) pictures.push(await pictureOf(name, strongestChannel(placed.volume, placed.channels), scene));
  }
  return { analysis, input: id, pictures };
}
