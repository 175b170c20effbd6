import type { Shape } from '../graph';
import { tf } from '../tensorflow';
import { broadcastRule, sameRule, type AxisRule } from './interval';
import {
  misfit,
  onlyShape,
  onlyTensor,
  optionalWeight,
  sizesOf,
  spatialOf,
  type NodeCore,
  type Operation,
} from './operation';
import { guarded, rangeOf } from './range';

/**
 * x · `scale` + `offset`, whichever of them there is: a bias by itself, a normalisation taken apart, a fixed mask. The weights are aligned
 * with the last axes; sizes of 1 are spread on either side.
 */
export const affine: Operation = {
  ops: ['affine'],
  shape: (node, inputs) => {
    const shape = onlyShape(node, inputs);
    return (['scale', 'offset'] as const).reduce((grown, name) => {
      const own = optionalWeight(node, name)?.shape ?? [];
      if (own.length >= shape.length) throw misfit(node, inputs, `its ${name} is ${sizesOf(own)}`);
      return grown.map((n, a): Shape[number] => {
        const m = own[a - grown.length + own.length] ?? 1;
        if (n === 1) return m;
        if (m !== 1 && n !== null && n !== m) throw misfit(node, inputs, `its ${name} is ${sizesOf(own)}`);
        return n;
      });
    }, shape);
  },
  run: (_, inputs, weights) => {
    const x = onlyTensor(inputs);
    const scaled = weights['scale'] ? tf.mul(x, weights['scale']) : x;
    return weights['offset'] ? tf.add(scaled, weights['offset']) : scaled;
  },
  reads: (node, inputs, output) => [
    spatialOf(onlyShape(node, inputs)).map((n, a): AxisRule =>
      n === 1 && output[a + 1] !== 1 ? broadcastRule : sameRule(a + 1),
    ),
  ],
  bound: (node, [range], [shape]) => {
    const own = range!.lower.length;
    const last = Math.max(own, ...['scale', 'offset'].map((name) => optionalWeight(node, name)?.shape.at(-1) ?? 1));
    const [scale, offset] = [endsByChannel(node, 'scale', last, 1), endsByChannel(node, 'offset', last, 0)];
    if (shape!.at(-1) !== own && own !== 1) return null;
    return rangeOf(last, (c) => {
      const at = own === 1 ? 0 : c;
      const [low, high] = [range!.lower[at]!, range!.upper[at]!];
      const products = scale[c]!.flatMap((s) => (s === 0 ? [0] : [s * low, s * high]));
      return guarded(Math.min(...products) + offset[c]![0], Math.max(...products) + offset[c]![1], 4);
    });
  },
};

/** By channel the lowest and the highest of a weight over all voxels. */
function endsByChannel(node: NodeCore, name: string, channels: number, otherwise: number): [number, number][] {
  const weight = optionalWeight(node, name);
  const own = weight?.shape.at(-1) ?? 1;
  const ends = Array.from({ length: channels }, (): [number, number] => [otherwise, otherwise]);
  if (!weight) return ends;
  for (let c = 0; c < channels; c++) {
    let [low, high] = [Infinity, -Infinity];
    for (let v = own === 1 ? 0 : c; v < weight.values.length; v += own) {
      low = Math.min(low, weight.values[v]!);
      high = Math.max(high, weight.values[v]!);
    }
    ends[c] = [low, high];
  }
  return ends;
}
