import { tf, type Tensor } from '../tensorflow';
import { sameRule, wholeRule } from './interval';
import {
  channelsOf,
  integersOf,
  misfit,
  numberOf,
  onlyShape,
  onlyTensor,
  optionalWeight,
  productOf,
  spatialOf,
  wantShape,
  weightOf,
  type Derived,
  type NodeCore,
  type Operation,
} from './operation';
import { guarded, rangeOf, type ChannelRange } from './range';

/** γ·(x − μ)/√(σ² + ε) + β with stored μ and σ², by channel: one scale and one offset. */
export const batchNormalisation: Operation = {
  ops: ['batchNorm'],
  shape: (node, inputs) => {
    const shape = onlyShape(node, inputs);
    const axis = axisIn(numberOf(node, 'axis', -1), shape.length);
    if (axis !== shape.length - 1) throw misfit(node, inputs, `it normalises axis ${axis}, which is not the channels`);
    for (const name of ['gamma', 'beta', 'mean', 'variance']) {
      wantShape(node, optionalWeight(node, name), [channelsOf(shape)]);
    }
    return shape;
  },
  tensors: (node) => {
    const { scale, offset } = batchNormAffine(node);
    const shape = [scale.length];
    return { scale: { shape, values: Float32Array.from(scale) }, offset: { shape, values: Float32Array.from(offset) } };
  },
  run: (_, inputs, weights) => tf.add(tf.mul(onlyTensor(inputs), weights['scale']!), weights['offset']!),
  reads: unmixed,
  bound: (node, [range]) => {
    const { scale, offset } = batchNormAffine(node);
    return affineByChannel(range!, scale, offset);
  },
};

/** The two vectors that inference applies. */
export function batchNormAffine(node: NodeCore): { readonly scale: Float64Array; readonly offset: Float64Array } {
  const mean = weightOf(node, 'mean').values;
  const variance = weightOf(node, 'variance').values;
  const gamma = optionalWeight(node, 'gamma')?.values;
  const beta = optionalWeight(node, 'beta')?.values;
  const epsilon = numberOf(node, 'epsilon');
  const scale = Float64Array.from(variance, (v, c) => (gamma?.[c] ?? 1) / Math.sqrt(v + epsilon));
  return { scale, offset: scale.map((s, c) => (beta?.[c] ?? 0) - s * mean[c]!) };
}

/** Layer, group, instance and unit normalisation: by the input's own mean and variance over `axes` (or groups of channels). */
export const ownNormalisation: Operation = {
  ops: ['layerNorm', 'groupNorm', 'instanceNorm', 'unitNorm', 'rmsNorm'],
  shape: (node, inputs) => {
    const shape = onlyShape(node, inputs);
    const channels = channelsOf(shape);
    const groups = numberOf(node, 'groups', 0);
    if (groups > 0 && channels !== null && channels % groups !== 0) {
      throw misfit(node, inputs, `${channels} channels are not ${groups} equal groups`);
    }
    if (node.op !== 'layerNorm') {
      wantShape(node, optionalWeight(node, 'gamma'), [channels]);
      wantShape(node, optionalWeight(node, 'beta'), [channels]);
      return shape;
    }
    const axes = integersOf(node, 'axes');
    for (const name of ['gamma', 'beta']) {
      wantShape(
        node,
        optionalWeight(node, name),
        axes.map((a) => shape[axisIn(a, shape.length)] ?? null),
      );
    }
    return shape;
  },
  tensors: (node, [shape]) => ({ ...spread(node, 'gamma', shape!), ...spread(node, 'beta', shape!) }),
  run: (node, inputs, weights) => {
    const normal = node.op === 'groupNorm' ? byGroups(node, onlyTensor(inputs)) : byAxes(node, onlyTensor(inputs));
    const scaled = weights['gamma'] ? tf.mul(normal, weights['gamma']) : normal;
    return weights['beta'] ? tf.add(scaled, weights['beta']) : scaled;
  },
  reads: (node, inputs) => {
    const shape = onlyShape(node, inputs);
    const mixed = new Set(mixedAxes(node, shape.length));
    return [spatialOf(shape).map((_, a) => (mixed.has(a + 1) ? wholeRule : sameRule(a + 1)))];
  },
  // A value is at most √(n − 1) standard deviations from the mean of n.
  bound: (node, [range], [shape]) => {
    const counted = mixedAxes(node, shape!.length).map((a) => shape![a] ?? null);
    if (counted.includes(null)) return null;
    const inGroup = node.op === 'groupNorm' ? 1 / numberOf(node, 'groups') : 1;
    const count = productOf(counted) * inGroup;
    const limit = node.op === 'unitNorm' ? 1 : Math.sqrt(count);
    const gamma = perChannel(node, 'gamma', range!, 1);
    const beta = perChannel(node, 'beta', range!, 0);
    return rangeOf(range!.lower.length, (c) => {
      const [low, high] = gamma[c]!;
      const reach = limit * Math.max(Math.abs(low), Math.abs(high));
      return guarded(beta[c]![0] - reach, beta[c]![1] + reach, 16);
    });
  },
  cost: (node, inputs) => 6 * productOf(onlyShape(node, inputs).slice(1)),
};

/** Fixed scale and offset by channel, as preprocessing layers inside a network apply them. */
export const rescaling: Operation = {
  ops: ['rescale', 'normalize'],
  shape: (node, inputs) => {
    const shape = onlyShape(node, inputs);
    const { scale, offset } = fixedAffine(node);
    const fits = [scale, offset].every((v) => v.length === 1 || v.length === channelsOf(shape));
    if (!fits) throw misfit(node, inputs, `it scales ${Math.max(scale.length, offset.length)} channels`);
    return shape;
  },
  tensors: (node) => {
    const { scale, offset } = fixedAffine(node);
    return {
      scale: { shape: [scale.length], values: Float32Array.from(scale) },
      offset: { shape: [offset.length], values: Float32Array.from(offset) },
    };
  },
  run: (_, inputs, weights) => tf.add(tf.mul(onlyTensor(inputs), weights['scale']!), weights['offset']!),
  reads: unmixed,
  bound: (node, [range]) => {
    const { scale, offset } = fixedAffine(node);
    const wide = (v: readonly number[]): Float64Array =>
      Float64Array.from(range!.lower, (_, c) => v[v.length === 1 ? 0 : c]!);
    return affineByChannel(range!, wide(scale), wide(offset));
  },
};

/** `rescale` has its numbers as attributes, `normalize` stores mean and variance. */
function fixedAffine(node: NodeCore): { readonly scale: readonly number[]; readonly offset: readonly number[] } {
  if (node.op === 'rescale') {
    return { scale: node.attributes['scale'] as number[], offset: node.attributes['offset'] as number[] };
  }
  const mean = [...weightOf(node, 'mean').values];
  const deviation = Array.from(weightOf(node, 'variance').values, (v) => Math.max(Math.sqrt(v), 1e-7));
  if (node.attributes['invert'] === true) return { scale: deviation, offset: mean };
  return { scale: deviation.map((d) => 1 / d), offset: mean.map((m, c) => -m / deviation[c]!) };
}

export function unmixed(node: NodeCore, inputs: Parameters<Operation['reads']>[1]): ReturnType<Operation['reads']> {
  return inputs.map((shape) => spatialOf(shape).map((_, a) => sameRule(a + 1)));
}

function affineByChannel(range: ChannelRange, scale: Float64Array, offset: Float64Array): ChannelRange {
  return rangeOf(range.lower.length, (c) => {
    const ends = [range.lower[c]! * scale[c]! + offset[c]!, range.upper[c]! * scale[c]! + offset[c]!];
    const size =
      Math.max(Math.abs(range.lower[c]!), Math.abs(range.upper[c]!)) * Math.abs(scale[c]!) + Math.abs(offset[c]!);
    const guard = 4 * 2 ** -23 * size;
    return [Math.min(...ends) - guard, Math.max(...ends) + guard];
  });
}

const axisIn = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

function mixedAxes(node: NodeCore, rank: number): number[] {
  if (node.op === 'groupNorm') return Array.from({ length: rank - 1 }, (_, a) => a + 1);
  if (node.op === 'instanceNorm') return Array.from({ length: rank - 2 }, (_, a) => a + 1);
  return integersOf(node, 'axes').map((a) => axisIn(a, rank));
}

function byAxes(node: NodeCore, x: Tensor): Tensor {
  const axes = mixedAxes(node, x.rank);
  if (node.op === 'unitNorm') {
    return tf.div(x, tf.sqrt(tf.maximum(tf.sum(tf.square(x), axes, true), 1e-12)));
  }
  const epsilon = numberOf(node, 'epsilon');
  if (node.op === 'rmsNorm') return tf.mul(x, tf.rsqrt(tf.add(tf.mean(tf.square(x), axes, true), epsilon)));
  return standardised(x, axes, epsilon);
}

function byGroups(node: NodeCore, x: Tensor): Tensor {
  const groups = numberOf(node, 'groups');
  const cells = x.shape.slice(1, -1).reduce((p, n) => p * n, 1);
  const grouped = tf.reshape(x, [x.shape[0], cells, groups, x.shape.at(-1)! / groups]);
  return tf.reshape(standardised(grouped, [1, 3], numberOf(node, 'epsilon')), x.shape);
}

function standardised(x: Tensor, axes: number[], epsilon: number): Tensor {
  const centred = tf.sub(x, tf.mean(x, axes, true));
  return tf.mul(centred, tf.rsqrt(tf.add(tf.mean(tf.square(centred), axes, true), epsilon)));
}

/** A weight over some axes, shaped so that it spreads over the others. */
function spread(node: NodeCore, name: string, shape: readonly (number | null)[]): Record<string, Derived> {
  const weight = optionalWeight(node, name);
  if (!weight) return {};
  if (node.op !== 'layerNorm') return { [name]: weight };
  const axes = mixedAxes(node, shape.length);
  const sizes = shape.map((_, a) => (axes.includes(a) ? weight.shape[axes.indexOf(a)]! : 1));
  return { [name]: { shape: sizes, values: weight.values } };
}

function perChannel(
  node: NodeCore,
  name: string,
  range: ChannelRange,
  otherwise: number,
): (readonly [number, number])[] {
  const values = optionalWeight(node, name)?.values;
  const channels = range.lower.length;
  return Array.from({ length: channels }, (_, c) => {
    if (!values) return [otherwise, otherwise] as const;
    const own = values.length === channels ? [values[c]!] : [...values];
    return [Math.min(...own), Math.max(...own)] as const;
  });
}
