import { countOf, transposed } from '../lowering/array';
import { isListed, onList, withSizes } from '../lowering/listed';
import { fileAxis, oursInFile, type Made } from '../lowering/builder';
import { isBatch, NotKnown, sizesIn, sizesOfMap, type FreeSize, type MapValue, type Size } from '../lowering/value';
import { refolding } from './axes';
import { integerAt, integersAt } from './fileModel';
import { integersAtInput, mapAt, type Lowering, type Operand } from './operand';

const transpose: Lowering = (operand) => {
  const { node, name, builder } = operand;
  const [value] = operand.inputs;
  const rank = isListed(value) ? value.shape.length : sizesOfMap(mapAt(operand, 0)).length;
  const axes = integersAt(node, 'perm') ?? Array.from({ length: rank }, (_, a) => rank - 1 - a);
  if (axes.length !== rank || [...axes].sort((a, b) => a - b).some((axis, a) => axis !== a))
    throw new NotKnown(`its axes are ${axes.join(', ')}`);
  if (isListed(value)) return onList(value, (array) => transposed(array, axes));
  const x = mapAt(operand, 0);
  if (axes[0] !== 0) throw new NotKnown('it moves the batch');
  const channel = axes.indexOf(x.channel);
  // Ours: where each of the result's axes lies in what comes in.
  const before = oursInFile(rank, x.channel);
  const ours = oursInFile(rank, channel).map((axis) => before.indexOf(axes[axis]!));
  const made: Made = ours.every((axis, a) => axis === a)
    ? { op: 'identity' }
    : { op: 'permute', attributes: { axes: ours.slice(1) } };
  return withSizes(
    builder.node(name, made, [x], channel),
    axes.map((axis) => sizesOfMap(x)[axis]!),
  );
};

const reshape: Lowering = (operand) => {
  const [value] = operand.inputs;
  const target = sizesIn(operand.inputs[1]);
  if (!target) throw new NotKnown('its shape is not understood');
  const copies = integerAt(operand.node, 'allowzero', 0) === 0;
  const own: readonly Size[] = isListed(value) ? value.shape : sizesOfMap(mapAt(operand, 0));
  const wanted = target.values.map((n, a) => (n === 0 && copies ? (own[a] ?? null) : n));
  if (isListed(value)) return onList(value, ({ values }) => ({ shape: filled(wanted, values.length), values }));
  return reshapedMap(operand, mapAt(operand, 0), wanted);
};

function filled(target: readonly Size[], count: number): number[] {
  const fixed = target.filter((n): n is number => typeof n === 'number' && n !== -1).reduce((p, n) => p * n, 1);
  const shape = target.map((n) => {
    if (typeof n !== 'number') throw new NotKnown('its shape hangs on a run');
    return n === -1 ? count / fixed : n;
  });
  if (countOf(shape) !== count) throw new NotKnown(`${count} numbers do not fill ${shape.join('×')}`);
  return shape;
}

/** The batch must stay by itself: as such, by its fixed size, as 1, or as what is left. */
function reshapedMap(operand: Operand, x: MapValue, target: readonly Size[]): MapValue {
  const sizes = sizesOfMap(x);
  const [first, ...rest] = target;
  if (first === undefined || rest.length === 0) throw new NotKnown('it leaves no axis beside the batch');
  const after = [sizes[0]!, ...restOf(sizes.slice(1), rest)];
  const stays = isBatch(first) || first === -1 || first === 1 || first === operand.fixedBatch;
  if (!stays) throw new NotKnown('it mixes the batch with other axes');
  return refolded(operand, x, after);
}

/** The sizes beside the batch with what is left (−1) worked out. *Problems* unknown where they cannot hold the same elements. */
function restOf(before: readonly Size[], target: readonly Size[]): readonly Size[] {
  const open = target.filter((n) => n === -1).length;
  const known = (sizes: readonly Size[]): number =>
    sizes.reduce<number>((p, n) => (typeof n === 'number' && n !== -1 ? p * n : p), 1);
  const free = (sizes: readonly Size[]): Size[] => sizes.filter((n) => typeof n !== 'number');
  const share = known(before) / known(target);
  const [loose, kept] = [free(before), free(target)];
  if (open > 1) throw new NotKnown('it leaves more than one size open');
  if (loose.length === 0 && kept.length === 0) {
    if (open === 0 ? share !== 1 : !(Number.isInteger(share) && share > 0))
      throw new NotKnown('it mixes the batch with other axes');
    return target.map((n) => (n === -1 ? share : n));
  }
  // Free sizes that the file carries along are taken to be those that it means.
  if (open === 0) return target;
  const only = loose.length === 1 && kept.length === 0 ? (loose[0] as FreeSize | null) : null;
  if (loose.length === kept.length && Number.isInteger(share)) return target.map((n) => (n === -1 ? share : n));
  const grown =
    only && Number.isInteger(share) ? { ...only, times: only.times * share, plus: only.plus * share } : null;
  return target.map((n) => (n === -1 ? grown : n));
}

/** The same elements, in the file's order, under other sizes. Channels that stay whole stay where they are in ours. */
export function refolded(operand: Operand, x: MapValue, after: readonly Size[]): MapValue {
  const { name, builder } = operand;
  const before = sizesOfMap(x);
  const rank = after.length;
  const folds = refolding(before.slice(1), after.slice(1));
  const kept = [0, ...folds.kept.map((a) => (a === null ? null : a + 1))];
  const place = kept.indexOf(x.channel);
  if (rank === 2) return withSizes(flattened(operand, x), after);
  const wanted = operand.channelWanted(0, after);
  const inFold = folds.after.lastIndexOf(folds.before[x.channel - 1] ?? NaN) + 1;
  const channel = wanted ?? (place > 0 ? place : inFold > 0 ? inFold : rank - 1);
  const [old, fresh] = [oursInFile(before.length, x.channel), oursInFile(rank, channel)];
  if (channel === place) {
    const ours = fresh.map((axis) => kept[axis]);
    if (before.length === rank && ours.every((axis, a) => axis === old[a]))
      return withSizes(builder.node(name, { op: 'identity' }, [x], channel), after);
    const target = targetOf(fresh.slice(1).map((axis) => after[axis]!));
    return withSizes(builder.node(name, { op: 'reshape', attributes: { target } }, [x], channel), after);
  }
  const attributes = {
    before: orderInto(old).slice(1),
    target: targetOf(after.slice(1)),
    after: fresh.slice(1),
  };
  return withSizes(builder.node(name, { op: 'reshape', attributes }, [x], channel), after);
}

function targetOf(sizes: readonly Size[]): number[] {
  const target = sizes.map((n) => (typeof n === 'number' ? n : -1));
  if (target.filter((n) => n === -1).length > 1) throw new NotKnown('it leaves more than one size free');
  return target;
}

/** The order that undoes an order of axes. */
const orderInto = (order: readonly number[]): number[] => order.map((_, axis) => order.indexOf(axis));

/** All beside the batch as one row, in the file's order. */
function flattened({ name, builder }: Operand, map: MapValue): MapValue {
  const sizes = sizesOfMap(map);
  const plain = map.channel === sizes.length - 1 || sizes.every((n, a) => a === 0 || a === map.channel || n === 1);
  if (plain) return builder.node(name, { op: 'flatten' }, [map]);
  const x = map.channel === 1 ? map : builder.inFileOrder(map, name);
  return builder.node(name, { op: 'flatten', attributes: { channelsFirst: x === map } }, [x]);
}

const flatten: Lowering = (operand) => {
  const [value] = operand.inputs;
  const axis = integerAt(operand.node, 'axis', 1);
  if (isListed(value)) {
    const at = axis < 0 ? axis + value.shape.length : axis;
    const shape = [countOf(value.shape.slice(0, at)), countOf(value.shape.slice(at))];
    return onList(value, ({ values }) => ({ shape, values }));
  }
  const x = mapAt(operand, 0);
  const sizes = sizesOfMap(x);
  const at = axis < 0 ? axis + sizes.length : axis;
  const ones = sizes.slice(1, at).every((n) => n === 1);
  if (at < 1 || !ones) throw new NotKnown('it mixes the batch with other axes');
  return flattened(operand, x);
};

/** Axes were an attribute up to opset 12. */
function axesOf(operand: Operand): readonly number[] | null {
  if (operand.opset < 13) return integersAt(operand.node, 'axes');
  return operand.inputs[1] === undefined ? null : integersAtInput(operand, 1);
}

const squeeze: Lowering = (operand) => {
  const { name, builder } = operand;
  const axes = axesOf(operand);
  const [value] = operand.inputs;
  const gone = (sizes: readonly Size[]): number[] =>
    axes ? axes.map((a) => fileAxis(sizes.length, a)) : sizes.flatMap((n, a) => (n === 1 ? [a] : []));
  if (isListed(value)) {
    const away = gone(value.shape);
    return onList(value, ({ shape, values }) => ({ shape: shape.filter((_, a) => !away.includes(a)), values }));
  }
  const x = mapAt(operand, 0);
  const sizes = sizesOfMap(x);
  const away = gone(sizes);
  if (away.includes(0)) throw new NotKnown('it takes the batch away');
  if (away.some((a) => sizes[a] !== 1)) throw new NotKnown('it takes axes away that are not of size 1');
  if (sizes.length - away.length < 2) throw new NotKnown('it leaves the batch alone');
  const left = sizes.map((_, a) => a).filter((a) => !away.includes(a));
  const ours = oursInFile(sizes.length, x.channel);
  const channel = away.includes(x.channel) ? left.length - 1 : left.indexOf(x.channel);
  return withSizes(
    builder.node(name, { op: 'squeeze', attributes: { axes: away.map((a) => ours.indexOf(a)) } }, [x], channel),
    left.map((a) => sizes[a]!),
  );
};

const unsqueeze: Lowering = (operand) => {
  const { name, builder } = operand;
  const given = axesOf(operand) ?? [];
  const [value] = operand.inputs;
  const added = (rank: number): number[] => given.map((a) => fileAxis(rank + given.length, a));
  const grown = <T>(sizes: readonly T[], one: T, at: readonly number[]): T[] => {
    const rest = [...sizes];
    return Array.from({ length: sizes.length + at.length }, (_, a) => (at.includes(a) ? one : rest.shift()!));
  };
  if (isListed(value)) {
    const at = added(value.shape.length);
    return onList(value, ({ shape, values }) => ({ shape: grown(shape, 1, at), values }));
  }
  const map = mapAt(operand, 0);
  const sizes = sizesOfMap(map);
  const at = added(sizes.length);
  if (at.includes(0)) throw new NotKnown('it puts an axis before the batch');
  const after = grown<Size>(sizes, 1, at);
  const wanted = operand.channelWanted(0, after);
  const takesNew = wanted !== null && at.includes(wanted);
  const x = takesNew ? builder.inFileOrder(map, name) : map;
  const old = grown<number>(
    sizes.map((_, a) => a),
    -1,
    at,
  );
  const channel = takesNew ? wanted : old.indexOf(x.channel);
  const ours = oursInFile(after.length, channel);
  const axes = ours.flatMap((axis, a) => (at.includes(axis) ? [a] : []));
  return withSizes(builder.node(name, { op: 'expandDims', attributes: { axes } }, [x], channel), after);
};

export const reshapingLowerings: readonly [string, Lowering][] = [
  ['Transpose', transpose],
  ['Reshape', reshape],
  ['Flatten', flatten],
  ['Squeeze', squeeze],
  ['Unsqueeze', unsqueeze],
];
