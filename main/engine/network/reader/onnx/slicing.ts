import { countOf, gathered, joined, sliced } from '../lowering/array';
import { pairwise } from '../lowering/arithmetic';
import { fileAxis, oursInFile, ourAxis } from '../lowering/builder';
import {
  constantOf,
  isBatch,
  NotKnown,
  settled,
  sizesIn,
  sizesOfMap,
  type Constant,
  type MapValue,
  type Size,
  sameSize,
} from '../lowering/value';
import { integerAt, integersAt } from './fileModel';
import { constantAt, integersAtInput, isConstant, mapAt, type Lowering, type Operand } from './operand';
import { isListed, onList, withSizes } from '../lowering/listed';

/** A run along some of the file's axes; what is not named stays whole. */
interface Run {
  readonly begin: number;
  readonly end: number | null;
  readonly step: number;
}

const slice: Lowering = (operand) => {
  const { node, opset, inputs } = operand;
  const [value] = inputs;
  const early = opset < 10;
  const list = (i: number, key: string): readonly number[] | null =>
    early ? integersAt(node, key) : inputs[i] === undefined ? null : integersAtInput(operand, i);
  const [starts, ends] = [list(1, 'starts'), list(2, 'ends')];
  if (!starts || starts.length !== ends?.length) throw new NotKnown('its beginnings or ends are missing');
  const rank = isListed(value) ? value.shape.length : sizesOfMap(mapAt(operand, 0)).length;
  const axes = (list(3, 'axes') ?? starts.map((_, a) => a)).map((a) => fileAxis(rank, a));
  const steps = (early ? null : list(4, 'steps')) ?? starts.map(() => 1);
  const runs = new Map(
    axes.map((axis, i): [number, Run] => [axis, { begin: starts[i]!, end: ends[i]!, step: steps[i]! }]),
  );
  if (isListed(value)) return onList(value, (array) => cutList(array, runs));
  return cut(operand, operand.name, mapAt(operand, 0), runs);
};

/** Ends beyond the array are its ends; steps of either sign. *Source* onnx/defs/tensor/defs.cc, Slice. */
function cutList<V extends Float32Array | Float64Array | readonly Size[]>(
  array: { readonly shape: readonly number[]; readonly values: V },
  runs: ReadonlyMap<number, Run>,
): { readonly shape: readonly number[]; readonly values: V } {
  const parts = array.shape.map((n, a) => {
    const run = runs.get(a) ?? { begin: 0, end: n, step: 1 };
    const from = (i: number): number => (i < 0 ? i + n : i);
    const end = run.end ?? n;
    const [begin, stop] =
      run.step > 0
        ? [Math.min(Math.max(from(run.begin), 0), n), Math.min(Math.max(from(end), 0), n)]
        : [Math.min(Math.max(from(run.begin), 0), n - 1), Math.min(Math.max(from(end), -1), n - 1)];
    return { begin, size: Math.max(0, Math.ceil((stop - begin) / run.step)), step: run.step };
  });
  return sliced(
    array,
    parts.map((p) => p.begin),
    parts.map((p) => p.size),
    parts.map((p) => p.step),
  );
}

function cut({ builder, fixedBatch }: Operand, name: string, x: MapValue, runs: ReadonlyMap<number, Run>): MapValue {
  const sizes = sizesOfMap(x);
  const whole: Run = { begin: 0, end: null, step: 1 };
  const ofBatch = runs.get(0);
  const batchStays =
    !ofBatch || (ofBatch.begin === 0 && ofBatch.step === 1 && (ofBatch.end ?? Infinity) >= (fixedBatch ?? 2 ** 31 - 1));
  if (!batchStays) throw new NotKnown('it takes a part of the batch');
  if ([...runs.values()].some(({ step }) => step < 1)) throw new NotKnown('it walks backwards');
  const order = oursInFile(sizes.length, x.channel).slice(1);
  const ours = order.map((a) => runs.get(a) ?? whole);
  const attributes = {
    begin: ours.map((run) => run.begin),
    end: ours.map(({ end }) => (end === null || end > 2 ** 30 ? null : end)),
    step: ours.map((run) => run.step),
  };
  const value = builder.node(name, { op: 'slice', attributes }, [x], x.channel);
  return withSizes(
    value,
    sizes.map((size, a) => (a === 0 || !runs.has(a) ? size : sizesOfMap(value)[a]!)),
  );
}

const split: Lowering = (operand) => {
  const { node, name, opset, inputs } = operand;
  const x = mapAt(operand, 0);
  const sizes = sizesOfMap(x);
  const axis = fileAxis(sizes.length, integerAt(node, 'axis', 0));
  if (axis === 0) throw new NotKnown('it takes the batch apart');
  const given = opset < 13 ? integersAt(node, 'split') : inputs[1] === undefined ? null : integersAtInput(operand, 1);
  const size = sizes[axis];
  const count = node.outputs.length;
  if (!given && typeof size !== 'number') throw new NotKnown('it takes an axis of free size apart');
  const each = typeof size === 'number' ? Math.ceil(size / count) : 0;
  const parts = given ?? Array.from({ length: count }, (_, i) => Math.min(each, Number(size) - i * each));
  if (parts.length !== count || parts.some((n) => n < 1)) throw new NotKnown(`its parts are ${parts.join(', ')}`);
  let begin = 0;
  return parts.map((n, i) => {
    const value = cut(operand, partName(operand, name, i), x, new Map([[axis, { begin, end: begin + n, step: 1 }]]));
    begin += n;
    operand.builder.onlyWhenRead(value);
    return value;
  });
};

/** Nodes of further outputs bear the operation's name and their number. */
function partName({ builder }: Operand, name: string, part: number): string {
  const own = part === 0 ? name : `${name}:${part}`;
  for (let i = 1; ; i++) {
    const tried = i === 1 ? own : `${own}@${i}`;
    if (!builder.has(tried)) return tried;
  }
}

const concatenation: Lowering = (operand) => {
  const { node, name, builder, inputs } = operand;
  const axis = integerAt(node, 'axis', 1);
  if (inputs.every(isConstant)) {
    const made = joined<Float32Array | Float64Array>(inputs, fileAxis(inputs[0]?.shape.length ?? 0, axis));
    return constantOf(made.shape, made.values, inputs[0]?.integer ?? false);
  }
  if (inputs.every(isListed)) {
    const lists = inputs.map((part) => sizesIn(part)!);
    return settled(joined(lists, fileAxis(lists[0]!.shape.length, axis)));
  }
  const maps = inputs.map((_, i) => mapAt(operand, i));
  const [lead] = maps as [MapValue, ...MapValue[]];
  const rank = sizesOfMap(lead).length;
  const at = fileAxis(rank, axis);
  if (at === 0) throw new NotKnown('it joins entries of the batch');
  const turned = maps.map((map) => builder.withChannel(map, lead.channel, name));
  const value = builder.node(name, { op: 'concatenate', attributes: { axis: ourAxis(lead, at) } }, turned);
  const known = maps.map(({ sizes }) => sizes);
  return withSizes(
    value,
    sizesOfMap(value).map((size, a) =>
      a !== at && known.every((own) => sameSize(own?.[a], known[0]?.[a])) ? known[0]![a]! : size,
    ),
  );
};

/** Places along one axis, by constant indices. */
const gather: Lowering = (operand) => {
  const { node, name, builder } = operand;
  const [value] = operand.inputs;
  const axis = integerAt(node, 'axis', 0);
  const indices = constantAt(operand, 1);
  if (isListed(value)) return onList(value, (array) => gathered(array, indices, fileAxis(array.shape.length, axis)));
  const x = mapAt(operand, 0);
  const sizes = sizesOfMap(x);
  const at = fileAxis(sizes.length, axis);
  if (at === 0) throw new NotKnown('it chooses entries of the batch');
  if (indices.shape.length > 1) throw new NotKnown('its indices have several axes');
  const size = sizes[at];
  const list = [...indices.values].map((i) => (i < 0 && typeof size === 'number' ? i + size : i));
  if (typeof size === 'number' && list.some((i) => i < 0 || i >= size))
    throw new NotKnown('its indices lie outside the map');
  const alone = indices.shape.length === 0;
  if (list.some((i) => i < 0)) throw new NotKnown('it counts from the end of a free axis');
  const run = list.every((index, i) => index === list[0]! + i);
  const own = alone ? `${name}:cell` : name;
  const taken = run
    ? cut(operand, own, x, new Map([[at, { begin: list[0]!, end: list[0]! + list.length, step: 1 }]]))
    : withSizes(
        builder.node(own, { op: 'gather', attributes: { axis: ourAxis(x, at), indices: list } }, [x], x.channel),
        sizes.map((n, a) => (a === at ? list.length : n)),
      );
  return alone ? withoutAxis(operand, taken, at) : taken;
};

function withoutAxis({ name, builder }: Operand, x: MapValue, axis: number): MapValue {
  const sizes = sizesOfMap(x);
  if (sizes.length < 3) throw new NotKnown('it leaves the batch alone');
  const left = sizes.map((_, a) => a).filter((a) => a !== axis);
  const channel = axis === x.channel ? left.length - 1 : left.indexOf(x.channel);
  const attributes = { axes: [ourAxis(x, axis)] };
  return withSizes(
    builder.node(name, { op: 'squeeze', attributes }, [x], channel),
    left.map((a) => sizes[a]!),
  );
}

const repeated = (
  { name, builder }: Operand,
  x: MapValue,
  times: readonly number[],
  after: readonly Size[],
): MapValue => {
  if (times.every((n) => n === 1)) return withSizes(builder.node(name, { op: 'identity' }, [x], x.channel), after);
  const order = oursInFile(times.length, x.channel).slice(1);
  return withSizes(
    builder.node(name, { op: 'tile', attributes: { times: order.map((a) => times[a]!) } }, [x], x.channel),
    after,
  );
};

const tile: Lowering = (operand) => {
  const [value] = operand.inputs;
  const times = integersAtInput(operand, 1);
  if (!isListed(value) || value.kind !== 'constant') {
    const x = mapAt(operand, 0);
    const sizes = sizesOfMap(x);
    if (times.length !== sizes.length || times[0] !== 1) throw new NotKnown('it repeats the batch');
    return repeated(
      operand,
      x,
      times,
      sizes.map((n, a) => (times[a] === 1 ? n : typeof n === 'number' ? n * times[a]! : null)),
    );
  }
  operand.allow(value.values.length * countOf(times));
  let result: Constant = value;
  times.forEach((n, axis) => {
    const made = joined<Float32Array | Float64Array>(
      Array.from({ length: n }, () => result),
      axis,
    );
    result = constantOf(made.shape, made.values, value.integer);
  });
  return result;
};

/** Axes of size 1 repeated until the map has the wanted sizes; axes are aligned at the end. */
const expand: Lowering = (operand) => {
  const [value] = operand.inputs;
  const target = sizesIn(operand.inputs[1])?.values;
  if (!target) throw new NotKnown('its sizes are not understood');
  if (isConstant(value)) {
    if (!target.every((n): n is number => typeof n === 'number')) throw new NotKnown('its sizes hang on a run');
    operand.allow(countOf(target));
    const ones = constantOf(target, new Float64Array(countOf(target)).fill(1), true);
    return { ...pairwise(value, ones, (x) => x), integer: value.integer };
  }
  const x = mapAt(operand, 0);
  const sizes = sizesOfMap(x);
  if (target.length > sizes.length) throw new NotKnown('it puts axes before the batch');
  const wanted: Size[] = [...sizes.slice(0, sizes.length - target.length), ...target];
  const own = wanted[0]!;
  if (!(isBatch(own) || own === 1 || own === operand.fixedBatch)) throw new NotKnown('it repeats the batch');
  const times = sizes.map((n, a) => timesTo(n, wanted[a]!, a));
  return repeated(
    operand,
    x,
    times,
    sizes.map((n, a) => (times[a] === 1 ? n : wanted[a]!)),
  );
};

function timesTo(size: Size, wanted: Size, axis: number): number {
  if (axis === 0 || wanted === 1 || wanted === size || sameSize(size, wanted)) return 1;
  if (size !== 1 || typeof wanted !== 'number') throw new NotKnown('it spreads to sizes that only a run tells');
  return wanted;
}

/** Amounts for each of the file's axes: [before, after]. */
const pad: Lowering = (operand) => {
  const { node, name, builder, opset, inputs } = operand;
  const x = mapAt(operand, 0);
  const rank = sizesOfMap(x).length;
  const list = opset < 11 ? integersAt(node, 'pads') : integersAtInput(operand, 1);
  const axes = opset < 18 || inputs[3] === undefined ? null : integersAtInput(operand, 3).map((a) => fileAxis(rank, a));
  const count = axes?.length ?? rank;
  if (list?.length !== 2 * count) throw new NotKnown('its amounts do not fit its axes');
  const amounts = Array.from({ length: rank }, (_, a): readonly [number, number] => {
    const at = axes ? axes.indexOf(a) : a;
    return at === -1 ? [0, 0] : [list[at]!, list[at + count]!];
  });
  const value =
    opset < 11
      ? (node.attributes.get('value')?.f ?? 0)
      : inputs[2] === undefined
        ? 0
        : (constantAt(operand, 2).values[0] ?? 0);
  const mode = node.attributes.get('mode')?.s ?? 'constant';
  if (amounts[0]!.some((n) => n !== 0)) throw new NotKnown('it pads the batch');
  const cuts = amounts.flatMap(([before, after], a): [number, Run][] =>
    before < 0 || after < 0 ? [[a, { begin: Math.max(0, -before), end: after < 0 ? after : null, step: 1 }]] : [],
  );
  const grown = oursInFile(rank, x.channel)
    .slice(1)
    .map((a) => amounts[a]!.map((n) => Math.max(0, n)) as [number, number]);
  if (grown.every(([before, after]) => before === 0 && after === 0))
    return cuts.length > 0
      ? cut(operand, name, x, new Map(cuts))
      : builder.node(name, { op: 'identity' }, [x], x.channel);
  const inner = cuts.length > 0 ? cut(operand, `${name}:cut`, x, new Map(cuts)) : x;
  return builder.node(name, bordered(grown, mode, value), [inner], x.channel);
};

function bordered(
  amounts: readonly (readonly [number, number])[],
  mode: string,
  value: number,
): { readonly op: string; readonly attributes: Readonly<Record<string, unknown>> } {
  const spatial = amounts.slice(0, -1);
  const last = amounts.at(-1)!;
  const image = spatial.length >= 1 && spatial.length <= 3 && last[0] === 0 && last[1] === 0;
  if (image && mode === 'constant' && value === 0)
    return { op: `zeroPad${spatial.length}d`, attributes: { amounts: spatial } };
  if (image && mode === 'reflect') return { op: `reflectPad${spatial.length}d`, attributes: { amounts: spatial } };
  if (!['constant', 'reflect', 'edge', 'wrap'].includes(mode)) throw new NotKnown(`it pads by ${mode}`);
  return { op: 'pad', attributes: { amounts, mode, value } };
}

export const slicingLowerings: readonly [string, Lowering][] = [
  ['Slice', slice],
  ['Split', split],
  ['Concat', concatenation],
  ['Gather', gather],
  ['Tile', tile],
  ['Expand', expand],
  ['Pad', pad],
];
