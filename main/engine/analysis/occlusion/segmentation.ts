import type { Output } from '../../../../shared/recipe';
import type { NetworkArray } from '../../network/network';
import { labelMapOf, type MapLabel } from '../labelMap';
import { probabilities } from '../probability';

export type SegmentationOutput = Extract<Output, { kind: 'segmentation' }>;

/** An output read as labels. */
export interface Segmented {
  /** Each voxel's label, in the output's order. */
  readonly map: Uint8Array;
  readonly labels: readonly MapLabel[];
  /** Of each label, the probability of every voxel. */
  readonly shares: readonly Float32Array[];
}

/** *Problems* analysis/labels-do-not-fit. */
export function segmented(array: NetworkArray, output: SegmentationOutput, file: string | null): Segmented {
  const { map, labels } = labelMapOf(array, output, file);
  const channels = array.shape.at(-1) ?? 1;
  // One channel is the one label's that is no background.
  const wanted = channels === 1 && output.activation === 'softmax' ? 'sigmoid' : output.activation;
  const { values } = probabilities(array, wanted, file);
  const shares = labels.map(({ label }) => {
    const channel = channels === 1 ? 0 : output.labels.indexOf(label);
    return Float32Array.from({ length: map.length }, (_, v) => values[v * channels + channel] ?? NaN);
  });
  return { map, labels, shares };
}
