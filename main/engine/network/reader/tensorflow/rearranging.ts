import { countOf, gathered, joined, sliced, tiled, transposed } from '../lowering/array';
import { fileAxis, oursInFile, ourAxis, type Made } from '../lowering/builder';
import {
  batchSize,
  constantOf,
  dead,
  isBatch,
  NotKnown,
  settled,
  sizesIn,
  sizesOfMap,
  wholeNumber,
  wholeNumbers,
  type Constant,
  type MapValue,
  type Rows,
  type Size,
  type Sizes,
  type Value,
} from '../lowering/value';
import { integerAt, wordAt } from './fileGraph';
import { constantAt, each, integersAtInput, isConstant, mapAt } from './operand';
import type { Lowering, Operand } from './tracing';

/** What is rearranged alike: a constant's numbers, or sizes of which some only a run tells. */
type Listed = Constant | Sizes;

const isListed = (value: Value | undefined): value is Listed => value?.kind === 'constant' || value?.kind === 'sizes';

/** The same work on numbers and on sizes. */
function onList(
  value: Listed,
  work: <V extends Float32Array | Float64Array | readonly Size[]>(array: {
    shape: readonly number[];
    values: V;
  }) => { readonly shape: readonly number[]; readonly values: V },
): Listed {
  if (value.kind === 'sizes') return settled(work(value));
  const { shape, values } = work(value);
  return constantOf(shape, values, value.integer);
}

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
  return renamed(
    operand.builder.node(operand.name, made, [x], channel),
    axes.map((axis) => sizesOfMap(x)[axis]!),
  );
};

/** The same map with sizes that are known better than the operation can tell. */
const renamed = (value: MapValue, sizes: readonly Size[]): MapValue => ({ ...value, sizes });

const reshape: Lowering = (operand) => {
  const [value] = operand.inputs;
  const target = sizesIn(operand.inputs[1]);
  if (!target) throw new NotKnown('its shape is not understood');
  if (isListed(value)) return onList(value, ({ values }) => ({ shape: filled(target.values, values.length), values }));
  if (value?.kind === 'rows') return laidBack(operand, value, target.values);
  const x = mapAt(operand, 0);
  return rowsOf(x, target.values) ?? reshapedMap(operand, x, target.values);
};

/** One row a voxel: two axes, of which the last is the channels' own. */
function rowsOf(x: MapValue, [first, last, ...more]: readonly Size[]): Rows | null {
  const sizes = sizesOfMap(x);
  const rank = sizes.length;
  const own = x.channel === rank - 1 && typeof last === 'number' && last === sizes[rank - 1] && more.length === 0;
  const spread = first !== undefined && !isBatch(first) && sizes.slice(1, -1).some((n) => n !== 1);
  return own && rank > 2 && (spread || first === null) ? { kind: 'rows', from: x, dense: null } : null;
}

function laidBack({ builder, name }: Operand, { from, dense }: Rows, target: readonly Size[]): MapValue {
  const sizes = sizesOfMap(from);
  const same = (n: Size | undefined, a: number): boolean => typeof n !== 'number' || n === -1 || n === sizes[a];
  const fits = target.length === sizes.length && target.slice(1, -1).every((n, a) => same(n, a + 1));
  if (!dense || !fits) throw new NotKnown('it lays rows back in another way than they were taken');
  return builder.node(name, { op: 'dense', ...dense }, [from]);
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
function regarded(operand: Operand, x: MapValue, sizes: readonly Size[]): MapValue {
  const free = sizes.slice(1).filter((n) => typeof n !== 'number');
  const target = sizes.slice(1).map((n) => (typeof n === 'number' ? n : -1));
  if (free.length > 1) throw new NotKnown('more than one of its sizes is free');
  if (target.length === 0) throw new NotKnown('it leaves the batch alone');
  const made: Made = target.length === 1 ? { op: 'flatten' } : { op: 'reshape', attributes: { target } };
  const value = operand.builder.node(operand.name, made, [operand.builder.inFileOrder(x, operand.name)]);
  return renamed(value, sizes);
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
  return renamed(operand.builder.node(operand.name, { op: 'squeeze', attributes }, [x], channel), left(sizes));
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
  return renamed(wider, grown<Size>(sizes, 1));
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
  return renamed(
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

const slice: Lowering = (operand) => {
  const [value] = operand.inputs;
  const begin = integersAtInput(operand, 1);
  const size = integersAtInput(operand, 2);
  if (isListed(value)) {
    const whole = size.map((n, a) => (n === -1 ? value.shape[a]! - begin[a]! : n));
    return onList(value, (array) =>
      sliced(
        array,
        begin,
        whole,
        begin.map(() => 1),
      ),
    );
  }
  const end = size.map((n, a) => (n === -1 ? null : begin[a]! + n));
  return slicedMap(
    operand,
    mapAt(operand, 0),
    begin,
    end,
    begin.map(() => 1),
  );
};

function slicedMap(
  operand: Operand,
  x: MapValue,
  begin: readonly number[],
  end: readonly (number | null)[],
  step: readonly number[],
): MapValue {
  const sizes = sizesOfMap(x);
  if (begin.length !== sizes.length) throw new NotKnown('it cuts other axes');
  if (step.some((s) => s < 1)) throw new NotKnown('it walks backwards');
  const oneOfBatch = begin[0] === 0 && step[0] === 1;
  if (!oneOfBatch || (end[0] !== null && end[0] !== undefined)) throw new NotKnown('it takes a part of the batch');
  const order = oursInFile(sizes.length, x.channel).slice(1);
  const attributes = {
    begin: order.map((a) => begin[a]!),
    end: order.map((a) => end[a] ?? null),
    step: order.map((a) => step[a]!),
  };
  const value = operand.builder.node(operand.name, { op: 'slice', attributes }, [x], x.channel);
  const whole = (a: number): boolean => begin[a] === 0 && (end[a] ?? null) === null && step[a] === 1;
  return renamed(
    value,
    sizesOfMap(value).map((size, a) => (whole(a) ? sizes[a]! : size)),
  );
}

/** Ends, steps and masks of a Python-like index. *Source* tensorflow/core/ops/array_ops.cc, StridedSlice. */
const stridedSlice: Lowering = (operand) => {
  const { node } = operand;
  const [value] = operand.inputs;
  const [begin, end, step] = [1, 2, 3].map((i) => integersAtInput(operand, i)) as [number[], number[], number[]];
  const mask = (key: string, i: number): boolean => ((integerAt(node, key, 0) >> i) & 1) === 1;
  const rank = isListed(value) ? value.shape.length : sizesOfMap(mapAt(operand, 0)).length;
  const sizes: readonly Size[] = isListed(value) ? value.shape : sizesOfMap(mapAt(operand, 0));
  const terms = begin.length;
  const fresh = begin.map((_, i) => i).filter((i) => mask('new_axis_mask', i));
  const dots = begin.findIndex((_, i) => mask('ellipsis_mask', i));
  const starts: number[] = [];
  const stops: (number | null)[] = [];
  const steps: number[] = [];
  const shrunk: number[] = [];
  const added: number[] = [];
  let kept = 0;
  for (let i = 0; i < terms; i++) {
    if (i === dots) {
      const covered = rank - (terms - fresh.length - 1);
      for (let a = 0; a < covered; a++) {
        starts.push(0);
        stops.push(null);
        steps.push(1);
        kept++;
      }
      continue;
    }
    if (fresh.includes(i)) {
      added.push(kept++);
      continue;
    }
    const axis = starts.length;
    const n = sizes[axis];
    const only = mask('shrink_axis_mask', i);
    const low = mask('begin_mask', i) && !only ? 0 : begin[i]!;
    const from = low < 0 && typeof n === 'number' ? low + n : low;
    starts.push(from);
    stops.push(only ? from + 1 || null : mask('end_mask', i) ? null : end[i]!);
    steps.push(only ? 1 : step[i]!);
    if (only) shrunk.push(axis);
    else kept++;
  }
  while (starts.length < rank) {
    starts.push(0);
    stops.push(null);
    steps.push(1);
  }
  if (isListed(value)) return slicedList(value, starts, stops, steps, shrunk, added);
  // An end at or beyond the axis' own size is its end.
  const open = stops.map((stop, a) =>
    stop !== null && typeof sizes[a] === 'number' && stop >= sizes[a] ? null : stop,
  );
  const untouched = starts.every((s, a) => s === 0 && open[a] === null && steps[a] === 1);
  const x = mapAt(operand, 0);
  if (shrunk.length === 0 && added.length === 0) return slicedMap(operand, x, starts, open, steps);
  if (shrunk.includes(0)) throw new NotKnown('it takes one entry of the batch');
  const part = untouched ? x : slicedMap({ ...operand, name: `${operand.name}:part` }, x, starts, open, steps);
  const left = sizesOfMap(part).filter((_, a) => !shrunk.includes(a));
  for (const axis of added) left.splice(axis, 0, 1);
  if (added.includes(0)) throw new NotKnown('it puts an axis before the batch');
  return regarded(operand, part, left);
};

function slicedList(
  value: Listed,
  starts: readonly number[],
  stops: readonly (number | null)[],
  steps: readonly number[],
  shrunk: readonly number[],
  added: readonly number[],
): Value {
  const begin = starts.map((s, a) => Math.min(Math.max(s, steps[a]! < 0 ? -1 : 0), value.shape[a]!));
  const size = value.shape.map((n, a) => {
    const back = steps[a]! < 0;
    const stop = stops[a] ?? null;
    const end = stop === null ? (back ? -1 : n) : stop < 0 ? Math.max(stop + n, -1) : Math.min(stop, n);
    return Math.max(0, Math.ceil((end - (back ? Math.min(begin[a]!, n - 1) : begin[a]!)) / steps[a]!));
  });
  const first = begin.map((b, a) => (steps[a]! < 0 ? Math.min(b, value.shape[a]! - 1) : b));
  return onList(value, (array) => {
    const part = sliced(array, first, size, steps);
    const shape = part.shape.filter((_, a) => !shrunk.includes(a));
    for (const axis of added) shape.splice(axis, 0, 1);
    return { shape, values: part.values };
  });
}

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

/** A value as it is: of a map a node, so that the file's name for it stays. */
const identity: Lowering = (operand) => {
  const [value] = operand.inputs;
  if (value?.kind !== 'map') return value ?? { kind: 'opaque', what: operand.node.op, texts: [] };
  return passed(operand, value);
};

function passed(operand: Operand, value: MapValue): MapValue {
  const made = operand.builder.node(operand.name, { op: 'identity' }, [value], value.channel);
  return value.sizes ? renamed(made, value.sizes) : made;
}

const switched: Lowering = ({ inputs: [value, choice] }) => {
  if (choice?.kind !== 'constant') throw new NotKnown('which way it goes hangs on a run');
  return choice.values[0] ? [dead, value!] : [value!, dead];
};

const merged: Lowering = (operand) => {
  const alive = operand.inputs.filter((input) => input.kind !== 'dead');
  if (alive.length !== 1) throw new NotKnown(`${alive.length} ways lead to it`);
  return identity({ ...operand, inputs: alive });
};

/** `select`: one of two by a constant choice. */
const selected: Lowering = ({ inputs: [choice, yes, no] }) => {
  if (choice?.kind !== 'constant' || choice.values.length !== 1 || !yes || !no)
    throw new NotKnown('what it chooses hangs on a run');
  return choice.values[0] ? yes : no;
};

const nothing: Lowering = () => ({ kind: 'opaque', what: 'nothing', texts: [] });

export const rearrangingLowerings: readonly [string, Lowering][] = [
  ...each(
    [
      'Identity',
      'StopGradient',
      'PreventGradient',
      'Snapshot',
      'CheckNumerics',
      'EnsureShape',
      'PlaceholderWithDefault',
      'ReadVariableOp',
      'IdentityN',
    ],
    identity,
  ),
  ['Transpose', permute],
  ['Reshape', reshape],
  ['Squeeze', squeeze],
  ['ExpandDims', expandDims],
  ...each(['Pad', 'PadV2', 'MirrorPad'], pad),
  ...each(['ConcatV2', 'Concat'], concatenation),
  ...each(['Split', 'SplitV'], split),
  ...each(['Unpack', 'Unstack'], unpack),
  ['Slice', slice],
  ['StridedSlice', stridedSlice],
  ...each(['Pack', 'Stack'], pack),
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
  ['Switch', switched],
  ['Merge', merged],
  ...each(['Select', 'SelectV2'], selected),
  ...each(['NoOp', 'Assert'], nothing),
];
