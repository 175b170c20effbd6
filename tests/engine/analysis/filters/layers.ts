import { lawOf } from '../../../../main/engine/analysis/initialLaw';
import type { KernelLayer } from '../../../../main/engine/analysis/kernelLayer';
import { layerFigures, type LayerFigures } from '../../../../main/engine/analysis/filters/layerFigures';
import { statusOf } from '../../../../main/engine/analysis/filters/layerTests';
import { wholly } from '../../../../main/engine/analysis/cuttable';
import { drawsOf } from '../../../../main/engine/analysis/statistics/draws';
import type { InitialLaw } from '../../../../shared/analysis/filters';

/** A layer with given weights, `[k…, in, out]`. */
export function layerOf(
  size: readonly number[],
  inside: number,
  out: number,
  values: ArrayLike<number>,
  more: Partial<KernelLayer> = {},
): KernelLayer {
  const cells = size.reduce((all, n) => all * n, 1);
  return {
    node: 'conv',
    op: `conv${String(size.length)}d`,
    weight: 'kernel',
    size,
    inside,
    out,
    values: Float32Array.from(values),
    fanIn: cells * inside,
    fanOut: cells * out,
    ...more,
  };
}

/** Kernels one after the other (input by input, each for all outputs) into the order in which layers keep them. */
export function fromKernels(
  size: readonly number[],
  inside: number,
  out: number,
  kernels: readonly (readonly number[])[],
): KernelLayer {
  const cells = size.reduce((all, n) => all * n, 1);
  const values = new Float32Array(cells * inside * out);
  for (let k = 0; k < inside * out; k++)
    for (let t = 0; t < cells; t++) values[t * inside * out + k] = kernels[k]?.[t] ?? NaN;
  return layerOf(size, inside, out, values);
}

/** Weights drawn from a law and nothing else. */
export function freshLayer(size: readonly number[], inside: number, out: number, law: InitialLaw, seed: number) {
  const layer = layerOf(size, inside, out, []);
  const { draw } = lawOf(law, layer);
  const draws = drawsOf(seed, `fresh/${law}/${size.join('x')}/${String(inside)}/${String(out)}`);
  const count = size.reduce((all, n) => all * n, 1) * inside * out;
  return { ...layer, values: Float32Array.from({ length: count }, () => draw(draws)) };
}

export const figuresOf = (layer: KernelLayer): LayerFigures => wholly(layerFigures(layer, { intervals: false }));

export const judge = (layer: KernelLayer, level = 0.05) => {
  const { numbers, kept, power } = figuresOf(layer);
  return { numbers, status: statusOf(numbers.tests, kept.inside.length, power, level) };
};
