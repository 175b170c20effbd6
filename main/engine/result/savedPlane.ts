import { join, normalize } from 'node:path';
import { IsolensError } from '../../../shared/problem/problem';
import { readArray } from './readArray';

/** One plane of a saved array: its first channel. Row 0 first; NaN where nothing is known. */
export interface SavedPlane {
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array<ArrayBuffer>;
}

/**
 * The middle plane of an array whose last axis is its channels: across an axis of length 1 where there is one, else across the first.
 * `file` is relative to the folder of results.json. *Problems* those of reading; result/file-missing for a path that leads out of the folder.
 */
export async function savedPlane(folder: string, file: string): Promise<SavedPlane> {
  const path = normalize(file);
  if (path.startsWith('..') || path.startsWith('/') || /^[a-z]:/i.test(path))
    throw new IsolensError('result/file-missing', { file }, { file });
  const { shape, values } = await readArray(join(folder, path), file);
  return planeOf(shape, values);
}

export function planeOf(shape: readonly number[], values: Float32Array | Uint8Array): SavedPlane {
  const depth = shape.at(-1) ?? 1;
  const spatial = shape.slice(0, -1);
  const across = spatial.length < 3 ? -1 : Math.max(0, spatial.indexOf(1));
  const [rows = 1, columns = 1] =
    spatial.length < 2 ? [1, spatial[0] ?? 1] : spatial.filter((_, axis) => axis !== across);
  const strides = spatial.map((_, axis) => spatial.slice(axis + 1).reduce((product, n) => product * n, depth));
  const [down = 0, right = depth] = spatial.length < 2 ? [0, depth] : strides.filter((_, axis) => axis !== across);
  const from = across < 0 ? 0 : Math.floor((spatial[across] ?? 1) / 2) * (strides[across] ?? 0);
  const plane = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      plane[row * columns + column] = values[from + row * down + column * right] ?? NaN;
  return { width: columns, height: rows, values: plane };
}
