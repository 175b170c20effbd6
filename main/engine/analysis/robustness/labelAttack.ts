import type { Context } from '../analysis';
import type { NetworkArray } from '../../network/network';
import type { AttackScore } from './judge';

/**
 * What an attack on a segmenter makes smaller: the margin by which each voxel of the clean answer's structures is of its label, summed over
 * those that still are. Voxels that have changed already pull no longer. Before the softmax, where that is one node with it.
 */
export function labelAttack(
  { network }: Context,
  clean: NetworkArray,
  fileActivation: string | null,
): AttackScore | null {
  const node = network.graph.outputs[0]?.node ?? '';
  const own = network.description.nodes.find(({ name }) => name === node)?.activation;
  const before = own === 'softmax' || own === 'sigmoid';
  const channels = clean.shape.at(-1) ?? 1;
  const half = fileActivation === 'sigmoid' && !before ? 0.5 : 0;
  const voxels = clean.values.length / channels;
  const of = new Int32Array(voxels).fill(-1);
  let count = 0;
  for (let v = 0; v < voxels; v++) {
    let best = 0;
    for (let c = 1; c < channels; c++)
      if ((clean.values[v * channels + c] as number) > (clean.values[v * channels + best] as number)) best = c;
    const single = channels === 1;
    const inside = single ? (clean.values[v] as number) > (fileActivation === 'sigmoid' ? 0.5 : 0) : best > 0;
    if (!inside) continue;
    of[v] = best;
    count++;
  }
  if (count === 0) return null;
  const perEntry = voxels / Math.max(1, clean.shape[0] ?? 1);
  const margin = (values: Float32Array, v: number, about: number): { value: number; other: number } => {
    if (channels === 1) return { value: (values[v] as number) - half, other: -1 };
    let other = -1;
    for (let c = 0; c < channels; c++)
      if (c !== about && (other < 0 || (values[v * channels + c] as number) > (values[v * channels + other] as number)))
        other = c;
    return { value: (values[v * channels + about] as number) - (values[v * channels + other] as number), other };
  };
  return {
    fetch: { node, stage: before ? 'preActivation' : 'output' },
    // Pieces of the batch add up: each counts its own voxels of all.
    weight: () => 1,
    value: ({ values, from = 0 }) => {
      let sum = 0;
      for (let v = 0; v < values.length / channels; v++) {
        const about = of[from * perEntry + v] as number;
        if (about >= 0) sum += Math.max(0, margin(values, v, about).value);
      }
      return sum / count;
    },
    cotangent: ({ values, from = 0 }) => {
      const slope = new Float32Array(values.length);
      for (let v = 0; v < values.length / channels; v++) {
        const about = of[from * perEntry + v] as number;
        if (about < 0) continue;
        const { value, other } = margin(values, v, about);
        if (value <= 0) continue;
        slope[v * channels + about] = 1 / count;
        if (other >= 0) slope[v * channels + other] = -1 / count;
      }
      return slope;
    },
  };
}
