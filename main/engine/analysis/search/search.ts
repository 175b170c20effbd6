import {
  search as definition,
  type SearchBand,
  type SearchNeuron,
  type SearchParameters,
  type SearchPlace,
} from '../../../../shared/analysis/search';
import type { InputResult, Warning } from '../../../../shared/result';
import { warningOf } from '../../../../shared/warning';
import { layoutOf, type Layout } from '../../recipe/layout';
import type { Analysis, Context } from '../analysis';
import { boxesSeen, type SeenBox } from '../receptiveField';
import { groupsOf } from '../sweep';
import { askInput } from './askInput';
import { drawBands } from './bands';
import { dissectionOf } from './dissection';
import { endOf, type Ended } from './end';
import { foldOf, type Entrant, type Standing } from './fold';
import type { Kept } from './kept';
import { lyingOf } from './lying';
import { askedLayers } from './neurons';
import { boxMmOf, clippedShare, cropBoxOf, middleOf, pointMmOf } from './place';
import { rankingOf } from './ranking';
import { commonSpacing, reachOf } from './reach';
import { indexOf } from './strongest';
import { textOf } from './text';
import { searchVerdict } from './verdict';

type Seeing = (kept: Kept) => (node: string, position: readonly number[]) => SeenBox;

/** Boxes hang on the input's size alone: inputs of one size share what was worked out. */
function seeing(context: Context): Seeing {
  const known = new Map<string, ReturnType<typeof boxesSeen>>();
  return ({ shape, others }) => {
    const key = JSON.stringify([shape, others]);
    const found = known.get(key) ?? boxesSeen(context.network, shape, new Map(Object.entries(others)));
    known.set(key, found);
    return found;
  };
}

function placeOf(
  { kept, layer, place, nth }: Entrant,
  channel: number,
  seen: Seeing,
  layout: Layout | null,
  showsPre: boolean,
): SearchPlace {
  const { frame } = kept;
  const index = indexOf(place.at, layer.spatial);
  const box = seen(kept)(layer.node, index);
  const hasPlanes = Array.isArray(frame?.planes);
  const crop = cropBoxOf(box, place.entry, hasPlanes);
  const middle = middleOf(box);
  const placed = frame && layout ? { frame, layout } : null;
  return {
    input: kept.input,
    patient: kept.patient,
    // A zero behind a rectifier may be −0: shown, it is zero.
    value: place.value + 0,
    ...(showsPre && place.pre !== null ? { preActivation: place.pre } : {}),
    position: hasPlanes ? [place.entry, ...index] : index,
    box: { start: [...crop.start], size: [...crop.size] },
    clipped: clippedShare(box),
    boxMm: placed && mutable(boxMmOf(placed.frame, placed.layout, crop)),
    centreMm: placed && [...pointMmOf(placed.frame, placed.layout, hasPlanes ? [place.entry, ...middle] : middle)],
    structures: place.overlaps.map(({ region, share, centre }) => ({
      name: kept.regions[region]?.name ?? '',
      share,
      centre,
    })),
    crop: kept.crops[`${layer.node}/${String(channel)}/${String(nth)}`] ?? null,
    ...(place.channels.length > 0
      ? {
          channels: place.channels.map((own, n) => ({
            name: kept.physical[n]?.name ?? '',
            unit: kept.physical[n]?.unit ?? '',
            mean: finite(own.mean),
            sd: finite(own.sd),
            centre: finite(own.centre),
          })),
        }
      : {}),
  };
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

type Triple = [number, number, number];
const mutable = ({ min, max }: ReturnType<typeof boxMmOf>): { min: Triple; max: Triple } => ({
  min: [...min],
  max: [...max],
});

/** The list of a neuron. */
function drawnOf(
  { node, channel, contest }: Pick<Standing, 'node' | 'channel' | 'contest'>,
  { extreme, top, seed }: SearchParameters,
): readonly { readonly entrant: Entrant; readonly band: SearchBand | null }[] {
  if (extreme === 'bands') return drawBands(contest.best, top, seed, `${node}/${String(channel)}`);
  return contest.best.map((entrant) => ({ entrant, band: null }));
}

function neuronOf(
  { node, channel, contest, pooled }: Standing,
  context: Context,
  parameters: SearchParameters,
  seen: Seeing,
): SearchNeuron {
  const { recipe, network } = context;
  const layout = recipe && layoutOf(recipe);
  const own = network.graph.nodes.find(({ name }) => name === node);
  const rankedBy = own ? rankingOf(own, parameters.extreme).by : 'output';
  const isBands = parameters.extreme === 'bands';
  const drawn = drawnOf({ node, channel, contest }, parameters);
  const top = drawn.map(({ entrant, band }) => ({
    ...placeOf(entrant, channel, seen, layout, rankedBy === 'pre-activation'),
    ...(band ? { band } : {}),
  }));
  const [first] = top;
  const neuron = {
    node,
    channel,
    rankedBy,
    top,
    constant:
      top.length > 1 && drawn.every(({ entrant }) => entrant.rank === drawn[0]?.entrant.rank) && first !== undefined,
    lying: isBands ? [] : lyingOf(contest.best),
    dissection: pooled && dissectionOf(pooled),
  };
  return { ...neuron, text: textOf(neuron) };
}

/** What neurons in full are told beside their places. */
function inFullOf(
  { node, channel, contest, reaching }: Standing,
  context: Context,
  spacing: readonly number[] | null,
): Pick<SearchNeuron, 'reach' | 'meanCrop' | 'synthesised'> {
  const axes = (contest.best[0]?.kept.shape.length ?? 2) - 2;
  const ended = context.alone?.kept as Ended | undefined;
  return {
    reach: reachOf(context.network, node, axes, reaching, spacing),
    ...ended?.[`${node}/${String(channel)}`],
  };
}

/** The crops that the lists show, among each input's files. */
function filesOf(neurons: readonly SearchNeuron[]): Readonly<Record<string, InputResult['files']>> {
  const files: Record<string, Record<string, string>> = {};
  for (const { node, channel, top } of neurons)
    for (const { input, crop } of top) {
      if (crop === null) continue;
      const own = (files[input] ??= {});
      const key = `${node}/${String(channel)}`;
      own[own[key] === undefined || own[key] === crop ? key : `${key}/${crop.replace(/^.*\//, '')}`] = crop;
    }
  return Object.fromEntries(Object.entries(files).map(([input, crops]) => [input, { crops }]));
}

/** A gradient costs a pass forward and about two back. */
const passesOfGradient = 3;

/** Where, over a database, each neuron answers most (or least, or as on ordinary days), and what is there. */
export const search: Analysis<SearchParameters> = {
  definition,

  passes: ({ prepared }, context, parameters) => {
    const layers = askedLayers(context.network, parameters);
    const nodes = layers.map(({ node }) => node);
    const sweeps = (prepared.array.shape[0] ?? 1) * groupsOf(nodes, prepared.array.shape, context.memoryBytes).length;
    const told = layers.reduce((sum, { inFull }) => sum + inFull, 0);
    return sweeps + (parameters.effectiveField && context.network.gradient ? passesOfGradient * told : 0);
  },

  async *onInput(input, context, parameters, writer, signal) {
    const asking = askInput(input, context, parameters, writer, signal);
    let step = await asking.next();
    for (; !step.done; step = await asking.next()) yield step.value;
    const { kept, warnings } = step.value;
    return {
      result: { id: input.prepared.id, values: {}, files: {}, warnings: [...input.prepared.warnings, ...warnings] },
      kept,
    };
  },

  onEnd(parts, context, parameters, writer, signal) {
    const { saved } = context;
    if (parts.length === 0 || parameters.inFull === 0 || !saved) return null;
    const fold = foldOf(parts, parameters);
    const seen = seeing(context);
    const neurons = [...fold.neurons.values()].slice(0, parameters.inFull).map((standing) => ({
      standing,
      list: drawnOf(standing, parameters).map(({ entrant }) => ({
        entrant,
        seen: seen(entrant.kept)(standing.node, indexOf(entrant.place.at, entrant.layer.spatial)),
      })),
    }));
    return endOf(neurons, fold, { ...context, saved }, parameters, writer, signal);
  },

  conclude(parts, context, parameters) {
    const fold = foldOf(parts, parameters);
    const seen = seeing(context);
    const spacing = commonSpacing(fold.inputs);
    const neurons = [...fold.neurons.values()].map((standing, n) => ({
      ...neuronOf(standing, context, parameters, seen),
      ...(n < parameters.inFull ? inFullOf(standing, context, spacing) : {}),
    }));
    const unfinished = parts.some(({ partial }) => partial === true);
    const told = neurons.filter((_, n) => n < parameters.inFull).length;
    const warnings: Warning[] =
      neurons.length > told ? [warningOf('analysis/search-in-full', { told, count: neurons.length })] : [];
    const asksGradient = parameters.effectiveField || parameters.synthesised > 0;
    if (asksGradient && !context.network.gradient) warnings.push(warningOf('analysis/search-no-gradient'));
    return {
      summary: { patients: fold.patients.size, inputs: parts.length, extreme: parameters.extreme, neurons },
      verdict: searchVerdict(neurons, fold.patients.size, parameters.extreme, unfinished),
      warnings,
      inputFiles: filesOf(neurons),
    };
  },
};
