import {
  search as definition,
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
import { foldOf, type Entrant, type Standing } from './fold';
import type { Kept } from './kept';
import { lyingOf } from './lying';
import { askedLayers } from './neurons';
import { boxMmOf, clippedShare, cropBoxOf, middleOf, pointMmOf } from './place';
import { rankingOf } from './ranking';
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
  const drawn = isBands
    ? drawBands(contest.best, parameters.top, parameters.seed, `${node}/${String(channel)}`)
    : contest.best.map((entrant) => ({ entrant, band: null }));
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

/** Where, over a database, each neuron answers most (or least, or as on ordinary days), and what is there. */
export const search: Analysis<SearchParameters> = {
  definition,

  passes: ({ prepared }, context, parameters) => {
    const nodes = askedLayers(context.network, parameters).map(({ node }) => node);
    return (prepared.array.shape[0] ?? 1) * groupsOf(nodes, prepared.array.shape, context.memoryBytes).length;
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

  conclude(parts, context, parameters) {
    const fold = foldOf(parts, parameters);
    const seen = seeing(context);
    const neurons = [...fold.neurons.values()].map((standing) => neuronOf(standing, context, parameters, seen));
    const unfinished = parts.some(({ partial }) => partial === true);
    const told = neurons.filter((_, n) => n < parameters.inFull).length;
    const warnings: Warning[] =
      neurons.length > told ? [warningOf('analysis/search-in-full', { told, count: neurons.length })] : [];
    return {
      summary: { patients: fold.patients.size, inputs: parts.length, extreme: parameters.extreme, neurons },
      verdict: searchVerdict(neurons, fold.patients.size, parameters.extreme, unfinished),
      warnings,
      inputFiles: filesOf(neurons),
    };
  },
};
