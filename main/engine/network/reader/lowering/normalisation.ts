import type { Weight } from '../../graph';
import { weight } from './builder';
import { NotKnown, type Constant } from './value';

/** γ, β, μ and σ² by channel, as a batch normalisation of any file gives them. */
export function batchNormWeights(arrays: readonly Constant[]): Weight[] {
  const names = ['gamma', 'beta', 'mean', 'variance'];
  const channels = arrays[0]?.values.length ?? 0;
  return arrays.map((array, i) => {
    if (array.values.length !== channels) throw new NotKnown("it normalises by its batch's own mean and variance");
    return weight(names[i]!, array, [channels]);
  });
}
