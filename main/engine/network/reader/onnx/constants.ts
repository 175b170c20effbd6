import { countOf } from '../lowering/array';
import {
  constantOf,
  NotKnown,
  settled,
  sizesIn,
  sizesOfMap,
  type Constant,
  type MapValue,
  type Size,
  type Value,
} from '../lowering/value';
import { integerAt, type OutsideFiles } from './fileModel';
import { isFloat, isNumeric, typeWord } from './tensor';
import { constantAt, mapAt, numberAtInput, type Lowering } from './operand';

/** A value that the file states in the operation itself. */
export const constant =
  (outside: OutsideFiles): Lowering =>
  ({ node }) => {
    const { attributes } = node;
    const tensor = attributes.get('value')?.tensor;
    if (tensor) return tensor.value(outside);
    const [float, int] = [attributes.get('value_float')?.f, attributes.get('value_int')?.i];
    if (float !== undefined) return constantOf([], Float32Array.of(float));
    if (int !== undefined) return constantOf([], [int], true);
    const floats = attributes.get('value_floats')?.floats;
    if (floats) return constantOf([floats.length], Float32Array.from(floats));
    const ints = attributes.get('value_ints')?.ints;
    if (ints) return constantOf([ints.length], ints, true);
    return { kind: 'opaque', what: 'a text or a sparse tensor', texts: [] };
  };

/** The sizes of a value; `start` and `end` cut a run out of them. */
const shape: Lowering = (operand) => {
  const { node, inputs } = operand;
  const [value] = inputs;
  const whole: readonly Size[] =
    value?.kind === 'constant' ? value.shape : value?.kind === 'sizes' ? value.shape : sizesOfMap(mapAt(operand, 0));
  const values = whole.slice(integerAt(node, 'start', 0), node.attributes.get('end')?.i ?? whole.length);
  return settled({ shape: [values.length], values });
};

const size: Lowering = (operand) => {
  const [value] = operand.inputs;
  if (value?.kind === 'constant') return constantOf([], [value.values.length], true);
  const sizes = sizesOfMap(mapAt(operand, 0));
  if (!sizes.every((n): n is number => typeof n === 'number'))
    throw new NotKnown('it counts numbers that only a run tells');
  return constantOf([], [countOf(sizes)], true);
};

/** One number over and over. */
const filled: Lowering = (operand) => {
  const sizes = sizesIn(operand.inputs[0]);
  if (!sizes?.values.every((n): n is number => typeof n === 'number' && n >= 0))
    throw new NotKnown('its sizes hang on a run');
  const made = operand.node.attributes.get('value')?.tensor?.value(new Map());
  const value = made?.kind === 'constant' ? made : constantOf([1], Float32Array.of(0));
  const count = countOf(sizes.values);
  operand.allow(count);
  const values = value.integer ? new Float64Array(count) : new Float32Array(count);
  return constantOf(sizes.values, values.fill(value.values[0] ?? 0), value.integer);
};

const range: Lowering = (operand) => {
  const [start, limit, step] = [0, 1, 2].map((i) => numberAtInput(operand, i)) as [number, number, number];
  const count = Math.max(0, Math.ceil((limit - start) / step));
  operand.allow(count);
  const values = Float64Array.from({ length: count }, (_, i) => start + i * step);
  const { integer } = constantAt(operand, 0);
  return constantOf([count], integer ? values : Float32Array.from(values), integer);
};

/** What leaves its first input as it is at inference. */
const identity: Lowering = (operand) => {
  const [value] = operand.inputs;
  if (value && value.kind !== 'map') return value;
  const x = mapAt(operand, 0);
  return {
    ...operand.builder.node(operand.name, { op: 'identity' }, [x], x.channel),
    ...(x.sizes ? { sizes: x.sizes } : {}),
  };
};

/** Left out at inference; a mask is no output then. */
const dropout: Lowering = (operand) => {
  const training = operand.opset >= 12 && operand.inputs[2] !== undefined && numberAtInput(operand, 2) !== 0;
  if (training) throw new NotKnown('it drops values by chance');
  return identity(operand);
};

/** To floats nothing changes; to whole numbers constants are cut off, and maps must be such already. */
const cast: Lowering = (operand) => {
  const [value] = operand.inputs;
  const to = integerAt(operand.node, 'to', 1);
  if (!isNumeric(to)) throw new NotKnown(`it makes numbers into ${typeWord(to)}`);
  const float = isFloat(to);
  if (value?.kind === 'constant') return float ? asFloat(value) : asInteger(value, to === 9);
  if (!float && value?.kind === 'map') {
    const { name, builder } = operand;
    if (to === 9)
      return builder.node(
        name,
        { op: 'compare', attributes: { relation: 'notEqual', than: 0 } },
        [value],
        value.channel,
      );
    return truncated(operand, value);
  }
  return identity(operand);
};

/** Towards zero: the sign times the floor of the size. */
function truncated({ name, builder }: Parameters<Lowering>[0], x: MapValue): Value {
  const part = (word: string, from: MapValue): MapValue =>
    builder.node(`${name}:${word}`, { op: 'elementwise', attributes: { function: word } }, [from], x.channel);
  return builder.node(name, { op: 'multiply' }, [part('sign', x), part('floor', part('abs', x))], x.channel);
}

const asFloat = ({ shape: sizes, values }: Constant): Constant =>
  constantOf(sizes, values instanceof Float32Array ? values : Float32Array.from(values));

const asInteger = ({ shape: sizes, values }: Constant, truth: boolean): Constant =>
  constantOf(sizes, Float64Array.from(values, truth ? (v) => Number(v !== 0) : Math.trunc), true);

export const constantLowerings: readonly [string, Lowering][] = [
  ['Shape', shape],
  ['Size', size],
  ['ConstantOfShape', filled],
  ['Range', range],
  ['Identity', identity],
  ['Dropout', dropout],
  ['Cast', cast],
  ['CastLike', identity],
];
