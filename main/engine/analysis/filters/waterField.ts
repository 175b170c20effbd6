import type { Recipe } from '../../../../shared/recipe';
import { transformOf } from '../../recipe/channel';
import { layoutOf, tensorSizes } from '../../recipe/layout';
import type { NetworkGraph } from '../../network/graph';
import { drawsOf } from '../statistics/draws';

/** One thing that is presented to the network: the field at rest, a line across an axis, a draw of noise, or an insert. */
export type Presented =
  | { readonly kind: 'rest' }
  | { readonly kind: 'line'; readonly axis: number; readonly at: number; readonly sign: 1 | -1 }
  | { readonly kind: 'noise'; readonly draw: number }
  | { readonly kind: 'insert'; readonly value: number };

/** A field of water at the size of the network's input, and what is laid into it. */
export interface WaterField {
  /** Without the batch axis, channels last. */
  readonly shape: readonly number[];
  readonly name: string;
  readonly unit: 'HU' | '1';
  readonly base: number;
  readonly signal: number;
  readonly noise: number;
  readonly insert: readonly number[];
  /** mm from voxel to voxel along each spatial axis; null where nobody says. */
  readonly spacing: readonly (number | null)[];
  /** From `unit` to network units: clipped and scaled as the recipe does. */
  readonly toNetwork: (value: number) => number;
  /** Channels of the tensor that show it (all planes of the context), and what every channel holds at rest. */
  readonly shown: readonly number[];
  readonly rest: Float32Array;
}

/** A source that a tensor channel takes its values from, as the recipe's transforms see it. */
interface Source {
  readonly name: string;
  readonly unit: 'HU' | '1';
  readonly range: readonly [number, number];
  readonly base: number;
  readonly rest: number;
  readonly toNetwork: (value: number) => number;
  readonly image: boolean;
}

const insertSteps = 21;
/** Small beside what tissues differ by, large beside rounding. *Units* HU. */
const signalHu = 10;
/** What an insert of a scan without a clip runs over. */
const tissuesHu = [-1000, 2000] as const;
/** Voxels along an axis whose size neither network nor recipe says. */
const freeSize = { plane: 64, volume: 32 } as const;

const share = 0.01;

function sourceOf(channel: Recipe['channels'][number]): Source {
  const transform = transformOf(channel);
  const image = 'image' in channel;
  if (!transform) {
    // A z-score has its own line for each volume: the field is given in its standard deviations.
    return {
      name: image ? channel.image : 'dose',
      unit: '1',
      range: [-2, 2],
      base: 0,
      rest: 0,
      toNetwork: (v) => v,
      image,
    };
  }
  const { clip, slope, intercept, name } = transform;
  const [low, high] = clip ?? [-Infinity, Infinity];
  const toNetwork = (value: number): number => slope * Math.min(high, Math.max(low, value)) + intercept;
  if (!image) return { name, unit: '1', range: clip ?? [0, 1], base: 0.5, rest: 0, toNetwork, image };
  if (channel.image !== 'CT') {
    const range = clip ?? ([-1, 1] as const);
    const base = (range[0] + range[1]) / 2;
    return { name, unit: '1', range, base, rest: base, toNetwork, image };
  }
  const range = clip ?? tissuesHu;
  const within = range[0] + 3 * signalHu < 0 && range[1] - 3 * signalHu > 0;
  const base = within ? 0 : (range[0] + range[1]) / 2;
  return { name, unit: 'HU', range, base, rest: base, toNetwork, image };
}

const plain: Source = { name: '', unit: '1', range: [-1, 1], base: 0, rest: 0, toNetwork: (v) => v, image: true };

/** The sizes of the input, of the network where it says them, else of the recipe. */
function sizesOf(own: readonly (number | null)[], recipe: Recipe | null): readonly number[] {
  const asked = recipe ? tensorSizes(layoutOf(recipe), recipe.grid.size as readonly [number, number, number]) : [];
  const last = asked.slice(asked.length - own.length) as readonly (number | null)[];
  return own.map((n, axis) => n ?? last[axis] ?? (own.length > 2 ? freeSize.volume : freeSize.plane));
}

function spacingOf(axes: number, recipe: Recipe | null): readonly (number | null)[] {
  if (!recipe || recipe.grid.spacingMm === 'native') return Array.from({ length: axes }, () => null);
  return tensorSizes(layoutOf(recipe), recipe.grid.spacingMm).slice(3 - axes);
}

/** null for a network without a single input that has places: several inputs, or a vector. */
export function waterFieldOf(graph: NetworkGraph, recipe: Recipe | null): WaterField | null {
  const [input, ...others] = graph.inputs;
  const own = input?.shape.slice(1, -1) ?? [];
  const depth = input?.shape.at(-1) ?? null;
  if (!input || others.length > 0 || own.length === 0 || own.length > 3 || depth === null) return null;
  const planes = 2 * (recipe?.context ?? 0) + 1;
  const told = recipe !== null && planes * recipe.channels.length === depth && recipe.dims === own.length;
  const sources = told ? recipe.channels.map(sourceOf) : Array.from({ length: depth }, () => plain);
  const found = sources.findIndex(({ image }) => image);
  const which = told ? Math.max(0, found) : 0;
  const { name, unit, range, base, toNetwork } = sources[which] ?? plain;
  const step = unit === 'HU' ? signalHu : share * (range[1] - range[0]);
  const rest = Float32Array.from({ length: depth }, (_, c) => {
    const source = sources[c % sources.length] ?? plain;
    return source.toNetwork(source.rest);
  });
  // What has no recipe is shown in all its channels: nobody says which of them is the scan.
  const shown = Array.from({ length: depth }, (_, c) => c).filter((c) => !told || c % sources.length === which);
  for (const c of shown) rest[c] = toNetwork(base);
  return {
    shape: [...sizesOf(own, told ? recipe : null), depth],
    name: told ? name : input.name,
    ...{ unit, base, toNetwork, rest, shown },
    signal: step,
    noise: step,
    insert: Array.from({ length: insertSteps }, (_, n) => range[0] + (n * (range[1] - range[0])) / (insertSteps - 1)),
    spacing: spacingOf(own.length, told ? recipe : null),
  };
}

/** Voxels of one entry, channels left out. */
export const voxelsOf = ({ shape }: Pick<WaterField, 'shape'>): number =>
  shape.slice(0, -1).reduce((product, n) => product * n, 1);

/** Draws of noise that are presented: as many as give some thousand voxels of a layer. */
export const drawsFor = ({ shape }: Pick<WaterField, 'shape'>): number => (shape.length > 3 ? 4 : 8);

/** The noise of one draw in network units, for each voxel and each channel that shows it: after the recipe's clip. */
export function noiseOf(field: WaterField, draw: number): Float32Array {
  const draws = drawsOf(draw, 'water field');
  const { base, noise, shown, toNetwork } = field;
  return Float32Array.from({ length: voxelsOf(field) * shown.length }, () => toNetwork(base + noise * draws.normal()));
}

/** Where the insert begins and ends along an axis of n voxels: its middle half. */
const insertIn = (n: number): readonly [number, number] => [Math.floor(n / 4), Math.ceil((3 * n) / 4)];

/** Writes one entry's values, channels last. */
export function present(field: WaterField, what: Presented, into: Float32Array): void {
  const { shape, rest, shown, base, signal, toNetwork } = field;
  const depth = shape.at(-1) ?? 1;
  for (let at = 0; at < into.length; at += depth) into.set(rest, at);
  if (what.kind === 'rest') return;
  if (what.kind === 'noise') {
    const noise = noiseOf(field, what.draw);
    shown.forEach((channel, s) => {
      for (let v = 0; v * depth < into.length; v++) into[v * depth + channel] = noise[v * shown.length + s] as number;
    });
    return;
  }
  const sizes = shape.slice(0, -1);
  const value = toNetwork(what.kind === 'line' ? base + what.sign * signal : what.value);
  const box = sizes.map((n, axis): readonly [number, number] =>
    what.kind === 'insert' ? insertIn(n) : axis === what.axis ? [what.at, what.at + 1] : [0, n],
  );
  const index = sizes.map(() => 0);
  for (let v = 0; v * depth < into.length; v++) {
    if (index.every((i, axis) => i >= (box[axis]?.[0] ?? 0) && i < (box[axis]?.[1] ?? 0)))
      for (const channel of shown) into[v * depth + channel] = value;
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      index[axis] = (index[axis] ?? 0) + 1;
      if ((index[axis] ?? 0) < (sizes[axis] ?? 0)) break;
      index[axis] = 0;
    }
  }
}
