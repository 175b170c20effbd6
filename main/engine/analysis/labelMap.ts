import { IsolensError } from '../../../shared/problem/problem';
import type { Output } from '../../../shared/recipe';
import type { Warning } from '../../../shared/result';
import type { NetworkArray } from '../network/network';
import { probabilities } from './probability';
import { largest } from './classes';

type Segmentation = Extract<Output, { kind: 'segmentation' }>;

/** A label with its value in the label map; 0 is background. */
export interface MapLabel {
  readonly label: string;
  readonly value: number;
}

const isBackground = (label: string): boolean => /^(background|bg|fond|none)$/i.test(label.trim());

/**
 * The labels that are structures, and the values that they have in a label map: their place in the recipe's list where its first is the
 * background, or where a softmax must choose among them; else one more, so that 0 stays free for "none of them".
 */
export function mapLabelsOf({ labels }: Segmentation, chooses: boolean): readonly MapLabel[] {
  const shift = chooses || isBackground(labels[0] ?? '') ? 0 : 1;
  return labels
    .map((label, n) => ({ label, value: n + shift }))
    .filter(({ label, value }) => value > 0 || !isBackground(label));
}

export interface Labelled {
  /** In the output's order, without its channel axis. */
  readonly map: Uint8Array;
  readonly labels: readonly MapLabel[];
  readonly warnings: readonly Warning[];
}

/**
 * Each voxel's label: the largest of a softmax; of sigmoids, the largest of those above 0.5, else 0.
 * *Problems* analysis/labels-do-not-fit.
 */
export function labelMapOf(output: NetworkArray, recipe: Segmentation, fileActivation: string | null): Labelled {
  const channels = output.shape.at(-1) ?? 0;
  const { labels } = recipe;
  const foreground = labels.filter((label) => !isBackground(label)).length;
  const single = channels === 1 && foreground === 1;
  if (output.shape.length < 3 || (channels !== labels.length && !single) || labels.length > 255)
    throw new IsolensError(
      'analysis/labels-do-not-fit',
      { labels: labels.length, given: `[${output.shape.join(', ')}]` },
      { key: 'output.labels' },
    );
  const wanted = single && recipe.activation === 'softmax' ? 'sigmoid' : recipe.activation;
  const { values, applied, warning } = probabilities(output, wanted, fileActivation);
  const chooses = applied !== 'sigmoid' && !single;
  const mapLabels = mapLabelsOf(recipe, chooses);
  const shift = single ? (mapLabels[0] as MapLabel).value : chooses || isBackground(labels[0] ?? '') ? 0 : 1;
  const map = new Uint8Array(values.length / channels);
  for (let v = 0; v < map.length; v++) {
    const best = largest(values, v * channels, channels);
    if (best >= 0 && (chooses || (values[v * channels + best] as number) > 0.5)) map[v] = best + shift;
  }
  return { map, labels: mapLabels, warnings: warning === undefined ? [] : [warning] };
}

/** 1 where the map has the value. */
export const maskOfLabel = (map: ArrayLike<number>, value: number): Uint8Array => {
  const mask = new Uint8Array(map.length);
  for (let v = 0; v < map.length; v++) mask[v] = map[v] === value ? 1 : 0;
  return mask;
};
