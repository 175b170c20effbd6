import { fileAxis, oursInFile, weight } from '../lowering/builder';
import { transposed } from '../lowering/array';
import { batchNormWeights } from '../lowering/normalisation';
import { NotKnown, sizesOfMap, type Constant, type MapValue } from '../lowering/value';
import { floatAt, integerAt, integersAt } from './fileModel';
import { constantAt, imageAt, mapAt, optionalConstant, type Lowering, type Operand } from './operand';

const batchNormalisation: Lowering = (operand) => {
  const { node, name, builder, opset } = operand;
  const extra = node.outputs.slice(1).some((output) => output !== '');
  const training =
    opset < 7
      ? integerAt(node, 'is_test', 0) === 0 && extra
      : opset < 14
        ? extra
        : integerAt(node, 'training_mode', 0) === 1;
  if (training) throw new NotKnown("it normalises by its batch's own mean and variance");
  if (opset < 9 && integerAt(node, 'spatial', 1) === 0)
    throw new NotKnown('it normalises each voxel by numbers of its own');
  const weights = batchNormWeights([1, 2, 3, 4].map((i) => constantAt(operand, i)));
  const attributes = { epsilon: floatAt(node, 'epsilon', 1e-5), axis: -1 };
  return builder.node(name, { op: 'batchNorm', attributes, weights }, [imageAt(operand, 0)]);
};

const instanceNormalisation: Lowering = (operand) => {
  const { node, name, builder } = operand;
  const x = withSpace(imageAt(operand, 0));
  const weights = affineByChannel(constantAt(operand, 1), constantAt(operand, 2), 1);
  const attributes = { epsilon: floatAt(node, 'epsilon', 1e-5) };
  return builder.node(name, { op: 'instanceNorm', attributes, weights }, [x]);
};

function withSpace(x: MapValue): MapValue {
  if (x.sizes?.length === 2) throw new NotKnown('its map has no space to take a mean over');
  return x;
}

const affineByChannel = (scale: Constant, offset: Constant, times: number): ReturnType<typeof weight>[] =>
  (
    [
      ['gamma', scale],
      ['beta', offset],
    ] as const
  ).map(([name, array]) => {
    const values = Float32Array.from(
      { length: array.values.length * times },
      (_, c) => array.values[Math.floor(c / times)]!,
    );
    return weight(name, { ...array, values }, [values.length]);
  });

/** Up to opset 20 one scale and offset for each group, later for each channel. */
const groupNormalisation: Lowering = (operand) => {
  const { node, name, builder } = operand;
  const x = imageAt(operand, 0);
  const groups = integerAt(node, 'num_groups', 0);
  const channels = builder.shapeOf(x)?.at(-1);
  const scale = constantAt(operand, 1);
  if (groups < 1 || channels === null || channels === undefined || channels % groups !== 0)
    throw new NotKnown(`its ${groups} groups do not share out its channels`);
  const times = operand.opset < 21 && scale.values.length === groups ? channels / groups : 1;
  const weights = affineByChannel(scale, constantAt(operand, 2), times);
  return builder.node(
    name,
    { op: 'groupNorm', attributes: { groups, epsilon: floatAt(node, 'epsilon', 1e-5) }, weights },
    [x],
  );
};

/** By mean and variance over the axes from `axis` on. */
const layerNormalisation: Lowering = (operand) => {
  const { node, name, builder } = operand;
  const x = mapAt(operand, 0);
  const rank = sizesOfMap(x).length;
  const first = fileAxis(rank, integerAt(node, 'axis', -1));
  if (first === 0) throw new NotKnown('it takes the entries of the batch together');
  const file = Array.from({ length: rank - first }, (_, i) => first + i);
  const order = oursInFile(rank, x.channel);
  const axes = file.map((a) => order.indexOf(a)).sort((a, b) => a - b);
  const epsilon = floatAt(node, 'epsilon', 1e-5);
  const weights = [
    spread(operand, 'gamma', constantAt(operand, 1), { x, first, axes }),
    ...(optionalConstant(operand, 2) ? [spread(operand, 'beta', constantAt(operand, 2), { x, first, axes })] : []),
  ];
  return builder.node(name, { op: 'layerNorm', attributes: { axes, epsilon }, weights }, [x]);
};

/** A weight over the file's last axes, in our order of them. */
function spread(
  { builder }: Operand,
  name: string,
  constant: Constant,
  { x, first, axes }: { readonly x: MapValue; readonly first: number; readonly axes: readonly number[] },
): ReturnType<typeof weight> {
  const shape = builder.shapeOf(x)!;
  const rank = shape.length;
  const order = oursInFile(rank, x.channel);
  const sizes = Array.from({ length: rank - first }, (_, i) => shape[order.indexOf(first + i)] ?? 0);
  const full = [...Array.from({ length: sizes.length - constant.shape.length }, () => 1), ...constant.shape];
  if (full.some((n, a) => n !== 1 && n !== sizes[a]) || full.length !== sizes.length)
    throw new NotKnown(`its ${name} has the sizes ${constant.shape.join('×')} for ${sizes.join('×')}`);
  const count = sizes.reduce((p, n) => p * n, 1);
  const strides = full.map((n, a) => (n === 1 ? 0 : full.slice(a + 1).reduce((p, m) => p * m, 1)));
  const own = sizes.map((_, a) => sizes.slice(a + 1).reduce((p, m) => p * m, 1));
  const values = Float32Array.from(
    { length: count },
    (_, i) => constant.values[strides.reduce((sum, s, a) => sum + (Math.floor(i / own[a]!) % sizes[a]!) * s, 0)]!,
  );
  const turned = transposed(
    { shape: sizes, values },
    axes.map((a) => order[a]! - first),
  );
  return { name, ...turned };
}

const localResponse: Lowering = (operand) => {
  const { node, name, builder } = operand;
  const size = integerAt(node, 'size', 0);
  if (size < 1 || size > 4096) throw new NotKnown(`it looks at ${size} channels`);
  const attributes = {
    size,
    alpha: floatAt(node, 'alpha', 1e-4),
    beta: floatAt(node, 'beta', 0.75),
    bias: floatAt(node, 'bias', 1),
  };
  return builder.node(name, { op: 'localResponseNorm', attributes }, [imageAt(operand, 0)]);
};

/** x / √Σx² along one axis. */
const unit: Lowering = (operand) => {
  const { node, name, builder } = operand;
  if (integerAt(node, 'p', 2) !== 2) throw new NotKnown('it divides by the sum of sizes');
  const x = mapAt(operand, 0);
  const rank = sizesOfMap(x).length;
  const axis = fileAxis(rank, integerAt(node, 'axis', -1));
  if (axis === 0) throw new NotKnown('it takes the entries of the batch together');
  return builder.node(name, { op: 'unitNorm', attributes: { axes: [oursInFile(rank, x.channel).indexOf(axis)] } }, [x]);
};

/** By mean and deviation over axes beside the batch. */
const meanVariance: Lowering = (operand) => {
  const { node, name, builder } = operand;
  const x = mapAt(operand, 0);
  const rank = sizesOfMap(x).length;
  const file = (integersAt(node, 'axes') ?? [0, 2, 3]).map((a) => fileAxis(rank, a));
  if (file.includes(0)) throw new NotKnown('it takes the entries of the batch together');
  const axes = file.map((a) => oursInFile(rank, x.channel).indexOf(a)).sort((a, b) => a - b);
  return builder.node(name, { op: 'layerNorm', attributes: { axes, epsilon: 1e-18 } }, [x]);
};

export const normalisationLowerings: readonly [string, Lowering][] = [
  ['BatchNormalization', batchNormalisation],
  ['InstanceNormalization', instanceNormalisation],
  ['GroupNormalization', groupNormalisation],
  ['LayerNormalization', layerNormalisation],
  ['LRN', localResponse],
  ['LpNormalization', unit],
  ['MeanVarianceNormalization', meanVariance],
];
