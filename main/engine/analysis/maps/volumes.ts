import { setImmediate as nextTurn } from 'node:timers/promises';
import type { MapsParameters } from '../../../../shared/analysis/maps';
import { volumePercents, type MapsVolumes } from '../../../../shared/analysis/mapsVolumes';
import { IsolensError } from '../../../../shared/problem/problem';
import type { Warning } from '../../../../shared/result';
import { warningOf } from '../../../../shared/warning';
import type { Node } from '../../network/graph';
import type { LoadedNetwork, NetworkArray } from '../../network/network';
import type { Context, OpenInput, Step } from '../analysis';
import { nodeNamed } from '../layers';
import { onInput } from '../onInput';
import { alongInput, type AlongInput } from '../placing';
import { receptiveFieldOf } from '../receptiveField';
import { isInside, regionsOf, type Regions } from '../regions';
import { valueAtVolume } from '../statistics/valueAtVolume';
import { sweep } from '../sweep';

/** Channels of a layer that are measured where the job names none. */
const mostChannels = 64;

interface Asked {
  readonly node: Node;
  readonly channels: readonly number[];
  /** Not all channels of the layer, though all were asked for. */
  readonly cut: boolean;
}

function askedOf(network: LoadedNetwork, { volumes }: Pick<MapsParameters, 'volumes'>): readonly Asked[] {
  return volumes.map((asked) => {
    const node = nodeNamed(network, typeof asked === 'string' ? asked : asked.node);
    const count = node.outputShape?.at(-1) ?? 0;
    if (typeof asked === 'string')
      return {
        node,
        channels: Array.from({ length: Math.min(count, mostChannels) }, (_, c) => c),
        cut: count > mostChannels,
      };
    const beyond = asked.channels.find((channel) => channel >= count);
    if (beyond !== undefined)
      throw new IsolensError('analysis/no-such-channel', { node: node.name, count, channel: beyond });
    return { node, channels: [...new Set(asked.channels)], cut: false };
  });
}

/** The whole input's maps of some channels of one node, a list a channel. */
interface Held {
  readonly node: Node;
  readonly channels: readonly number[];
  shape: readonly number[];
  readonly values: Float32Array[];
}

const mapSize = ({ outputShape }: Node, input: readonly number[]): number =>
  (outputShape ?? []).slice(1, -1).reduce<number>((product, n, axis) => product * (n ?? input[axis + 1] ?? 1), 1);

/** Channels in groups whose maps of the whole input fit a quarter of the memory; each group costs a sweep of the input. */
function groupsOf(
  asked: readonly Asked[],
  input: readonly number[],
  memoryBytes: number,
): readonly (readonly Pick<Held, 'node' | 'channels'>[])[] {
  const groups: { node: Node; channels: number[] }[][] = [];
  let room = 0;
  for (const { node, channels } of asked) {
    const bytes = 4 * (input[0] ?? 1) * mapSize(node, input);
    for (const channel of channels) {
      if (groups.length === 0 || bytes > room) {
        groups.push([]);
        room = memoryBytes / 4;
      }
      room -= bytes;
      const group = groups.at(-1) ?? [];
      const last = group.at(-1);
      if (last?.node === node) last.channels.push(channel);
      else group.push({ node, channels: [channel] });
    }
  }
  return groups;
}

/** How often the whole input goes through the network for this. */
export function volumeSweeps(
  { prepared }: OpenInput,
  { network, memoryBytes }: Context,
  parameters: Pick<MapsParameters, 'volumes'>,
): number {
  if (prepared.grid === null) return 0;
  return groupsOf(askedOf(network, parameters), prepared.array.shape, memoryBytes).length;
}

function hold(held: Held, { shape, values }: NetworkArray, from: number, entries: number): void {
  const depth = shape.at(-1) ?? 1;
  const places = shape.slice(1, -1).reduce((product, n) => product * n, 1);
  held.shape = shape.slice(1, -1);
  held.channels.forEach((channel, n) => {
    const own = (held.values[n] ??= new Float32Array(entries * places));
    const count = values.length / depth;
    for (let v = 0; v < count; v++) own[from * places + v] = values[v * depth + channel] as number;
  });
}

/** Numbers of the voxels of each region. */
function voxelsIn(regions: Regions): readonly Int32Array[] {
  return regions.list.map(({ voxels }, n) => {
    const inside = new Int32Array(voxels);
    for (let v = 0, at = 0; at < voxels; v++) if (isInside(regions, n, v)) inside[at++] = v;
    return inside;
  });
}

/** The value that at least each share of the volume reaches; null where nothing there is a number. */
function curveOf(values: Float32Array, voxels: Int32Array): number[] | null {
  const own = new Float32Array(voxels.length);
  let n = 0;
  for (const voxel of voxels) {
    const value = values[voxel] as number;
    if (value - value === 0) own[n++] = value;
  }
  if (n === 0) return null;
  const falling = own.subarray(0, n).sort().reverse();
  return volumePercents.map((percent) => Number((valueAtVolume(falling, percent) ?? NaN).toPrecision(7)));
}

function alongOf(network: LoadedNetwork, node: Node, shape: readonly number[], spatial: readonly number[]) {
  if (shape.length !== spatial.length) return null;
  const field = receptiveFieldOf(network, node.name);
  const along = shape.flatMap((size, axis) => alongInput(size, spatial[axis] ?? size, field, axis) ?? []);
  return along.length === shape.length ? along : null;
}

/** One channel's map on all voxels of the input. */
function wholeMap(
  values: Float32Array,
  shape: readonly number[],
  along: readonly AlongInput[],
  spatial: readonly number[],
): Float32Array {
  const places = shape.reduce((product, n) => product * n, 1);
  const voxels = spatial.reduce((product, n) => product * n, 1);
  const entries = values.length / places;
  const whole = new Float32Array(entries * voxels);
  for (let entry = 0; entry < entries; entry++)
    whole.set(
      onInput(values.subarray(entry * places, (entry + 1) * places), 1, 0, shape, along, spatial),
      entry * voxels,
    );
  return whole;
}

/**
 * The neuron DVH of one input: of each channel asked for, for each structure and each band of the plan's dose, how much of its volume answers
 * how strongly. Maps lie on the input's voxels by the centres of what their voxels see. Sums nothing: values of one input are sorted, exactly.
 * *Source* methods §3, neuron DVH; order statistics as of a DVH.
 */
export async function* measureVolumes(
  input: OpenInput,
  context: Context,
  parameters: Pick<MapsParameters, 'volumes'>,
  signal: AbortSignal,
): AsyncGenerator<Step, { readonly volumes: MapsVolumes[]; readonly warnings: readonly Warning[] }> {
  const { prepared } = input;
  const { network, memoryBytes, recipe } = context;
  const asked = askedOf(network, parameters);
  if (asked.length === 0) return { volumes: [], warnings: [] };
  const regions = regionsOf(input, recipe);
  if (!regions || regions.list.length === 0)
    return { volumes: [], warnings: [warningOf('analysis/volumes-need-regions')] };
  const inside = voxelsIn(regions);
  const { shape: whole } = prepared.array;
  const spatial = whole.slice(1, -1);
  const found = new Map<string, MapsVolumes['channels']>();
  const without = new Set<string>();
  const groups = groupsOf(asked, whole, memoryBytes);
  for (const [g, group] of groups.entries()) {
    const held = new Map(group.map((one): [string, Held] => [one.node.name, { ...one, shape: [], values: [] }]));
    const swept = sweep(
      network,
      prepared,
      group.map(({ node }) => node),
      memoryBytes / 2,
      signal,
      () => false,
      (node, output, _, from) => {
        const own = held.get(node.name);
        if (own) hold(own, output, from, whole[0] ?? 1);
      },
    );
    for await (const done of swept)
      yield { kind: 'progress', done: (g + 0.5 * done) / groups.length, stage: 'volumes' };
    for (const { node, channels, shape, values } of held.values()) {
      const along = alongOf(network, node, shape, spatial);
      if (!along) {
        without.add(node.name);
        continue;
      }
      const rows = found.get(node.name) ?? [];
      found.set(node.name, rows);
      for (const [n, channel] of channels.entries()) {
        const map = wholeMap(values[n] ?? new Float32Array(0), shape, along, spatial);
        await nextTurn();
        const row: MapsVolumes['channels'][number] = { channel, regions: [] };
        for (const [r, { name, kind }] of regions.list.entries()) {
          if (signal.aborted) throw new IsolensError('engine/cancelled');
          const voxels = inside[r] ?? new Int32Array(0);
          const curve = curveOf(map, voxels);
          if (curve) row.regions.push({ name, kind, voxels: voxels.length, curve });
          await nextTurn();
        }
        rows.push(row);
        yield {
          kind: 'progress',
          done: (g + 0.5 + (0.5 * (n + 1)) / channels.length) / groups.length,
          stage: 'volumes',
        };
      }
    }
  }
  const cut = asked.filter((own) => own.cut).map(({ node }) => node.name);
  return {
    volumes: [...found].map(([node, channels]) => ({ node, channels })),
    warnings: [
      ...(without.size > 0 ? [warningOf('analysis/volumes-no-place', { nodes: [...without].join(', ') })] : []),
      ...(cut.length > 0 ? [warningOf('analysis/volumes-cut', { nodes: cut.join(', '), most: mostChannels })] : []),
    ],
  };
}
