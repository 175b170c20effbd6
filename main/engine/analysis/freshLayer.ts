import type { InitialLaw } from '../../../shared/analysis/filters';
import { lawOf } from './initialLaw';
import type { KernelLayer } from './kernelLayer';
import { drawsOf } from './statistics/draws';

/** The layer as it would be before training: drawn from a law, the same for the same seed. */
export function freshLayer(layer: KernelLayer, id: InitialLaw, seed: number): KernelLayer {
  const law = lawOf(id, layer);
  const draws = drawsOf(seed, `twin/${layer.node}/${layer.weight}`);
  return { ...layer, values: Float32Array.from(layer.values, () => law.draw(draws)) };
}
