import { plainRelu } from '../../operation/activation';
import { constantPairs, each, pairwise, pairwiseSizes, type Merge } from './arithmetic';
import { alongside, type GraphBuilder, type Made } from './builder';
import { NotKnown, sameSize, settled, sizesIn, type Constant, type MapValue, type Value } from './value';

/** Where a node is made, and the name that it gets. */
export interface Site {
  readonly name: string;
  readonly builder: GraphBuilder;
}

const isConstant = (value: Value | undefined): value is Constant => value?.kind === 'constant';

/** Two values, element by element: both constants, sizes, a map and a constant, or two maps. */
export function merged(site: Site, op: Merge, a: Value | undefined, b: Value | undefined): Value {
  if (isConstant(a) && isConstant(b)) return constantPairs[op](a, b);
  if (a?.kind === 'map' && b?.kind === 'map') return ofMaps(site, { op }, [a, b]);
  if (a?.kind === 'map' && isConstant(b)) return withConstant(site, op, a, b);
  if (isConstant(a) && b?.kind === 'map') return constantFirst(site, op, a, b);
  const [x, y] = [sizesIn(a), sizesIn(b)];
  if (x && y && op !== 'maximum' && op !== 'minimum') return settled(pairwiseSizes(x, y, op));
  throw new NotKnown('what it is given is not understood');
}

/** The first one's channels decide; whichever has them elsewhere is turned. Axes are aligned at the end, as everywhere in these files. */
export function ofMaps({ name, builder }: Site, made: Made, maps: readonly MapValue[]): MapValue {
  const [first] = maps as [MapValue, ...MapValue[]];
  const rank = first.sizes?.length;
  if (maps.some(({ sizes }) => sizes && rank !== undefined && sizes.length !== rank))
    throw new NotKnown('its maps have different numbers of axes');
  const turned = maps.map((map) => (first.sizes ? builder.withChannel(map, first.channel, name) : map));
  const value = builder.node(name, made, turned);
  const known = maps.map(({ sizes }) => sizes);
  // Free sizes that all maps share are those of the result.
  const sizes = value.sizes?.map((size, a) =>
    typeof size !== 'number' && known.every((own) => sameSize(own?.[a], known[0]?.[a])) ? known[0]![a]! : size,
  );
  return sizes ? { ...value, sizes } : value;
}

export function withConstant({ name, builder }: Site, op: Merge, map: MapValue, constant: Constant): Value {
  const only = constant.values.length === 1 ? constant.values[0]! : null;
  const affine = (which: 'scale' | 'offset', of: (x: number) => number): Value =>
    builder.node(name, { op: 'affine', weights: [alongside(map, each(constant, of, false), which)] }, [map]);
  switch (op) {
    case 'add':
      return affine('offset', (x) => x);
    case 'subtract':
      return affine('offset', (x) => -x);
    case 'multiply':
      return affine('scale', (x) => x);
    case 'divide':
      return affine('scale', (x) => 1 / x);
    case 'maximum':
    case 'minimum': {
      if (only === null) throw new NotKnown(`it takes the ${op} with several numbers`);
      if (op === 'maximum' && only === 0)
        return builder.node(name, { op: 'activation', attributes: { activation: plainRelu } }, [map]);
      const ends = op === 'maximum' ? { lower: only, upper: Infinity } : { lower: -Infinity, upper: only };
      return builder.node(name, { op: 'elementwise', attributes: { function: 'clip', ...ends } }, [map]);
    }
  }
}

function constantFirst(site: Site, op: Merge, constant: Constant, map: MapValue): Value {
  const { name, builder } = site;
  if (op === 'subtract') {
    const minus = { name: 'scale', shape: [1], values: Float32Array.of(-1) };
    const offset = alongside(
      map,
      each(constant, (x) => x, false),
      'offset',
    );
    return builder.node(name, { op: 'affine', weights: [minus, offset] }, [map]);
  }
  if (op !== 'divide') return withConstant(site, op, map, constant);
  const numerator = constant.values.length === 1 ? constant.values[0]! : 1;
  const made = { op: 'elementwise', attributes: { function: 'reciprocal', numerator } };
  if (constant.values.length === 1) return builder.node(name, made, [map]);
  return withConstant(site, 'multiply', builder.node(`${name}:reciprocal`, made, [map]), constant);
}

/** A value to the power of a number. */
export function raised({ name, builder }: Site, a: Value | undefined, exponent: Constant, map: () => MapValue): Value {
  if (isConstant(a)) return pairwise(a, exponent, Math.pow);
  if (exponent.values.length !== 1) throw new NotKnown('it has several exponents');
  const [n] = exponent.values;
  const attributes =
    n === 2 ? { function: 'square' } : n === 0.5 ? { function: 'sqrt' } : { function: 'power', exponent: n };
  return builder.node(name, { op: 'elementwise', attributes }, [map()]);
}

/** How two numbers stand to one another: the word for it, the word with the two changed over, and the test. */
export type Relation = readonly [word: string, turned: string, of: (x: number, y: number) => boolean];

export const relations = {
  greater: ['greater', 'less', (x, y) => x > y],
  greaterEqual: ['greaterEqual', 'lessEqual', (x, y) => x >= y],
  less: ['less', 'greater', (x, y) => x < y],
  lessEqual: ['lessEqual', 'greaterEqual', (x, y) => x <= y],
  equal: ['equal', 'equal', (x, y) => x === y],
  notEqual: ['notEqual', 'notEqual', (x, y) => x !== y],
} as const satisfies Readonly<Record<string, Relation>>;

export const comparedWith = (relation: string, than: number): Made => ({
  op: 'compare',
  attributes: { relation, than },
});

/** A map compared with another value: with one number at once, else the difference with 0. */
export function compared(site: Site, [word, turned]: Relation, a: Value | undefined, b: Value | undefined): Value {
  const { name, builder } = site;
  if (a?.kind === 'map' && isConstant(b) && b.values.length === 1)
    return builder.node(name, comparedWith(word, b.values[0]!), [a]);
  if (isConstant(a) && b?.kind === 'map' && a.values.length === 1)
    return builder.node(name, comparedWith(turned, a.values[0]!), [b]);
  const difference = merged({ builder, name: `${name}:difference` }, 'subtract', a, b);
  if (difference.kind !== 'map') throw new NotKnown('what it compares is not understood');
  return builder.node(name, comparedWith(word, 0), [difference]);
}
