import { onlyShape, onlyTensor, optionalWeight, weightOf, type NodeCore, type Operation } from './operation';
import { unmixed } from './normalisation';
import { sameRule, wholeRule } from './interval';
import { activationOf } from './activation';
import { spatialOf } from './operation';

/** What leaves values as they are at inference: dropout and its kin, and the input of a sub-model. */
export const identity: Operation = {
  ops: ['identity'],
  shape: onlyShape,
  run: (_, inputs) => onlyTensor(inputs),
  reads: unmixed,
  bound: (_, [range]) => range!,
};

/** A layer that is an activation and nothing else: before its activation lies its input. */
export const activationNode: Operation = {
  ops: ['activation', 'prelu'],
  shape: (node, inputs) => {
    const shape = onlyShape(node, inputs);
    if (node.op === 'prelu') weightOf(node, 'alpha');
    return shape;
  },
  run: (_, inputs) => onlyTensor(inputs),
  reads: (node, inputs) => {
    const activation = activationOf(node);
    const shape = onlyShape(node, inputs);
    const axes = 'axes' in activation ? activation.axes.map((a) => (a < 0 ? a + shape.length : a)) : [];
    return [spatialOf(shape).map((_, a) => (axes.includes(a + 1) ? wholeRule : sameRule(a + 1)))];
  },
  bound: (_, [range]) => range!,
};

/** PReLU's slopes by channel, lowest and highest over the voxels that they may differ for. */
export function slopesOf(node: NodeCore, channels: number): (readonly [number, number])[] {
  const alpha = optionalWeight(node, 'alpha');
  if (!alpha) return [];
  const own = alpha.shape.at(-1) === channels;
  return Array.from({ length: channels }, (_, c) => {
    let low = Infinity;
    let high = -Infinity;
    for (let v = own ? c : 0; v < alpha.values.length; v += own ? channels : 1) {
      low = Math.min(low, alpha.values[v]!);
      high = Math.max(high, alpha.values[v]!);
    }
    return [low, high] as const;
  });
}
