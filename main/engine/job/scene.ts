import type { OpenInput } from '../analysis/analysis';
import type { Scene } from '../result/picture';
import { rangeOf } from '../volume/statistics';

/** Soft tissue, HU: what the report's pictures of a CT are drawn with. */
const softTissue: readonly [number, number] = [-160, 240];

/** The image that the network saw, put back into the patient and into HU, for the report; null for arrays. */
export function sceneOf({ prepared, study }: OpenInput): Scene | null {
  const { array, dims, transforms } = prepared;
  const channel = transforms?.findIndex(({ kind, offset }) => kind === 'image' && offset === undefined) ?? -1;
  const transform = transforms?.[channel];
  if (!study || !transform || transform.slope === 0) return null;
  const channels = array.shape.at(-1) ?? 1;
  const values = new Float32Array(array.values.length / channels);
  for (let v = 0; v < values.length; v++)
    values[v] = ((array.values[v * channels + channel] ?? 0) - transform.intercept) / transform.slope;
  const shape = dims === 2 ? array.shape.slice(0, -1) : array.shape.slice(1, -1);
  const axes = dims === 2 ? 2 : 3;
  const place = { shape, step: new Array<number>(axes).fill(1), start: new Array<number>(axes).fill(0) };
  const background = prepared.toVolume(values, place);
  const isCt = transform.name.startsWith('CT');
  const level = isCt ? softTissue : rangeOf(values);
  return { background, level, structures: study.structureSets[0]?.structures ?? [] };
}
