import type { SearchNeuron, SearchParameters } from '../../../../shared/analysis/search';
import { IsolensError } from '../../../../shared/problem/problem';
import type { Warning } from '../../../../shared/result';
import { warningOf } from '../../../../shared/warning';
import { layoutOf } from '../../recipe/layout';
import type { InputWriter } from '../../result/inputWriter';
import type { Context, Part, Step } from '../analysis';
import type { SeenBox } from '../receptiveField';
import type { Entrant, Fold, Standing } from './fold';
import type { PhysicalChannel } from './kept';
import { physicalCrop, savedCrop, saveMean, type Crop } from './meanCrop';
import { synthesise, type Wanted } from './synthesise';

/** What all inputs together left of each neuron, by `node/channel`. */
export type Ended = Readonly<Record<string, Pick<SearchNeuron, 'meanCrop' | 'synthesised'>>>;

/** A neuron with the places of its list and what is seen there. */
export interface Listed {
  readonly standing: Standing;
  readonly list: readonly { readonly entrant: Entrant; readonly seen: SeenBox }[];
}

/** Of each channel over all inputs, in network units. */
function heldOver(inputs: Fold['inputs']): Wanted['held'] {
  return (inputs[0]?.physical ?? []).map((_, channel) => {
    const all = inputs.flatMap(({ physical }): PhysicalChannel[] => (physical[channel] ? [physical[channel]] : []));
    return {
      range: [Math.min(...all.map(({ range }) => range[0])), Math.max(...all.map(({ range }) => range[1]))],
      mean: all.reduce((sum, { mean }) => sum + mean, 0) / all.length,
    };
  });
}

/** Means of the crops of each neuron, and the inputs that are synthesised for the first ones. */
export async function* endOf(
  neurons: readonly Listed[],
  { inputs }: Fold,
  context: Context & Required<Pick<Context, 'saved'>>,
  parameters: SearchParameters,
  writer: InputWriter,
  signal: AbortSignal,
): AsyncGenerator<Step, Part> {
  const layout = context.recipe && layoutOf(context.recipe);
  const kept: Record<string, Ended[string]> = {};
  const means: Record<string, Record<string, string>> = {};
  const made: Record<string, string> = {};
  const warnings: Warning[] = [];
  const count = context.network.graph.inputs.length;
  let driven = context.network.gradient && count === 1 ? parameters.synthesised : 0;
  if (parameters.synthesised > 0 && count > 1) warnings.push(warningOf('analysis/search-many-inputs', { count }));
  const held = heldOver(inputs);
  const share = driven > 0 ? 0.1 : 1;
  for (const [n, { standing, list }] of neurons.entries()) {
    signal.throwIfAborted();
    const { node, channel } = standing;
    const name = `${node}/${String(channel)}`;
    const [first] = list;
    if (!first) continue;
    const crops: Crop[] = [];
    let best: Crop | null = null;
    for (const { entrant, seen } of list) {
      const crop = await savedCrop(entrant, channel, seen, layout, context.saved);
      if (!crop) continue;
      if (entrant === first.entrant) best = crop;
      crops.push(physicalCrop(crop, entrant));
    }
    const own: { meanCrop?: SearchNeuron['meanCrop']; synthesised?: SearchNeuron['synthesised'] } = {};
    // Examples of bands are unlike each other by intent.
    if (crops.length > 1 && parameters.extreme !== 'bands') {
      const meanCrop = await saveMean(name, crops, first.entrant, writer);
      own.meanCrop = meanCrop;
      means[name] = { mean: meanCrop.mean, sd: meanCrop.sd, counts: meanCrop.counts };
    }
    yield { kind: 'progress', done: (share * (n + 1)) / neurons.length, stage: 'mean crops' };
    kept[name] = own;
    if (n >= driven) continue;
    const { entrant } = first;
    const wanted: Wanted = {
      neuron: { node, channel },
      kept: entrant.kept,
      databaseMax: entrant.place.value,
      crop: best,
      held,
    };
    try {
      const synthesised = await synthesise(wanted, context, parameters, writer, signal);
      own.synthesised = synthesised;
      made[name] = synthesised.file;
    } catch (thrown) {
      signal.throwIfAborted();
      if (!(thrown instanceof IsolensError)) throw thrown;
      const { code, facts } = thrown.problem;
      if (code === 'network/backend-missing') {
        warnings.push(warningOf('analysis/search-no-gradient'));
        driven = 0;
      } else warnings.push(warningOf(code, facts));
    }
    yield { kind: 'progress', done: (n + 1) / Math.max(1, driven), stage: 'synthesis' };
  }
  const files = {
    ...(Object.keys(means).length > 0 ? { meanCrops: means } : {}),
    ...(Object.keys(made).length > 0 ? { synthesised: made } : {}),
  };
  return { result: { id: '', values: {}, files, warnings: unique(warnings) }, kept };
}

const unique = (warnings: readonly Warning[]): Warning[] =>
  warnings.filter(({ message }, n) => warnings.findIndex((other) => other.message === message) === n);
