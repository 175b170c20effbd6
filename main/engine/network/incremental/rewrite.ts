import type { Weight } from '../graph';
import type { Fetch } from '../network';
import { activationOf, type Activation } from '../operation/activation';
import { batchNormAffine } from '../operation/normalisation';
import { numberOf, optionalWeight, productOf, weightOf, type NodeCore } from '../operation/operation';

/** Operations whose result is a sum with kernels, output channels last: a factor and an offset by channel go into kernel and bias. */
const summing = new Set(['conv1d', 'conv2d', 'conv3d', 'convTranspose2d', 'convTranspose3d', 'dense']);
const adding = new Set(['add', 'average', 'subtract', 'multiply']);
const maxPools = new Set(['maxPool2d', 'maxPool3d']);

/**
 * The nodes that the target hangs on, with fewer passes over their maps and the same values: what changes nothing is left out, stored
 * normalisations go into the kernels before them, activations into the node before them, and bias and ReLU behind a max pooling.
 * Topological order is kept. The target keeps its name; before its activation it is a node without one.
 */
export function rewritten(nodes: readonly NodeCore[], target: Fetch): readonly NodeCore[] {
  const draft = new Map(nodes.map((node) => [node.name, node]));
  const end = draft.get(target.node)!;
  if (target.stage === 'preActivation') draft.set(end.name, withActivation(end, null));
  const readers = new Map<string, number>([[target.node, 1]]);
  for (const node of nodes) for (const name of node.inputs) readers.set(name, (readers.get(name) ?? 0) + 1);
  const standIn = new Map<string, string>();
  const nameOf = (name: string): string => standIn.get(name) ?? name;

  for (const { name } of nodes) {
    const own = draft.get(name)!;
    const node = { ...own, inputs: own.inputs.map(nameOf) };
    draft.set(name, node);
    if (node.inputs.length !== 1) continue;
    const before = draft.get(node.inputs[0]!)!;
    const alone = readers.get(before.name) === 1;
    const merged = alone ? joined(before, node) : null;
    if (merged) {
      draft.delete(before.name);
      draft.set(name, { ...merged, name });
    } else if (node.op === 'identity' && activationOf(node).kind === 'linear' && name !== target.node) {
      standIn.set(name, before.name);
      readers.set(before.name, (readers.get(before.name) ?? 0) + (readers.get(name) ?? 0) - 1);
      draft.delete(name);
    } else if (alone && maxPools.has(node.op) && summing.has(before.op) && commutes(activationOf(before))) {
      // The largest of sums is the sum of the largest, so that a fraction of the cells is passed over afterwards.
      const bias = optionalWeight(before, 'bias');
      draft.set(before.name, withActivation({ ...before, weights: before.weights.filter((w) => w !== bias) }, null));
      draft.set(name, withActivation({ ...node, weights: bias ? [bias] : [] }, activationOf(before)));
    }
  }
  // A merged node stands where its last part stood, which is behind all that it reads.
  return nodes.flatMap(({ name }) => draft.get(name) ?? []);
}

const withActivation = (node: NodeCore, activation: Activation | null): NodeCore => ({
  ...node,
  attributes: { ...node.attributes, activation },
});

const commutes = (activation: Activation): boolean =>
  activation.kind === 'relu' && activation.negativeSlope >= 0 && activation.threshold === 0;

/** One node that computes what two did, one after the other; null where that would be none of those known here. */
function joined(before: NodeCore, node: NodeCore): NodeCore | null {
  if (activationOf(before).kind !== 'linear') return null;
  if (node.op === 'batchNorm' && summing.has(before.op) && numberOf(before, 'groups', 1) === 1)
    return scaled(before, node);
  const computes = summing.has(before.op) || adding.has(before.op) || before.op === 'batchNorm';
  if (!computes) return null;
  if (node.op === 'activation' && isPerCell(activationOf(node))) return withActivation(before, activationOf(node));
  if (node.op === 'prelu' && !optionalWeight(before, 'alpha')) {
    const slopes = weightOf(node, 'alpha');
    // A slope for each voxel belongs to the place: such a node stays on its own.
    if (productOf(slopes.shape.slice(0, -1)) > 1) return null;
    return withActivation({ ...before, weights: [...before.weights, slopes] }, activationOf(node));
  }
  return null;
}

/** Softmax over anything but the channels mixes a map's cells. */
export const isPerCell = (activation: Activation, rank = 0): boolean =>
  !('axes' in activation) || activation.axes.every((axis) => axis === -1 || axis === rank - 1);

function scaled(before: NodeCore, node: NodeCore): NodeCore {
  const { scale, offset } = batchNormAffine(node);
  const kernel = weightOf(before, 'kernel');
  const channels = scale.length;
  const bias = optionalWeight(before, 'bias')?.values;
  const weights: Weight[] = [
    { ...kernel, values: kernel.values.map((w, n) => w * scale[n % channels]!) },
    { name: 'bias', shape: [channels], values: Float32Array.from(offset, (o, c) => o + scale[c]! * (bias?.[c] ?? 0)) },
  ];
  return withActivation({ ...before, weights }, activationOf(node));
}
