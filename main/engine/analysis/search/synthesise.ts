import type { SearchNeuron, SearchParameters, SearchSynthesised } from '../../../../shared/analysis/search';
import { IsolensError } from '../../../../shared/problem/problem';
import type { InputWriter } from '../../result/inputWriter';
import type { NetworkArray, VoxelBox } from '../../network/network';
import { activationOf } from '../activationRule';
import type { Context } from '../analysis';
import { boxesSeen, receptiveFieldOf } from '../receptiveField';
import { drawsOf } from '../statistics/draws';
import { ascend, inputOf, logitsOf, randomStart, type Drive } from './ascent';
import { physicalOf } from './cropContent';
import type { Kept, PhysicalChannel } from './kept';
import type { Crop } from './meanCrop';
import { rankingOf } from './ranking';

/** Starts from noise; one more goes out from the database's best crop. Source: methods §1.3. */
const starts = 3;

/** A voxel within this share of the way between the bounds is at one. */
const boundShare = 0.005;

/** Beyond these a synthesised input says little of real ones. Source: methods §1.3. */
const [mostTimes, mostAtBounds] = [3, 0.2];

export interface Wanted {
  readonly neuron: Pick<SearchNeuron, 'node' | 'channel'>;
  /** Of the input with the list's best place. */
  readonly kept: Kept;
  readonly databaseMax: number;
  /** Of the best place, in network units; null where it was not saved. */
  readonly crop: Crop | null;
  /** Values of each channel over the whole database, in network units of `kept`. */
  readonly held: readonly Pick<PhysicalChannel, 'range' | 'mean'>[];
}

type Bound = SearchSynthesised['bounds'][number];

/** The ends of each channel, physical: what the recipe clips to, 0 and 1 of a mask, else what the database holds. */
function boundsOf({ kept, held }: Wanted): readonly Bound[] {
  return kept.physical.map((channel, n): Bound => {
    const { name, unit, clip, isMask, range } = channel;
    if (clip) return { name, unit, low: clip[0], high: clip[1], from: 'recipe' };
    if (isMask) return { name, unit, low: 0, high: 1, from: 'mask' };
    const ends = (held[n]?.range ?? range).map((value) => physicalOf(value, channel)).sort((a, b) => a - b);
    return { name, unit, low: ends[0] ?? 0, high: ends[1] ?? 1, from: 'database' };
  });
}

const note = {
  en: 'Synthesised by gradient ascent: not a patient, and no proof of what the neuron does with real ones.',
  fr: 'Synthétisée par montée de gradient : pas un patient, et pas une preuve de ce que fait le neurone avec de vrais patients.',
};

/** A whole number of the coarsest layer's steps, so that every layer fits; the field in its middle, clear of the padding. */
function roomFor({ network }: Context, node: string, kept: Kept): number[] {
  const spatial = kept.shape.slice(1, -1);
  const field = receptiveFieldOf(network, node);
  const free = network.graph.inputs[0]?.shape.slice(1, -1) ?? [];
  const steps = network.description.nodes.flatMap(({ name }) => receptiveFieldOf(network, name) ?? []);
  return spatial.map((size, axis) => {
    const own = field?.size[axis] ?? null;
    if (free[axis] !== null || own === null) return size;
    const multiple = Math.max(1, ...steps.map(({ step }) => Math.ceil(step[axis] ?? 1)));
    return Math.min(size, multiple * (Math.ceil(own / multiple) + 2));
  });
}

/** Where the neuron that is driven sits in its map: the voxel that is asked for, else the middle. */
function voxelIn(map: readonly number[], { score }: SearchParameters): readonly number[] {
  return typeof score === 'object' ? score.voxel : map.map((n) => Math.floor(n / 2));
}

/** Weights of the map's values in the scalar: one voxel, or the channel's mean. */
function cotangentOf(channel: number, voxel: readonly number[] | null, sign: number) {
  return ({ shape, values }: NetworkArray): Float32Array => {
    const depth = shape.at(-1) ?? 1;
    const weights = new Float32Array(values.length);
    if (voxel) {
      const at = voxel.reduce((offset, i, axis) => offset * (shape[axis + 1] ?? 1) + i, 0);
      weights[at * depth + channel] = sign;
    } else for (let at = channel; at < weights.length; at += depth) weights[at] = (sign * depth) / weights.length;
    return weights;
  };
}

/** A crop laid with its place on the neuron's, the usual values around it. */
function fromCrop(drive: Drive, { size, middle, values }: Crop, place: readonly number[]): Float64Array {
  const { shape, low, high, usual } = drive;
  const [depth, spatial] = [shape.at(-1) ?? 1, shape.slice(1, -1)];
  const planar = size.length - spatial.length;
  const [own, at] = [size.slice(planar), middle.slice(planar)];
  const count = spatial.reduce((product, n) => product * n, 1);
  const shares = Float64Array.from({ length: count * depth }, (_, to) => {
    let rest = Math.floor(to / depth);
    const index = spatial.map(() => 0);
    for (let axis = spatial.length - 1; axis >= 0; axis--) {
      index[axis] = rest % (spatial[axis] ?? 1);
      rest = Math.floor(rest / (spatial[axis] ?? 1));
    }
    const from = index.map((i, axis) => i - (place[axis] ?? 0) + (at[axis] ?? 0));
    if (from.some((i, axis) => i < 0 || i >= (own[axis] ?? 0))) return usual[to % depth] ?? 0.5;
    const value = values[from.reduce((offset, i, axis) => offset * (own[axis] ?? 1) + i, 0) * depth + (to % depth)];
    const [begin, end] = [low[to % depth] ?? 0, high[to % depth] ?? 1];
    return end === begin ? 0.5 : ((value ?? begin) - begin) / (end - begin);
  });
  return logitsOf(shares);
}

/** Values of a box of a batch of one, channels last. */
function cut(values: Float32Array, shape: readonly number[], { start, end }: VoxelBox): Float32Array {
  const [spatial, depth] = [shape.slice(1, -1), shape.at(-1) ?? 1];
  return values.filter((_, at) => {
    let rest = Math.floor(at / depth);
    for (let axis = spatial.length - 1; axis >= 0; axis--) {
      const index = rest % (spatial[axis] ?? 1);
      if (index < (start[axis] ?? 0) || index >= (end[axis] ?? Infinity)) return false;
      rest = Math.floor(rest / (spatial[axis] ?? 1));
    }
    return true;
  });
}

/**
 * An input that excites (for `least`: quietens) one neuron as much as the bounds allow, from several starts, of which the best is saved.
 * *Problems* analysis/search-not-driven has a reason; those of the gradient.
 */
export async function synthesise(
  wanted: Wanted,
  context: Context,
  parameters: SearchParameters,
  writer: InputWriter,
  signal: AbortSignal,
): Promise<SearchSynthesised> {
  const { network } = context;
  const { neuron, kept, databaseMax, crop } = wanted;
  const node = network.graph.nodes.find(({ name }) => name === neuron.node);
  const [input] = network.graph.inputs;
  if (!node || !input) throw new IsolensError('network/no-node', {}, { node: neuron.node });
  const ranking = rankingOf(node, parameters.extreme);
  const activates = activationOf(node).kind !== 'linear';
  const depth = kept.shape.at(-1) ?? 1;
  const isMiddle = parameters.score === 'max';
  const room = isMiddle ? roomFor(context, node.name, kept) : kept.shape.slice(1, -1);
  const shape = [1, ...room, depth];
  const bounds = boundsOf(wanted);
  const ends = bounds.map(({ low, high }, n) => {
    const { slope, intercept } = kept.physical[n] ?? { slope: 1, intercept: 0 };
    return [low, high].map((value) => (slope === 0 ? value : slope * value + intercept)).sort((a, b) => a - b);
  });
  const low = ends.map(([from]) => from ?? 0);
  const high = ends.map(([, to]) => to ?? 1);
  const usual = low.map((from, n) => {
    const span = (high[n] ?? from) - from;
    return span === 0 ? 0.5 : Math.min(1, Math.max(0, ((wanted.held[n]?.mean ?? from) - from) / span));
  });

  const measured = async (values: Float32Array) => {
    const stages = activates ? (['output', 'preActivation'] as const) : (['output'] as const);
    const fetches = stages.map((stage) => ({ node: node.name, stage }));
    const maps = await network.run({ [input.name]: { shape, values } }, fetches, signal);
    const output = maps.get(node.name);
    if (!output) throw new Error(`the network gave no map of ${node.name}`);
    return { output, pre: maps.get(`${node.name}:preActivation`) ?? output };
  };
  const blank: Drive = {
    network,
    wrt: input.name,
    shape,
    node: node.name,
    // Behind a rectifier that is silent at the start nothing would move.
    stage: activates ? 'preActivation' : 'output',
    cotangent: cotangentOf(neuron.channel, null, ranking.sign),
    ...{ low, high, usual },
  };
  const first = await measured(inputOf(blank, logitsOf(Float64Array.from({ length: product(shape) }, () => 0.5))));
  const map = first.output.shape.slice(1, -1);
  const voxel = parameters.score === 'mean' ? null : voxelIn(map, parameters);
  const drive: Drive = { ...blank, cotangent: cotangentOf(neuron.channel, voxel, ranking.sign) };
  const box = boxesSeen(network, shape)(node.name, voxel ?? map.map((n) => Math.floor(n / 2)));
  const seen = voxel ? box.cut : { start: room.map(() => 0), end: room };
  const place = box.cut.start.map((from, axis) => {
    const [begin, end] = [box.whole.start[axis] ?? -Infinity, box.whole.end[axis] ?? Infinity];
    return Math.floor(Number.isFinite(begin + end) ? (begin + end - 1) / 2 : (from + (box.cut.end[axis] ?? 1) - 1) / 2);
  });

  const name = `${neuron.node}/${String(neuron.channel)}`;
  const field = receptiveFieldOf(network, node.name);
  const ascent = {
    steps: parameters.synthesisSteps,
    regularisation: parameters.regularisation,
    jitter: room.map((_, axis) => Math.max(1, Math.round(field?.step[axis] ?? 1))),
  };
  const scalar = ({ shape: own, values }: NetworkArray): number =>
    cotangentOf(
      neuron.channel,
      voxel,
      1,
    )({ shape: own, values }).reduce((sum, w, at) => sum + w * (values[at] ?? 0), 0);
  const begun: { readonly start: Float64Array; readonly purpose: string }[] = Array.from({ length: starts }, (_, n) => {
    const purpose = `synthesis/${name}/${String(n)}`;
    return { start: randomStart(drive, drawsOf(parameters.seed, purpose)), purpose };
  });
  if (crop) begun.push({ start: fromCrop(drive, crop, place), purpose: `synthesis/${name}/crop` });
  const reached: number[] = [];
  let best: { readonly values: Float32Array; readonly rank: number; readonly value: number } | null = null;
  for (const { start, purpose } of begun) {
    const values = await ascend(drive, start, ascent, drawsOf(parameters.seed, `${purpose}/steps`), signal);
    const { output, pre } = await measured(values);
    const value = scalar(ranking.shows === 'output' ? output : pre);
    const rank = ranking.sign * scalar(pre);
    reached.push(value);
    if (Number.isFinite(rank) && (!best || rank > best.rank)) best = { values, rank, value };
  }
  if (!best)
    throw new IsolensError('analysis/search-not-driven', { neuron: name, reason: 'its values are not numbers' });
  const values = cut(best.values, shape, seen);
  const size = seen.start.map((from, axis) => (seen.end[axis] ?? 0) - from);
  const times = ranking.sign * databaseMax > 0 ? best.value / databaseMax : null;
  const atBounds = shareAtBounds(values, low, high, kept.physical);
  return {
    file: await writer.array(`synthesised/${name}`, values, [...size, depth]),
    size,
    value: best.value,
    databaseMax,
    timesDatabaseMax: times,
    atBounds,
    outsideReality: (times ?? 0) > mostTimes || atBounds > mostAtBounds,
    reached: reached.map((value) => (Number.isFinite(value) ? value : null)),
    bounds: [...bounds],
    note,
  };
}

const product = (shape: readonly number[]): number => shape.reduce((all, n) => all * n, 1);

/** Masks are at their bounds by nature: they count only where there is nothing else. */
function shareAtBounds(
  values: Float32Array,
  low: readonly number[],
  high: readonly number[],
  physical: readonly PhysicalChannel[],
): number {
  const counted = physical.map(({ isMask }) => !isMask || physical.every((own) => own.isMask));
  const depth = physical.length;
  let [at, all] = [0, 0];
  values.forEach((value, n) => {
    const channel = n % depth;
    if (counted[channel] !== true) return;
    const [from, to] = [low[channel] ?? 0, high[channel] ?? 1];
    const near = boundShare * (to - from);
    all += 1;
    if (value <= from + near || value >= to - near) at += 1;
  });
  return all === 0 ? 0 : at / all;
}
