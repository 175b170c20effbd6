import { sliced } from '../lowering/array';
import { oursInFile } from '../lowering/builder';
import { NotKnown, sizesOfMap, type MapValue, type Size, type Value } from '../lowering/value';
import { integerAt } from './fileGraph';
import { regarded } from './reshaping';
import { isListed, onList, withSizes, type Listed } from '../lowering/listed';
import { integersAtInput, mapAt } from './operand';
import type { Lowering, Operand } from './tracing';

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
  return withSizes(
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

/** Parts along any axes. */
export const slicingLowerings: readonly [string, Lowering][] = [
  ['Slice', slice],
  ['StridedSlice', stridedSlice],
];
