import { fileAxis, ourAxis, type GraphBuilder } from './builder';
import { NotKnown, sizesOfMap, type MapValue } from './value';

interface Site {
  readonly name: string;
  readonly builder: GraphBuilder;
}

/** The largest (or smallest) values along an axis of the file and, as a node of its own, their places. */
export function rankedMap(
  { name, builder }: Site,
  x: MapValue,
  axis: number,
  { count, smallest }: { readonly count: number; readonly smallest: boolean },
): readonly MapValue[] {
  const sizes = sizesOfMap(x);
  const along = fileAxis(sizes.length, axis);
  if (along === 0) throw new NotKnown('it compares the entries of the batch');
  const attributes = { axis: ourAxis(x, along), count, smallest };
  const made = (own: string, op: 'topValues' | 'topPlaces'): MapValue => ({
    ...builder.node(own, { op, attributes }, [x], x.channel),
    sizes: sizes.map((n, a) => (a === along ? count : n)),
  });
  const values = made(name, 'topValues');
  const places = made(`${name}:1`, 'topPlaces');
  builder.onlyWhenRead(places);
  return [values, places];
}
