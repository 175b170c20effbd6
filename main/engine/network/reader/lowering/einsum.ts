import { countOf, transposed } from './array';
import { weight, type GraphBuilder, type Made } from './builder';
import { withSizes } from './listed';
import { NotKnown, sizesOfMap, type Constant, type MapValue, type Size, type Value } from './value';

/** A letter for each axis: of both operands and of what comes out. Axes that `...` stands for are counted from the last one. */
interface Equation {
  readonly operands: readonly (readonly string[])[];
  readonly out: readonly string[];
}

interface Place {
  readonly builder: GraphBuilder;
  readonly name: string;
}

/** One of the operations that follow one another; the last of them bears the name. */
interface Step {
  readonly part: string;
  readonly made: Made;
  readonly more?: readonly MapValue[];
}

/**
 * Einstein's sum over two operands, in the operations that are known: a map by a constant is a dense layer over the axes that are summed
 * up, two maps are multiplied as stacks of matrices; axes are turned and folded before and behind. The batch stays by itself.
 */
export function einsum({ builder, name }: Place, text: string, inputs: readonly (Value | undefined)[]): MapValue {
  const [a, b] = inputs;
  const place = { builder, name };
  if (inputs.length !== 2) throw new NotKnown(`it sums over ${inputs.length} operands`);
  if (a?.kind === 'map' && b?.kind === 'constant') return byConstant(place, a, b, equationOf(text, [a, b]));
  if (a?.kind === 'constant' && b?.kind === 'map') {
    const { operands, out } = equationOf(text, [a, b]);
    return byConstant(place, b, a, { operands: operands.toReversed(), out });
  }
  if (a?.kind === 'map' && b?.kind === 'map') return byMap(place, a, b, equationOf(text, [a, b]));
  throw new NotKnown('it sums over what is no map');
}

function equationOf(text: string, operands: readonly (MapValue | Constant)[]): Equation {
  const [left = '', right] = text.replaceAll(' ', '').split('->');
  const sides = left.split(',');
  if (sides.length !== operands.length) throw new NotKnown(`its equation is ${text}`);
  const ranks = operands.map((one) => (one.kind === 'map' ? sizesOfMap(one) : one.shape).length);
  const letters = sides.map((side, i) => lettersOf(side, ranks[i]! - side.replace('...', '').length));
  if (letters.some((own, i) => own.length !== ranks[i] || new Set(own).size !== own.length))
    throw new NotKnown(`its equation is ${text}`);
  const all = letters.flat();
  const dots = Math.max(...letters.map((own) => own.filter((letter) => letter.startsWith('.')).length));
  const once = all.filter((letter) => !letter.startsWith('.') && all.indexOf(letter) === all.lastIndexOf(letter));
  const out = lettersOf(right ?? `...${once.sort().join('')}`, dots);
  if (new Set(out).size !== out.length || out.some((letter) => !all.includes(letter)))
    throw new NotKnown(`its equation is ${text}`);
  return { operands: letters, out };
}

function lettersOf(side: string, dots: number): readonly string[] {
  const [before = '', after, ...more] = side.split('...');
  if (more.length > 0 || !/^[A-Za-z]*$/.test(before + (after ?? ''))) throw new NotKnown(`its equation holds ${side}`);
  if (after === undefined) return Array.from(before);
  return [
    ...Array.from(before),
    ...Array.from({ length: Math.max(0, dots) }, (_, n) => `.${dots - n}`),
    ...Array.from(after),
  ];
}

function byConstant(place: Place, map: MapValue, constant: Constant, { operands, out }: Equation): MapValue {
  const [letters, own] = operands as [readonly string[], readonly string[]];
  const kept = letters.filter((letter) => out.includes(letter));
  const summed = letters.filter((letter) => !out.includes(letter));
  const fresh = own.filter((letter) => !letters.includes(letter));
  if (own.some((letter) => kept.includes(letter))) throw new NotKnown('its constant differs along an axis that stays');
  wantPairs(summed, own, fresh, out);
  const sizes = sizesBy(letters, map);
  for (const letter of own) sizes.set(letter, constant.shape[own.indexOf(letter)]!);
  const matrix = transposed(
    constant,
    [...summed, ...fresh].map((letter) => own.indexOf(letter)),
  );
  const [inside, outside] = [summed, fresh].map((some) => product(some, sizes)!);
  const kernel = weight('kernel', { ...constant, ...matrix }, [inside!, outside!]);
  const along = kept.map((letter) => sizes.get(letter) ?? null);
  return built(place, inOrder(place, map, letters, out), sizes, out, [
    ...turning(letters, [...kept, ...summed]),
    ...(summed.length === 1 ? [] : [reshaping('folded', [...along, inside!])]),
    { part: 'product', made: { op: 'dense', weights: [kernel] } },
    ...(fresh.length === 1
      ? []
      : [
          reshaping(
            'unfolded',
            [...kept, ...fresh].map((x) => sizes.get(x) ?? null),
          ),
        ]),
    ...turning([...kept, ...fresh], out),
  ]);
}

function byMap(place: Place, a: MapValue, b: MapValue, { operands, out }: Equation): MapValue {
  const [left, right] = operands as [readonly string[], readonly string[]];
  const stacks = left.filter((letter) => right.includes(letter) && out.includes(letter));
  const summed = left.filter((letter) => right.includes(letter) && !out.includes(letter));
  const rows = left.filter((letter) => !right.includes(letter));
  const columns = right.filter((letter) => !left.includes(letter));
  wantPairs(summed, right, [...rows, ...columns], out);
  const sizes = sizesBy(left, a);
  for (const [letter, size] of sizesBy(right, b)) if (typeof sizes.get(letter) !== 'number') sizes.set(letter, size);
  const along = stacks.map((letter) => sizes.get(letter) ?? null);
  const stack = (map: MapValue, letters: readonly string[], parts: readonly (readonly string[])[], part: string) => {
    const own = { ...place, name: `${place.name}:${part}` };
    const plain = parts.every((some) => some.length === 1);
    return built(own, inOrder(place, map, letters, out), null, null, [
      ...turning(letters, [...stacks, ...parts.flat()]),
      ...(plain ? [] : [reshaping('folded', [...along, ...parts.map((some) => product(some, sizes))])]),
    ]);
  };
  const first = stack(a, left, [rows, summed], 'rows');
  const second = stack(b, right, [summed, columns], 'columns');
  const apart = [...stacks, ...rows, ...columns];
  const plain = rows.length === 1 && columns.length === 1;
  return built(place, first, sizes, out, [
    {
      part: 'product',
      made: { op: 'matMul', attributes: { transposeA: false, transposeB: false } },
      more: [second],
    },
    ...(plain
      ? []
      : [
          reshaping(
            'unfolded',
            apart.map((letter) => sizes.get(letter) ?? null),
          ),
        ]),
    ...turning(apart, out),
  ]);
}

/** What is summed up stands in both operands, and what stands in one alone stays. */
function wantPairs(
  summed: readonly string[],
  other: readonly string[],
  alone: readonly string[],
  out: readonly string[],
): void {
  if (summed.some((letter) => !other.includes(letter)) || alone.some((letter) => !out.includes(letter)))
    throw new NotKnown('it sums up an axis of one operand alone');
}

function sizesBy(letters: readonly string[], map: MapValue): Map<string, Size> {
  const sizes = sizesOfMap(map);
  return new Map(letters.map((letter, axis) => [letter, sizes[axis] ?? null]));
}

/** Of axes that become one; null where that is free. */
function product(letters: readonly string[], sizes: ReadonlyMap<string, Size>): number | null {
  const own = letters.map((letter) => sizes.get(letter) ?? null);
  return own.every((n): n is number => typeof n === 'number') ? countOf(own) : null;
}

function inOrder(
  { builder, name }: Place,
  map: MapValue,
  letters: readonly string[],
  out: readonly string[],
): MapValue {
  if (letters[0] === undefined || letters[0] !== out[0]) throw new NotKnown('it moves the batch');
  return builder.inFileOrder(map, name);
}

function turning(from: readonly string[], to: readonly string[]): readonly Step[] {
  const axes = to.map((letter) => from.indexOf(letter));
  if (axes.every((axis, a) => axis === a)) return [];
  return [{ part: 'turned', made: { op: 'permute', attributes: { axes: axes.slice(1) } } }];
}

/** Under other sizes, the batch's in front. */
function reshaping(part: string, [, ...sizes]: readonly Size[]): Step {
  const target = sizes.map((n) => (typeof n === 'number' ? n : -1));
  if (target.filter((n) => n === -1).length > 1) throw new NotKnown('it leaves more than one size free');
  if (target.length === 0) throw new NotKnown('it leaves the batch alone');
  return { part, made: { op: 'reshape', attributes: { target } } };
}

function built(
  { builder, name }: Place,
  start: MapValue,
  sizes: ReadonlyMap<string, Size> | null,
  out: readonly string[] | null,
  steps: readonly Step[],
): MapValue {
  let value = start;
  steps.forEach(({ part, made, more = [] }, n) => {
    value = builder.node(n === steps.length - 1 ? name : `${name}:${part}`, made, [value, ...more]);
  });
  return sizes && out
    ? withSizes(
        value,
        out.map((letter) => sizes.get(letter) ?? null),
      )
    : value;
}
