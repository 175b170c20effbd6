import { gathered, joined } from '../lowering/array';
import { fileAxis, ourAxis, type Made } from '../lowering/builder';
import { constantOf, NotKnown, settled, sizesIn, sizesOfMap, type MapValue } from '../lowering/value';
import { integerAt } from './fileGraph';
import { isListed, onList, withSizes } from '../lowering/listed';
import { each, integersAtInput, isConstant } from './operand';
import type { Lowering, Operand } from './tracing';

const concatenation: Lowering = (operand) => {
  const { node, name, builder, inputs } = operand;
  const first = node.op === 'Concat';
  const [axis] = integersAtInput(operand, first ? 0 : inputs.length - 1);
  const parts = first ? inputs.slice(1) : inputs.slice(0, -1);
  if (parts.every(isConstant)) {
    const [any] = parts;
    const made = joined<Float32Array | Float64Array>(parts, fileAxis(any?.shape.length ?? 0, axis!));
    return constantOf(made.shape, made.values, any?.integer ?? false);
  }
  if (parts.every(isListed))
    return settled(
      joined(
        parts.map((part) => sizesIn(part)!),
        axis! < 0 ? axis! + 1 : axis!,
      ),
    );
  const maps = parts.map((part) => {
    if (part.kind !== 'map') throw new NotKnown('it joins a map with a constant');
    return part;
  });
  const lead = maps[0]!;
  const turned = maps.map((map) => (lead.sizes ? builder.withChannel(map, lead.channel, name) : map));
  const ours = lead.sizes ? ourAxis(lead, axis!) : axis!;
  if (ours === 0) throw new NotKnown('it joins entries of the batch');
  const repeated = repetitionOf(maps, ours);
  if (repeated) return builder.node(name, repeated.made, [repeated.from]);
  return builder.node(name, { op: 'concatenate', attributes: { axis: ours } }, turned);
};

/** The parts of one Split, in order, each so many times in a row: how Keras 2 repeats voxels (UpSampling3D). */
function repetitionOf(
  maps: readonly MapValue[],
  axis: number,
): { readonly made: Made; readonly from: MapValue } | null {
  const first = maps[0]?.part;
  if (first?.axis !== axis || maps.length % first.count !== 0) return null;
  const times = maps.length / first.count;
  const inOrder = maps.every((map, i) => {
    const { part } = map;
    return part?.from === first.from && part.axis === axis && part.index === Math.floor(i / times);
  });
  const rank = first.from.sizes?.length ?? 0;
  if (!inOrder || !first.single || axis === rank - 1 || rank < 3) return null;
  const factor = Array.from({ length: rank - 2 }, (_, a) => (a + 1 === axis ? times : 1));
  return { made: { op: `upsample${rank - 2}d`, attributes: { factor, interpolation: 'nearest' } }, from: first.from };
}

const split: Lowering = (operand) => {
  const { node, inputs } = operand;
  const variable = node.op === 'SplitV';
  const [axis] = integersAtInput(operand, variable ? 2 : 0);
  const x = variable ? inputs[0] : inputs[1];
  if (x?.kind !== 'map') throw new NotKnown('it splits a constant');
  const sizes = sizesOfMap(x);
  const at = fileAxis(sizes.length, axis!);
  const size = sizes[at];
  if (at === 0) throw new NotKnown('it splits the batch');
  const count = integerAt(node, 'num_split', 1);
  if (!variable && typeof size !== 'number') throw new NotKnown('it splits an axis of free size');
  const list = variable ? integersAtInput(operand, 1) : Array.from({ length: count }, () => Number(size) / count);
  const whole = typeof size === 'number' ? size : 0;
  const known = list.map((n) => (n === -1 ? whole - list.reduce((sum, m) => sum + Math.max(m, 0), 0) : n));
  let begin = 0;
  const ours = ourAxis(x, at);
  return known.map((n, i) => {
    const value = cut(operand, x, at, begin, begin + n, i);
    begin += n;
    operand.builder.onlyWhenRead(value);
    return { ...value, part: { from: x, axis: ours, index: i, count: known.length, single: n === 1 } };
  });
};

const nameOf = (name: string, output: number): string => (output === 0 ? name : `${name}:${output}`);

/** A run along one of the file's axes. */
function cut(operand: Operand, x: MapValue, axis: number, begin: number, end: number | null, output: number): MapValue {
  const rank = sizesOfMap(x).length;
  const ours = ourAxis(x, axis);
  const each = <T>(otherwise: T, own: T): T[] =>
    Array.from({ length: rank - 1 }, (_, a) => (a + 1 === ours ? own : otherwise));
  const attributes = { begin: each(0, begin), end: each<number | null>(null, end), step: each(1, 1) };
  const value = operand.builder.node(nameOf(operand.name, output), { op: 'slice', attributes }, [x], x.channel);
  return withSizes(
    value,
    sizesOfMap(x).map((size, a) => (a === axis ? sizesOfMap(value)[a]! : size)),
  );
}

const unpack: Lowering = (operand) => {
  const [value] = operand.inputs;
  const axis = integerAt(operand.node, 'axis', 0);
  if (!isListed(value)) throw new NotKnown('it takes a map apart');
  const at = fileAxis(value.shape.length, axis);
  return Array.from({ length: value.shape[at]! }, (_, i) =>
    onList(value, (array) => gathered(array, { shape: [], values: [i] }, at)),
  );
};

const pack: Lowering = ({ node, inputs }) => {
  const axis = integerAt(node, 'axis', 0);
  if (!inputs.every(isListed)) throw new NotKnown('it stacks maps');
  const rank = (inputs[0]?.shape.length ?? 0) + 1;
  const at = fileAxis(rank, axis);
  const grown = (shape: readonly number[]): number[] => [...shape.slice(0, at), 1, ...shape.slice(at)];
  if (inputs.every(isConstant)) {
    const made = joined<Float32Array | Float64Array>(
      inputs.map((part) => ({ shape: grown(part.shape), values: part.values })),
      at,
    );
    return constantOf(
      made.shape,
      made.values,
      inputs.every((part) => part.integer),
    );
  }
  return settled(
    joined(
      inputs.map((part) => ({ shape: grown(part.shape), values: sizesIn(part)!.values })),
      at,
    ),
  );
};

/** Putting together and taking apart along one axis. */
export const joiningLowerings: readonly [string, Lowering][] = [
  ...each(['ConcatV2', 'Concat'], concatenation),
  ...each(['Split', 'SplitV'], split),
  ...each(['Unpack', 'Unstack'], unpack),
  ...each(['Pack', 'Stack'], pack),
];
