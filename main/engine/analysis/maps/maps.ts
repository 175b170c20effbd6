import type { Certificate } from '../../../../shared/analysis/certificate';
import type { MapsVolumes } from '../../../../shared/analysis/mapsVolumes';
import {
  maps as definition,
  type ChannelFigures,
  type LayerFigures,
  type MapsParameters,
} from '../../../../shared/analysis/maps';
import type { Warning } from '../../../../shared/result';
import { warningOf } from '../../../../shared/warning';
import type { Node } from '../../network/graph';
import type { Analysis, Context, OpenInput, Part, Step } from '../analysis';
import { activationOf, activationRuleOf } from '../activationRule';
import { certificateOf } from '../certificate';
import { evidenceOf } from './evidence';
import { channelFigures, type WeightEvidence } from './figures';
import { inputBoxOf, type ChannelBox } from './inputBox';
import { chosenNodes, filtersOf, nodeNamed } from '../layers';
import { addToPool, emptyPool, type LayerPool, type LayerTally } from './pool';
import { pooledVolumes } from './pooledVolumes';
import { saveMaps } from './saveMaps';
import { splitByTag, type TaggedInput } from './split';
import type { Thresholds } from './status';
import { sweepsOf, tallyInput } from './tallyInput';
import { withSplit } from './splitWords';
import { filterLayers, mapsVerdict } from './verdict';
import { measureVolumes, volumeSweeps } from './volumes';

/** What one input leaves for the summary: figures of every channel, no maps. */
interface Kept {
  readonly patient: string;
  readonly range: readonly ChannelBox[];
  readonly layers: readonly LayerTally[];
  /** What is known of the input by name; left out where nothing is. */
  readonly tags?: TaggedInput['tags'];
}

/** Looser by half as much again: where these change the answer, it hangs on the thresholds. */
const otherThresholds = (own: Thresholds): Thresholds => ({
  ...own,
  deadPatients: Math.round(own.deadPatients * 1.5),
  silentShare: 1 - (1 - own.silentShare) * 1.5,
  dormancy: own.dormancy * 1.5,
  saturatedShare: 1 - (1 - own.saturatedShare) * 1.5,
});

/** One node a pool, in the order of the nodes. Inputs are folded in one at a time. */
function poolsOf(nodes: readonly Node[], kept: Iterable<Kept>): Map<string, LayerPool> {
  const found = new Map<string, LayerPool>();
  const rules = new Map(nodes.map((node) => [node.name, activationRuleOf(activationOf(node))]));
  for (const { patient, layers } of kept)
    for (const layer of layers) {
      const rule = rules.get(layer.node);
      if (!rule) continue;
      const pool = found.get(layer.node) ?? emptyPool(layer, rule);
      found.set(layer.node, pool);
      addToPool(pool, patient, layer);
    }
  return new Map(
    nodes.flatMap(({ name }) => {
      const pool = found.get(name);
      return pool ? [[name, pool] as const] : [];
    }),
  );
}

function layersOf(
  context: Context,
  pools: ReadonlyMap<string, LayerPool>,
  nodes: readonly Node[],
  evidence: ReadonlyMap<string, WeightEvidence>,
  thresholds: Thresholds,
): LayerFigures[] {
  const activations = new Map(context.network.description.nodes.map(({ name, activation }) => [name, activation]));
  const zero = new Map<string, readonly boolean[]>();
  return nodes.map((node): LayerFigures => {
    const pool = pools.get(node.name);
    const own = evidence.get(node.name) ?? { certified: null, used: null, reads: '', causeOf: () => null };
    const channels = pool ? channelFigures(pool, own, thresholds, zero.get(own.reads) ?? null) : [];
    zero.set(
      node.name,
      channels.map(({ min, max }) => min === 0 && max === 0),
    );
    return {
      node: node.name,
      activation: activations.get(node.name) ?? null,
      filters: filtersOf(context.network.graph, node),
      channels,
    };
  });
}

/** GELU and SiLU have no zero: the share of zeros is null there, and the reader is told why. */
function warningsOf(nodes: readonly Node[]): Warning[] {
  const without = nodes.filter((node) => activationRuleOf(activationOf(node)).zero === null).map(({ name }) => name);
  return without.length === 0 ? [] : [warningOf('analysis/no-zero', { nodes: without.join(', ') })];
}

function rangeOf({ prepared }: OpenInput): readonly ChannelBox[] {
  const channels = prepared.array.shape.at(-1) ?? 1;
  const range = Array.from({ length: channels }, () => ({ min: Infinity, max: -Infinity }));
  for (let at = 0; at < prepared.array.values.length; at++) {
    const own = range[at % channels];
    const value = prepared.array.values[at] as number;
    if (own && value < own.min) own.min = value;
    if (own && value > own.max) own.max = value;
  }
  return range;
}

/** No input wakes it: silent in all, or the same value whatever comes. */
const gone = new Set<ChannelFigures['status']>(['dead-certified', 'dead', 'silent-so-far', 'frozen']);
const mostCertificates = 1000;

function certificatesOf(context: Context, layers: readonly LayerFigures[], patients: number): Certificate[] {
  const found: Certificate[] = [];
  for (const { node, channels } of filterLayers(layers))
    for (const [channel, figures] of channels.entries()) {
      if (!gone.has(figures.status)) continue;
      if (found.length === mostCertificates) return found;
      const silentPatients = figures.zeroMapShare === 1 ? patients : null;
      found.push(certificateOf(context.network.graph, { node, channel }, figures, { silentPatients, patients }));
    }
  return found;
}

/** Where each of some steps ends, as a share of all, by what they weigh. */
function sharesOf(weights: readonly [number, number, number]): readonly [number, number, number] {
  const all = weights[0] + weights[1] + weights[2];
  return [weights[0] / all, (weights[0] + weights[1]) / all, 1];
}

/** A step of an input's work, its progress told between two shares of the whole. */
async function* within<T>(work: AsyncGenerator<Step, T>, from: number, to: number): AsyncGenerator<Step, T> {
  for (;;) {
    const step = await work.next();
    if (step.done) return step.value;
    yield step.value.kind === 'progress' ? { ...step.value, done: from + (to - from) * step.value.done } : step.value;
  }
}

/** The curves that each input left, one input at a time. */
function* eachVolumes(
  parts: readonly Part[],
): Generator<{ readonly patient: string; readonly volumes: readonly MapsVolumes[] }> {
  for (const part of parts)
    yield {
      patient: (part.kept as Kept).patient,
      volumes: (part.result.values['volumes'] ?? []) as readonly MapsVolumes[],
    };
}

/** Activation maps: every channel's figures and status, streaming over any number of inputs. */
export const maps: Analysis<MapsParameters> = {
  definition,

  passes: (input, context, { nodes, save, volumes }) => {
    const { prepared } = input;
    const chosen = chosenNodes(context.network, nodes);
    const { first, again } = sweepsOf(chosen, prepared.array.shape, context.memoryBytes);
    return (prepared.array.shape[0] ?? 1) * (first + again + save.length + volumeSweeps(input, context, { volumes }));
  },

  async *onInput(input, context, parameters, writer, signal) {
    const { prepared } = input;
    const nodes = chosenNodes(context.network, parameters.nodes);
    const save = parameters.save.map((name) => nodeNamed(context.network, name));
    // Weighed by passes through the network, roughly: a sweep of the maps, one to save them, one to sort them by structure.
    const ends = sharesOf([1, save.length > 0 ? 0.4 : 0, parameters.volumes.length > 0 ? 1 : 0]);
    const layers = yield* within(tallyInput(context, prepared, nodes, signal), 0, ends[0]);
    const saved = yield* within(saveMaps(context, prepared, save, writer, signal), ends[0], ends[1]);
    const told = yield* within(measureVolumes(input, context, parameters, signal), ends[1], ends[2]);

    const tags = { ...input.tags, ...(input.label === null ? {} : { label: input.label }) };
    const kept: Kept = {
      patient: prepared.patient,
      range: rangeOf(input),
      layers,
      ...(Object.keys(tags).length > 0 ? { tags } : {}),
    };
    const evidence = evidenceOf(context, nodes, inputBoxOf(context, [kept.range]).box);
    return {
      result: {
        id: prepared.id,
        values: {
          layers: layersOf(context, poolsOf(nodes, [kept]), nodes, evidence, parameters),
          ...(told.volumes.length > 0 ? { volumes: told.volumes } : {}),
        },
        files: save.length > 0 ? { maps: saved.files } : {},
        warnings: [...prepared.warnings, ...warningsOf(nodes), ...saved.warnings, ...told.warnings],
      },
      kept,
    };
  },

  conclude(parts: readonly Part[], context, parameters) {
    const nodes = chosenNodes(context.network, parameters.nodes);
    const inputs: TaggedInput[] = [];
    const ranges: (readonly ChannelBox[])[] = [];
    let unfinished = false;
    // One part at a time: those of a large database are never held together.
    const eachKept = function* (): Generator<Kept> {
      for (const part of parts) {
        const kept = part.kept as Kept;
        inputs.push({ patient: kept.patient, tags: kept.tags ?? {} });
        ranges.push(kept.range);
        unfinished ||= part.partial === true;
        yield kept;
      }
    };
    const pools = poolsOf(nodes, eachKept());
    const box = inputBoxOf(context, ranges);
    const evidence = evidenceOf(context, nodes, box.box);
    const patients = new Set(inputs.map(({ patient }) => patient)).size;
    const layers = inputs.length === 0 ? [] : layersOf(context, pools, nodes, evidence, parameters);
    const looser = inputs.length === 0 ? [] : layersOf(context, pools, nodes, evidence, otherThresholds(parameters));
    const split = parameters.split === null ? null : splitByTag(pools, inputs, parameters.split);
    return {
      summary: {
        patients,
        inputs: inputs.length,
        certificateBox: box.from,
        layers,
        ...(split ? { split } : {}),
        certificates: certificatesOf(context, layers, patients),
        ...(parameters.volumes.length > 0 ? { volumes: pooledVolumes(eachVolumes(parts)) } : {}),
      },
      verdict: withSplit(mapsVerdict(layers, looser, patients, unfinished), split, layers),
      warnings: box.from === 'inputs' ? [warningOf('analysis/certificate-of-inputs')] : [],
    };
  },
};
