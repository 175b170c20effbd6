import { ourAxis, type Made } from './builder';
import type { Site } from './merging';
import { NotKnown, sizesOfMap, type MapValue } from './value';

/** An operation over axes, and what the field calls it when it takes all voxels. */
export interface Reduction {
  readonly op: string;
  readonly whole?: string;
}

/** A map with axes of the file (batch included) reduced. */
export function reducedMap(
  { name, builder }: Site,
  x: MapValue,
  fileAxes: readonly number[],
  { op, whole }: Reduction,
  keep: boolean,
): MapValue {
  const sizes = sizesOfMap(x);
  const rank = sizes.length;
  if (fileAxes.includes(0)) throw new NotKnown('it takes the entries of the batch together');
  if (!keep && rank - fileAxes.length < 2) throw new NotKnown('it leaves the batch alone');
  const gone = !keep && fileAxes.includes(x.channel);
  // Where the channels go and the rest stays, the file's last axis takes their place.
  const source = gone ? builder.inFileOrder(x, name) : x;
  const axes = fileAxes.map((a) => ourAxis(source, a)).sort((a, b) => a - b);
  const left = sizes.map((_, a) => a).filter((a) => keep || !fileAxes.includes(a));
  const channel = left.includes(source.channel) ? left.indexOf(source.channel) : left.length - 1;
  const global = whole !== undefined && rank > 2 && axes.length === rank - 2 && !axes.includes(rank - 1);
  const made: Made = global
    ? { op: whole, attributes: { keepDims: keep } }
    : { op, attributes: { axes, keepDims: keep } };
  const value = builder.node(name, made, [source], channel);
  return { ...value, sizes: left.map((a) => (fileAxes.includes(a) ? 1 : sizes[a]!)) };
}
