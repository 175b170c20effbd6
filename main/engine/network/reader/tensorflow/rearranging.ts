import { countOf, gathered, tiled, transposed } from '../lowering/array';
import { fileAxis, oursInFile, type Made } from '../lowering/builder';
import {
  batchSize,
  constantOf,
  NotKnown,
  settled,
  sizesIn,
  sizesOfMap,
  wholeNumber,
  wholeNumbers,
  type Value,
} from '../lowering/value';
import { wordAt } from './fileGraph';
import { isListed, onList, withSizes } from '../lowering/listed';
import { constantAt, each, integersAtInput, mapAt } from './operand';
import type { Lowering } from './tracing';

const permute: Lowering = (operand) => {
  const axes = integersAtInput(operand, 1);
  const [value] = operand.inputs;
  if (isListed(value)) return onList(value, (array) => transposed(array, axes));
  const x = mapAt(operand, 0);
  const rank = sizesOfMap(x).length;
  if ([...axes].sort((a, b) => a - b).some((axis, a) => axis !== a) || axes.length !== rank)
    throw new NotKnown(`its axes are ${axes.join(', ')}`);
  if (axes[0] !== 0) throw new NotKnown('it moves the batch');
  const channel = axes.indexOf(x.channel);
  // Ours: where each of the result's axes lies in what comes in.
  const before = oursInFile(rank, x.channel);
  const ours = oursInFile(rank, channel).map((axis) => before.indexOf(axes[axis]!));
  const made: Made = ours.every((axis, a) => axis === a)
    ? { op: 'identity' }
    : { op: 'permute', attributes: { axes: ours.slice(1) } };
  return withSizes(
    operand.builder.node(operand.name, made, [x], channel),
    axes.map((axis) => sizesOfMap(x)[axis]!),
  );
};

const pad: Lowering = (operand) => {
  const { node, name, builder } = operand;
  const list = constantAt(operand, 1);
  const value = node.op === 'PadV2' ? constantAt(operand, 2).values[0] : 0;
  const mode = node.op === 'MirrorPad' ? wordAt(node, 'mode', 'REFLECT') : 'CONSTANT';
  const x = mapAt(operand, 0);
  const rank = sizesOfMap(x).length;
  const order = oursInFile(rank, x.channel);
  const pairs = order.map((axis): [number, number] => [list.values[2 * axis]!, list.values[2 * axis + 1]!]);
  const ends = [pairs[0]!, pairs.at(-1)!];
  if (rank < 3 || rank > 5 || ends.some(([b, a]) => b !== 0 || a !== 0))
    throw new NotKnown('it pads batch or channels');
  if (value !== 0) throw new NotKnown(`it pads with ${value}`);
  if (mode === 'SYMMETRIC') throw new NotKnown('it mirrors with the edge repeated');
  const attributes = { amounts: pairs.slice(1, -1) };
  return builder.node(name, { op: `${mode === 'REFLECT' ? 'reflectPad' : 'zeroPad'}${rank - 2}d`, attributes }, [x]);
};

const shape: Lowering = (operand) => {
  const [value] = operand.inputs;
  if (isListed(value)) return wholeNumbers(value.shape);
  const sizes = sizesOfMap(mapAt(operand, 0));
  return settled({ shape: [sizes.length], values: [batchSize, ...sizes.slice(1)] });
};

const gather: Lowering = (operand) => {
  const [value] = operand.inputs;
  const indices = constantAt(operand, 1);
  const [axis] = operand.inputs.length > 2 ? integersAtInput(operand, 2) : [0];
  if (!isListed(value)) throw new NotKnown('it picks from a map');
  const at = fileAxis(value.shape.length, axis!);
  const n = value.shape[at]!;
  if (indices.values.some((i) => i >= n || i < -n)) throw new NotKnown('it picks what is not there');
  return onList(value, (array) => gathered(array, indices, at));
};

const tile: Lowering = (operand) => {
  const [value] = operand.inputs;
  const times = integersAtInput(operand, 1);
  if (isListed(value)) return onList(value, (array) => tiled(array, times));
  const x = mapAt(operand, 0);
  if (times[0] !== 1) throw new NotKnown('it repeats the batch');
  const order = oursInFile(sizesOfMap(x).length, x.channel).slice(1);
  return operand.builder.node(operand.name, { op: 'tile', attributes: { times: order.map((a) => times[a]!) } }, [x]);
};

/** One number everywhere: where the shape is free, the number by itself, which spreads. */
const fill: Lowering = (operand) => {
  const sizes = sizesIn(operand.inputs[0]);
  const number = constantAt(operand, 1);
  if (!sizes) return number;
  const known = sizes.values.every((n): n is number => typeof n === 'number' && n >= 0);
  const count = known ? countOf(sizes.values) : Infinity;
  if (count > 2 ** 20) return number;
  return constantOf(
    sizes.values as readonly number[],
    new Float64Array(count).fill(number.values[0] ?? 0),
    number.integer,
  );
};

const likewise =
  (number: number): Lowering =>
  ({ inputs: [value] }) => {
    if (isListed(value)) return constantOf(value.shape, new Float64Array(countOf(value.shape)).fill(number), true);
    return constantOf([], [number]);
  };

const range: Lowering = (operand) => {
  const [start, limit, delta] = [0, 1, 2].map((i) => constantAt(operand, i).values[0]!) as [number, number, number];
  const count = Math.max(0, Math.ceil((limit - start) / delta));
  if (!(count <= 2 ** 20)) throw new NotKnown('it counts too far');
  return wholeNumbers(Array.from({ length: count }, (_, i) => start + i * delta));
};

const integerTypes = /^DT_(U?INT\d+|BOOL)$/;

const cast: Lowering = (operand) => {
  const [value] = operand.inputs;
  const to = operand.node.attributes.get('DstT')?.type ?? 'DT_FLOAT';
  if (value?.kind === 'constant') {
    const whole = integerTypes.test(to);
    const of =
      to === 'DT_BOOL' ? (x: number): number => Number(x !== 0) : whole ? Math.trunc : (x: number): number => x;
    return constantOf(value.shape, Float64Array.from(value.values, of), whole);
  }
  if (value?.kind === 'sizes') return value;
  const x = mapAt(operand, 0);
  const from = operand.node.attributes.get('SrcT')?.type ?? 'DT_FLOAT';
  const exact = !integerTypes.test(to) || integerTypes.test(from);
  if (!exact && to !== 'DT_INT32' && to !== 'DT_INT64') throw new NotKnown(`it turns ${from} into ${to}`);
  return operand.builder.node(
    operand.name,
    exact ? { op: 'identity' } : { op: 'elementwise', attributes: { function: 'truncate' } },
    [x],
  );
};

/** Whatever else moves, fills or counts. */
export const rearrangingLowerings: readonly [string, Lowering][] = [
  ['Transpose', permute],
  ...each(['Pad', 'PadV2', 'MirrorPad'], pad),
  ['Shape', shape],
  ['ShapeN', (operand) => operand.inputs.map((input) => shape({ ...operand, inputs: [input] }) as Value)],
  [
    'Rank',
    (operand) =>
      wholeNumber(isListed(operand.inputs[0]) ? operand.inputs[0].shape.length : sizesOfMap(mapAt(operand, 0)).length),
  ],
  ...each(['Gather', 'GatherV2'], gather),
  ['Tile', tile],
  ['Fill', fill],
  ['ZerosLike', likewise(0)],
  ['OnesLike', likewise(1)],
  ['Range', range],
  ['Cast', cast],
];
