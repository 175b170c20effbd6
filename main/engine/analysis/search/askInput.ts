import { setImmediate as nextTurn } from 'node:timers/promises';
import type { SearchParameters } from '../../../../shared/analysis/search';
import type { Warning } from '../../../../shared/result';
import { warningOf } from '../../../../shared/warning';
import { layoutOf } from '../../recipe/layout';
import type { InputWriter } from '../../result/inputWriter';
import type { Context, OpenInput, Step } from '../analysis';
import { alongInput } from '../placing';
import { boxesSeen, receptiveFieldOf } from '../receptiveField';
import { sweep } from '../sweep';
import type { Node } from '../../network/graph';
import type { NetworkArray } from '../../network/network';
import { contestOf, enter, mayEnter, type Contender, type Contest } from './contest';
import { contentOf, physicalChannels } from './cropContent';
import { count, countingOf, countsOf, groupsOf, type Counting, type Groups } from './dissection';
import { packCounts, packPlaces, type Kept, type KeptLayer, type KeptPlace } from './kept';
import { askedLayers, type AskedLayer } from './neurons';
import { cropBoxOf, cropValues, cropVolume, frameOf, middleOf, spacingIn, type CropBox } from './place';
import { rankingOf } from './ranking';
import { reachOn, type StrongestPlace } from './reach';
import { onInput } from '../onInput';
import { isInside, regionsOf, sharesIn, type Regions } from '../regions';
import { addMaps, indexOf, strongestOf, type Scan, type Spot, type Strongest } from './strongest';

/** Half the receptive field in map voxels, at least 1. Source: methods §1.3. */
function apartOf({ network }: Context, node: Node): (axis: number) => number {
  const field = receptiveFieldOf(network, node.name);
  return (axis) => {
    const size = field?.size[axis] ?? null;
    return size === null || !field?.step[axis] ? Infinity : Math.max(1, size / field.step[axis] / 2);
  };
}

/** One layer while the input goes through the network. */
interface Asking {
  readonly layer: AskedLayer;
  readonly scan: Scan;
  readonly strongest: Strongest;
  spatial: readonly number[];
  /** Of the channels in full, where the map has a place on the input. */
  counting: readonly Counting[] | null;
}

function askingOf(context: Context, layer: AskedLayer, parameters: SearchParameters): Asking {
  const apart = apartOf(context, layer.node);
  const axes = Math.max(0, (layer.node.outputShape?.length ?? 2) - 2);
  const scan: Scan = {
    ranking: rankingOf(layer.node, parameters.extreme),
    score: parameters.score,
    perPatient: parameters.extreme === 'bands' ? 1 : parameters.perPatient,
    channels: layer.channels,
    apart: Array.from({ length: axes }, (_, axis) => apart(axis)),
  };
  return { layer, scan, strongest: strongestOf(scan), spatial: [], counting: null };
}

/** Adds one batch's maps to what is counted of the channels in full. */
async function countMaps(
  asking: Asking,
  context: Context,
  input: readonly number[],
  groups: Groups,
  maps: NetworkArray,
  from: number,
): Promise<void> {
  const { node, channels, inFull } = asking.layer;
  const shape = maps.shape.slice(1, -1);
  const spatial = input.slice(1, -1);
  if (inFull === 0 || shape.length !== spatial.length) return;
  const field = receptiveFieldOf(context.network, node.name);
  const along = shape.flatMap((size, axis) => alongInput(size, spatial[axis] ?? size, field, axis) ?? []);
  if (along.length !== shape.length) return;
  asking.counting ??= channels.slice(0, inFull).map(() => countingOf(groups));
  const depth = maps.shape.at(-1) ?? 1;
  const size = maps.values.length / (maps.shape[0] ?? 1);
  const voxels = spatial.reduce((product, n) => product * n, 1);
  for (const [n, into] of asking.counting.entries()) {
    for (let entry = 0; entry < (maps.shape[0] ?? 0); entry++) {
      const one = maps.values.subarray(entry * size, (entry + 1) * size);
      const own = onInput(one, depth, channels[n] ?? 0, shape, along, spatial);
      count(into, own, groups, (from + entry) * voxels);
    }
    await nextTurn();
  }
}

/** Crops of a run so far: one that is not among the best of those seen until now is not among the best of all. */
const standings = new WeakMap<SearchParameters, { met: number; readonly best: Map<string, Contest<Contender>> }>();

const boxName = ({ start, size }: CropBox): string =>
  start.length === 0 ? 'whole' : `${start.join('_')}-${size.join('_')}`;

/** Runs one input through the network once and gives what the search keeps of it. */
export async function* askInput(
  input: OpenInput,
  context: Context,
  parameters: SearchParameters,
  writer: InputWriter,
  signal: AbortSignal,
): AsyncGenerator<Step, { readonly kept: Kept; readonly warnings: readonly Warning[] }> {
  const { prepared } = input;
  const { shape } = prepared.array;
  const hasPlanes = prepared.dims === 2 && prepared.grid !== null;
  const layers = askedLayers(context.network, parameters);
  const regions = regionsOf(input, context.recipe);
  await nextTurn();
  const groups = regions && regions.list.length > 0 ? groupsOf(regions) : null;
  const asked = new Map(layers.map((layer) => [layer.node.name, askingOf(context, layer, parameters)]));

  const take = async (node: Node, output: NetworkArray, pre: NetworkArray | null, from: number): Promise<void> => {
    const asking = asked.get(node.name);
    if (!asking) return;
    asking.spatial = output.shape.slice(1, -1);
    addMaps(asking.strongest, asking.scan, output, pre, from);
    if (groups) await countMaps(asking, context, shape, groups, output, from);
  };
  const withPre = (node: Node): boolean => asked.get(node.name)?.scan.ranking.by === 'pre-activation';
  const nodes = layers.map(({ node }) => node);
  const swept = sweep(context.network, prepared, nodes, context.memoryBytes, signal, withPre, take);
  for await (const done of swept) yield { kind: 'progress', done: 0.9 * done, stage: 'search' };

  const described = await describe(input, context, parameters, asked, regions, hasPlanes, writer, signal);
  const frame = frameOf(prepared);
  const reached = parameters.effectiveField
    ? await reachOn(prepared, context, strongestPlaces(context, prepared, [...asked.values()]), signal)
    : { reach: {}, warnings: [] };
  const counts: Record<string, string> = {};
  for (const { layer, counting } of asked.values())
    for (const [n, own] of (counting ?? []).entries())
      if (groups && regions)
        counts[`${layer.node.name}/${String(layer.channels[n])}`] = packCounts(
          countsOf(own, groups, regions.list.length),
        );
  const odd = [...asked.values()].filter(({ strongest }) => strongest.notFinite.size > 0);
  const warnings = odd.map(({ layer, strongest }) =>
    warningOf('analysis/search-not-finite', { node: layer.node.name, channels: strongest.notFinite.size }),
  );
  const kept: Kept = {
    input: prepared.id,
    patient: prepared.patient,
    shape,
    others: Object.fromEntries(Object.entries(prepared.arrays ?? {}).map(([name, array]) => [name, array.shape])),
    frame,
    spacing: frame && context.recipe ? spacingIn(frame, layoutOf(context.recipe)) : null,
    reach: reached.reach,
    regions: regions?.list ?? [],
    physical: physicalChannels(prepared),
    counts,
    ...described,
  };
  return { kept, warnings: [...warnings, ...reached.warnings] };
}

/** The input's own best place of every neuron in full. */
function strongestPlaces(
  { network }: Context,
  { array, arrays = {} }: OpenInput['prepared'],
  asked: readonly Asking[],
): readonly StrongestPlace[] {
  const others = new Map(Object.entries(arrays).map(([name, own]) => [name, own.shape]));
  const seen = boxesSeen(network, array.shape, others);
  return asked.flatMap(({ layer, strongest, spatial }) =>
    layer.channels.slice(0, layer.inFull).flatMap((channel, n): StrongestPlace[] => {
      const spot = strongest.spots[n]?.[0];
      if (!spot) return [];
      const voxel = indexOf(spot.at, spatial);
      return [{ layer, channel, entry: spot.entry, voxel, middle: middleOf(seen(layer.node.name, voxel)) }];
    }),
  );
}

/** A place whose crop is to be looked at. */
interface Wanted {
  readonly spot: Spot;
  readonly box: CropBox;
  /** The middle of what is seen, a voxel of the input. */
  readonly middle: readonly number[];
  readonly key: string;
  readonly isFull: boolean;
}

/** What lies in and around each place: structures, what the input holds there, and the crop itself. */
async function describe(
  input: OpenInput,
  context: Context,
  parameters: SearchParameters,
  asked: ReadonlyMap<string, Asking>,
  regions: Regions | null,
  hasPlanes: boolean,
  writer: InputWriter,
  signal: AbortSignal,
): Promise<{ readonly layers: readonly KeptLayer[]; readonly crops: Readonly<Record<string, string>> }> {
  const { prepared } = input;
  const { shape } = prepared.array;
  const others = new Map(Object.entries(prepared.arrays ?? {}).map(([name, array]) => [name, array.shape]));
  const seen = boxesSeen(context.network, shape, others);
  const wanted: Wanted[][][] = [...asked.values()].map(({ layer, strongest, spatial }) =>
    strongest.spots.map((spots, n) =>
      spots.map((spot, place): Wanted => {
        const box = seen(layer.node.name, indexOf(spot.at, spatial));
        const middle = middleOf(box).map(Math.floor);
        return {
          spot,
          box: cropBoxOf(box, spot.entry, hasPlanes),
          middle: hasPlanes ? [spot.entry, ...middle] : middle,
          key: `${layer.node.name}/${String(layer.channels[n])}/${String(place)}`,
          isFull: n < layer.inFull,
        };
      }),
    ),
  );
  const all = wanted.flat(2);
  const overlaps = all.map((): { region: number; share: number; centre: boolean }[] => []);
  if (regions) {
    const sizes = hasPlanes ? shape.slice(0, -1) : shape.slice(1, -1);
    const boxes = all.map(({ box }) => box);
    for (const [n, { kind }] of regions.list.entries()) {
      if (kind !== 'structure') continue;
      const shares = sharesIn(regions, n, sizes, boxes);
      all.forEach(({ middle }, which) => {
        const share = shares[which] ?? 0;
        const voxel = middle.reduce((offset, at, axis) => offset * (sizes[axis] ?? 1) + at, 0);
        if (share > 0) overlaps[which]?.push({ region: n, share, centre: isInside(regions, n, voxel) });
      });
      await nextTurn();
    }
    for (const own of overlaps) own.sort((a, b) => b.share - a.share || a.region - b.region);
  }

  const standing = standings.get(parameters) ?? { met: 0, best: new Map<string, Contest<Contender>>() };
  standings.set(parameters, standing);
  standing.met += 1;
  const written = new Map<string, string>();
  const crops: Record<string, string> = {};
  const content = new Map<Wanted, KeptPlace['channels']>();
  const frame = frameOf(prepared);
  const layout = context.recipe && frame ? layoutOf(context.recipe) : null;
  for (const one of all) {
    if (!one.isFull) continue;
    const values = cropValues(prepared, one.box, hasPlanes);
    if (values.length === 0) continue;
    const middle = one.middle.reduce(
      (offset, at, axis) => offset * (one.box.size[axis] ?? 1) + at - (one.box.start[axis] ?? 0),
      0,
    );
    content.set(one, contentOf(prepared, values, middle));
    const contender = { rank: one.spot.rank, order: standing.met, patient: prepared.patient };
    const neuron = one.key.slice(0, one.key.lastIndexOf('/'));
    const contest = standing.best.get(neuron) ?? contestOf<Contender>(parameters.top, parameters.perPatient);
    standing.best.set(neuron, contest);
    // Bands draw from all inputs alike.
    if (parameters.extreme !== 'bands' && !mayEnter(contest, contender)) continue;
    enter(contest, contender);
    const name = `crops/${boxName(one.box)}`;
    const path =
      written.get(name) ??
      (frame && layout
        ? await writer.volume(
            name,
            cropVolume(frame, layout, prepared.frameOfReference, one.box, values),
            shape.at(-1) ?? 1,
          )
        : await writer.array(name, values, [...one.box.size, shape.at(-1) ?? 1]));
    written.set(name, path);
    crops[one.key] = path;
    signal.throwIfAborted();
  }

  let which = 0;
  const layers = [...asked.values()].map(({ layer, spatial }, at): KeptLayer => {
    const places = (wanted[at] ?? []).map((own) =>
      own.map((one): KeptPlace => ({
        ...one.spot,
        overlaps: overlaps[which++] ?? [],
        channels: content.get(one) ?? [],
      })),
    );
    return { node: layer.node.name, spatial, channels: layer.channels, places: packPlaces(places) };
  });
  return { layers, crops };
}
