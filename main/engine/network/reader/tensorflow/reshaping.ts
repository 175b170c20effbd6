import { countOf } from '../lowering/array';
import { fileAxis, oursInFile, ourAxis, type Made } from '../lowering/builder';
import { isBatch, NotKnown, sizesIn, sizesOfMap, type MapValue, type Rows, type Size } from '../lowering/value';
import { isListed, onList, withSizes } from '../lowering/listed';
import { integersAtInput, mapAt } from './operand';
import type { Lowering, Operand } from './tracing';

const reshape: Lowering = (operand) => {
  const [value] = operand.inputs;
  const target = sizesIn(operand.inputs[1]);
  if (!target) throw new NotKnown('its shape is not understood');
  if (isListed(value)) return onList(value, ({ values }) => ({ shape: filled(target.values, values.length), values }));
  if (value?.kind === 'rows') return laidBack(operand, value, target.values);
  const x = mapAt(operand, 0);
  return rowsOf(x, target.values) ?? reshapedMap(operand, x, target.values);
};

/** One row a voxel: two axes, of which the last is the channels' own; or these between two of size 1. */
function rowsOf(x: MapValue, target: readonly Size[]): Rows | null {
  const sizes = sizesOfMap(x);
  const rank = sizes.length;
  const stood = target.length === 4 && target[0] === 1 && target[3] === 1;
  const [first, last, ...more] = stood ? target.slice(1, 3) : target;
  const own = x.channel === rank - 1 && typeof last === 'number' && last === sizes[rank - 1] && more.length === 0;
  const rows = { kind: 'rows', from: x, stood, made: null } as const;
  if (stood) return own && typeof first !== 'number' ? rows : null;
  const spread = first !== undefined && !isBatch(first) && sizes.slice(1, -1).some((n) => n !== 1);
  return own && rank > 2 && (spread || first === null) ? rows : null;
}

function laidBack({ builder, name }: Operand, { from, made }: Rows, target: readonly Size[]): MapValue {
  const sizes = sizesOfMap(from);
  const same = (n: Size | undefined, a: number): boolean => typeof n !== 'number' || n === -1 || n === sizes[a];
  const fits = target.length === sizes.length && target.slice(1, -1).every((n, a) => same(n, a + 1));
  if (!made || !fits) throw new NotKnown('it lays rows back in another way than they were taken');
  return builder.node(name, made, [from]);
}

function filled(target: readonly Size[], count: number): number[] {
  const fixed = target.filter((n): n is number => typeof n === 'number' && n !== -1).reduce((p, n) => p * n, 1);
  return target.map((n) => {
    if (typeof n !== 'number') throw new NotKnown('its shape hangs on a run');
    return n === -1 ? count / fixed : n;
  });
}

/** A map under another shape, in the file's order of elements; the batch must stay by itself. */
function reshapedMap(operand: Operand, map: MapValue, target: readonly Size[]): MapValue {
  const { builder, name } = operand;
  const x = builder.inFileOrder(map, name);
  const sizes = sizesOfMap(x).slice(1);
  const [first, ...rest] = target;
  if (first === undefined) throw new NotKnown('it leaves no axis');
  const count = sizes.every((n): n is number => typeof n === 'number') ? countOf(sizes) : null;
  const free = rest.filter((n) => typeof n !== 'number' || n === -1);
  const known = rest.filter((n): n is number => typeof n === 'number' && n !== -1);
  const same = free.length === 0 && count !== null && countOf(known) === count;
  const own = isBatch(first) || (first === builder.fixedBatch && first !== null);
  // Whatever is first, the rest holds all that one entry has; or the first is the batch by its own word.
  if (!same && !own) throw new NotKnown('it mixes the batch with other axes');
  const wanted = rest.map((n) => (typeof n === 'number' ? n : -1));
  if (wanted.filter((n) => n === -1).length > 1) throw new NotKnown('it leaves more than one size free');
  if (rest.length === 1) return builder.node(name, { op: 'flatten' }, [x]);
  if (rest.length === 0) throw new NotKnown('it leaves the batch alone');
  return builder.node(name, { op: 'reshape', attributes: { target: wanted } }, [x]);
}

/** Taking axes of size 1 away or putting them in: elements stay as they are. */
export function regarded(operand: Operand, x: MapValue, sizes: readonly Size[]): MapValue {
  const free = sizes.slice(1).filter((n) => typeof n !== 'number');
  const target = sizes.slice(1).map((n) => (typeof n === 'number' ? n : -1));
  if (free.length > 1) throw new NotKnown('more than one of its sizes is free');
  if (target.length === 0) throw new NotKnown('it leaves the batch alone');
  const made: Made = target.length === 1 ? { op: 'flatten' } : { op: 'reshape', attributes: { target } };
  const value = operand.builder.node(operand.name, made, [operand.builder.inFileOrder(x, operand.name)]);
  return withSizes(value, sizes);
}

const squeeze: Lowering = (operand) => {
  const axes =
    operand.node.attributes.get('squeeze_dims')?.list?.i ?? operand.node.attributes.get('axis')?.list?.i ?? [];
  const [value] = operand.inputs;
  const goneFrom = (sizes: readonly unknown[]): number[] =>
    axes.length > 0 ? axes.map((a) => fileAxis(sizes.length, a)) : sizes.flatMap((n, a) => (n === 1 ? [a] : []));
  const left = <T>(sizes: readonly T[]): T[] => sizes.filter((_, a) => !goneFrom(sizes).includes(a));
  if (isListed(value)) return onList(value, ({ shape, values }) => ({ shape: left(shape), values }));
  const x = mapAt(operand, 0);
  const sizes = sizesOfMap(x);
  if (axes.some((a) => fileAxis(sizes.length, a) === 0)) throw new NotKnown('it takes the batch away');
  const gone = goneFrom(sizes);
  if (gone.includes(x.channel) || gone.length === 0) return regarded(operand, x, left(sizes));
  const channel = x.channel - gone.filter((a) => a < x.channel).length;
  const attributes = { axes: gone.map((a) => ourAxis(x, a)).sort((a, b) => a - b) };
  return withSizes(operand.builder.node(operand.name, { op: 'squeeze', attributes }, [x], channel), left(sizes));
};

const expandDims: Lowering = (operand) => {
  const [value] = operand.inputs;
  const [axis] = integersAtInput(operand, 1);
  const grown = <T>(sizes: readonly T[], one: T): T[] => {
    const at = fileAxis(sizes.length + 1, axis!);
    return [...sizes.slice(0, at), one, ...sizes.slice(at)];
  };
  if (isListed(value)) return onList(value, ({ shape, values }) => ({ shape: grown(shape, 1), values }));
  const x = mapAt(operand, 0);
  const sizes = sizesOfMap(x);
  const at = fileAxis(sizes.length + 1, axis!);
  if (at === 0) throw new NotKnown('it puts an axis before the batch');
  // Behind the channels the new axis is theirs to be: what were channels are voxels then.
  if (at === sizes.length) return regarded(operand, x, grown<Size>(sizes, 1));
  const channel = at <= x.channel ? x.channel + 1 : x.channel;
  const attributes = { axes: [oursInFile(sizes.length + 1, channel).indexOf(at)] };
  const wider = operand.builder.node(operand.name, { op: 'expandDims', attributes }, [x], channel);
  return withSizes(wider, grown<Size>(sizes, 1));
};

/** Reshape, Squeeze and ExpandDims: the elements stay in their order, the axes change. */
export const reshapingLowerings: readonly [string, Lowering][] = [
  ['Reshape', reshape],
  ['Squeeze', squeeze],
  ['ExpandDims', expandDims],
];
