import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  responseAxes,
  type FiltersResponse,
  type ResponseChannel,
  type ResponseLayer,
  type ResponseSpan,
} from '../../../../shared/analysis/filtersResponse';
import type { Node } from '../../network/graph';
import type { Context, Step } from '../analysis';
import { alongInput } from '../placing';
import { receptiveFieldOf } from '../receptiveField';
import { momentsOf, populationSd } from '../statistics/moments';
import { quantile } from '../statistics/quantile';
import { groupsOf } from '../sweep';
import { layerResponse, noiseSd, takeEntry, type LayerResponse } from './layerResponse';
import { frequencies, halfOf, transferFunction } from './transfer';
import { drawsFor, noiseOf, present, waterFieldOf, type Presented, type WaterField } from './waterField';

/** Lines one voxel apart along an axis: as many as the network's coarsest map has voxels in a place of its own. */
const mostLines = 32;
/** Channels whose own curves are listed. */
const mostChannels = 64;
/** A vector of more values than this is a map laid flat, whose entries are places and not channels. */
const mostUnits = 1024;
/** Beyond this a channel is said not to be linear at rest. */
const bent = 0.05;
/** What a line moves less than this share of the channel's values is rounding. */
const rounding = 4e-6;
/** Maps of one batch are measured in one go: no more than takes about a tenth of a second. */
const largestBatchBytes = 2 ** 25;

function linesOf({ description }: Context['network'], axes: number): readonly number[] {
  return Array.from({ length: axes }, (_, axis) => {
    const steps = description.nodes.map(({ name }) => receptiveFieldOf({ description }, name)?.step[axis] ?? 0);
    return Math.min(mostLines, Math.max(1, ...steps.map((step) => Math.ceil(step - 1e-9))));
  });
}

/** All that is presented, the field at rest first and each line raised before it is lowered. */
function programOf(field: WaterField, lines: readonly number[]): readonly Presented[] {
  const each = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n));
  return [
    { kind: 'rest' },
    ...lines.flatMap((count, axis) =>
      each(count, (n) => {
        const at = Math.floor((field.shape[axis] ?? 1) / 2) - Math.floor(count / 2) + n;
        return ([1, -1] as const).map((sign): Presented => ({ kind: 'line', axis, at, sign }));
      }).flat(),
    ),
    ...each(drawsFor(field), (draw): Presented => ({ kind: 'noise', draw })),
    ...field.insert.map((value): Presented => ({ kind: 'insert', value })),
  ];
}

function* noisesOf(field: WaterField): Generator<number> {
  for (let draw = 0; draw < drawsFor(field); draw++) yield* noiseOf(field, draw);
}

/** Those whose values are channels: maps over the input's axes, and vectors of few units. */
function measurable(nodes: readonly Node[], axes: number): readonly Node[] {
  return nodes.filter(({ outputShape }) => {
    const rank = (outputShape?.length ?? 0) - 2;
    return rank === axes || (rank === 0 && (outputShape?.at(-1) ?? Infinity) <= mostUnits);
  });
}

/** As many digits as float32 has. */
const short = (value: number): number => Number(value.toPrecision(7));

function spanOf(values: readonly (number | null)[]): ResponseSpan | null {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return null;
  return { median: short(quantile(known, 0.5)), low: short(Math.min(...known)), high: short(Math.max(...known)) };
}

function spanCurve(length: number, at: (point: number) => readonly (number | null)[]): ResponseLayer['response'] {
  const spans = Array.from({ length }, (_, point) => spanOf(at(point)));
  const list = (key: keyof ResponseSpan): (number | null)[] => spans.map((span) => span?.[key] ?? null);
  return { median: list('median'), low: list('low'), high: list('high') };
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

function channelOf(
  measured: LayerResponse,
  c: number,
  spacing: readonly (number | null)[],
  inputSd: number,
): ResponseChannel {
  const silent = (measured.moved[c] as number) <= rounding * (measured.size[c] as number);
  const functions = measured.along.map((along, axis) => {
    const transfer = measured.transfers[axis];
    return silent || !along || !transfer ? null : transferFunction(transfer, c);
  });
  const [swing, bend] = [measured.swing[c] as number, measured.bend[c] as number];
  const sd = noiseSd(measured, c);
  return {
    channel: c,
    gain: functions.length === 0 ? null : short(functions.at(-1)?.gain ?? 0),
    noiseGain: sd === null ? null : finite(short(sd / inputSd)),
    nonlinear: silent || swing === 0 ? null : short(Math.sqrt(bend / swing)),
    axes: functions.map((own, axis) => {
      if (!own) return null;
      const mm = spacing[axis] ?? 1;
      const half = halfOf(own.mtf, own.peak);
      return {
        peak: short((frequencies[own.peak] as number) / mm),
        mtf50: half === null ? null : short(half / mm),
        mtf: own.mtf.map(short),
      };
    }),
    response: (measured.insert[c] ?? []).map((value) => finite(short(value))),
  };
}

function layerOf(
  node: string,
  measured: LayerResponse,
  field: WaterField,
  spacing: readonly (number | null)[],
  seen: readonly (number | null)[],
  inputSd: number,
): ResponseLayer {
  const channels = Array.from({ length: measured.channels }, (_, c) => channelOf(measured, c, spacing, inputSd));
  const names = responseAxes.slice(3 - (field.shape.length - 1));
  return {
    node,
    channels: channels.length,
    axes: measured.along.flatMap((along, axis) => {
      if (!along) return [];
      const own = channels.map(({ axes }) => axes[axis] ?? null);
      return [
        {
          axis: names[axis] ?? 'column',
          frequencies: frequencies.map((f) => short(f / (spacing[axis] ?? 1))),
          mtf: spanCurve(frequencies.length, (n) => own.map((one) => one?.mtf[n] ?? null)),
          mtf50: spanOf(own.map((one) => one?.mtf50 ?? null)),
          cut: (seen[axis] ?? Infinity) > (field.shape[axis] ?? 0),
        },
      ];
    }),
    noiseGain: spanOf(channels.map(({ noiseGain }) => noiseGain)),
    nonlinear: spanOf(channels.map(({ nonlinear }) => nonlinear)),
    nonlinearChannels: channels.filter(({ nonlinear }) => nonlinear !== null && nonlinear > bent).length,
    silentChannels: channels.filter(({ nonlinear }) => nonlinear === null).length,
    response: spanCurve(field.insert.length, (n) => channels.map(({ response }) => response[n] ?? null)),
    listed: channels.slice(0, mostChannels).map((channel) => ({
      ...channel,
      axes: channel.axes.filter((_, axis) => measured.along[axis] !== null),
    })),
  };
}

/** Runs what is presented through the network for one group of nodes, in batches. */
async function* measureGroup(
  { network, memoryBytes }: Context,
  group: readonly Node[],
  field: WaterField,
  program: readonly Presented[],
  lines: readonly number[],
  found: Map<string, LayerResponse>,
  signal: AbortSignal,
): AsyncGenerator<number, void> {
  const size = field.shape.reduce((product, n) => product * n, 1);
  const held = group.reduce((sum, { outputShape }) => {
    const own = (outputShape ?? []).map((n, axis) => n ?? (axis === 0 ? 1 : (field.shape[axis - 1] ?? 1)));
    return sum + 4 * own.reduce((product, n) => product * n, 1);
  }, 4 * size);
  const batch = Math.max(
    1,
    Math.min(
      network.batchFor(field.shape, memoryBytes / 4),
      Math.floor(Math.min(memoryBytes / 4, largestBatchBytes) / held),
    ),
  );
  const step = (field.toNetwork(field.base + field.signal) - field.toNetwork(field.base - field.signal)) / 2;
  for (let from = 0; from < program.length; from += batch) {
    const some = program.slice(from, from + batch);
    const values = new Float32Array(some.length * size);
    some.forEach((what, n) => {
      present(field, what, values.subarray(n * size, (n + 1) * size));
    });
    const name = network.graph.inputs[0]?.name ?? '';
    const maps = await network.run(
      { [name]: { shape: [some.length, ...field.shape], values } },
      group.map(({ name: node }) => ({ node, stage: 'output' as const })),
      signal,
    );
    for (const { name: node } of group) {
      const output = maps.get(node);
      if (!output) throw new Error(`the network gave no map of ${node}`);
      const spatial = output.shape.slice(1, -1);
      const sees = receptiveFieldOf(network, node);
      const known =
        found.get(node) ??
        layerResponse(
          output.shape,
          spatial.map((n, axis) => alongOf(n, field.shape[axis] ?? n, sees, axis, lines[axis] ?? 1)),
        );
      found.set(node, known);
      const entry = output.values.length / some.length;
      some.forEach((what, n) => {
        const count = what.kind === 'line' ? (lines[what.axis] ?? 1) : 1;
        takeEntry(known, what, output.values.subarray(n * entry, (n + 1) * entry), { signal: step, lines: count });
      });
      await nextTurn();
    }
    yield Math.min(1, (from + batch) / program.length);
  }
}

/** null too where the lines presented do not fill the gaps between a map's places evenly. */
function alongOf(
  ...[size, input, field, axis, lines]: [...Parameters<typeof alongInput>, number]
): ReturnType<typeof alongInput> {
  const along = alongInput(size, input, field, axis);
  if (!along) return null;
  const whole = lines / along.step;
  return Math.abs(whole - Math.round(whole)) < 1e-6 ? along : null;
}

/**
 * Presents a water field with a line, known noise and an insert to the network, and measures every layer: modulation transfer (line spread
 * of the small-signal response), noise gain σ_out/σ_in, response to the CT number. null where the network does not take one map.
 * *Source* methods §3, linear-system view; ICRU 54.
 */
export async function* measureResponse(
  context: Context,
  nodes: readonly Node[],
  signal: AbortSignal,
): AsyncGenerator<Step, FiltersResponse | null> {
  const { network, recipe, memoryBytes } = context;
  const field = waterFieldOf(network.graph, recipe);
  if (!field) return null;
  const axes = field.shape.length - 1;
  const lines = linesOf(network, axes);
  const program = programOf(field, lines);
  const asked = measurable(nodes, axes);
  const groups = groupsOf(asked, [1, ...field.shape], memoryBytes / 4);
  const inMm = field.spacing.every((mm) => mm !== null);
  const spacing = inMm ? field.spacing : field.spacing.map(() => null);
  const inputSd = populationSd(momentsOf(noisesOf(field)));
  const layers: ResponseLayer[] = [];
  for (const [n, group] of groups.entries()) {
    const found = new Map<string, LayerResponse>();
    for await (const done of measureGroup(context, group, field, program, lines, found, signal))
      yield { kind: 'progress', done: (n + done) / groups.length, stage: 'response' };
    for (const { name } of group) {
      const measured = found.get(name);
      if (!measured) continue;
      const seen = receptiveFieldOf(network, name)?.size ?? [];
      layers.push(layerOf(name, measured, field, spacing, seen, inputSd));
      await nextTurn();
    }
  }
  const { name, unit, base, signal: raised, noise, insert, shape } = field;
  return {
    presented: name,
    ...{ unit, base, noise },
    signal: raised,
    insert: insert.map(short),
    frequencyUnit: inMm ? '1/mm' : '1/voxel',
    size: shape.slice(0, -1),
    layers,
  };
}
