import {
  filters as definition,
  type FilterLayer,
  type FiltersParameters,
  type FilterStatus,
} from '../../../../shared/analysis/filters';
import type { FiltersResponse } from '../../../../shared/analysis/filtersResponse';
import { IsolensError } from '../../../../shared/problem/problem';
import type { Warning } from '../../../../shared/result';
import { warningOf } from '../../../../shared/warning';
import type { NetworkGraph } from '../../network/graph';
import type { Analysis, Context, Part, Step } from '../analysis';
import { chosenNodes } from '../layers';
import { inTurns, type Cuttable } from '../cuttable';
import { changeOf } from './change';
import { initialiserFigures } from './initialiser';
import { mostListed } from './kernelFigures';
import { cellsOf, kernelLayersIn, notFiniteIn, type KernelLayer } from '../kernelLayer';
import { layerFigures, type LayerFigures } from './layerFigures';
import { statusOf } from './layerTests';
import { measureResponse } from './response';
import { saveWeights } from './saveWeights';
import { spectrumCost } from './spectrum';
import { twinsOf } from './twin';
import { filtersVerdict, networkCount } from './verdict';

/** One layer's entry, and what the verdict and the warnings need of it beside. */
interface Judged {
  readonly layer: FilterLayer;
  readonly others: readonly FilterStatus[];
  readonly tooLarge: boolean;
  readonly listed: boolean;
  /** False where a network that was named has no such layer. */
  readonly matched: boolean;
}

interface Kept {
  readonly judged: readonly Judged[];
  /** Left out where it was not asked for, or not measured to its end. */
  readonly response?: FiltersResponse | null;
}

/** Share of the run that goes into the layers' weights where the linear-system view is asked for. */
const weightsShare = 0.4;

/** A stricter and a looser rule, each with more and with the same number of kernels asked for. */
const otherRules = [
  { level: 0.2, strictness: 1 },
  { level: 1, strictness: 1.5 },
  { level: 2, strictness: 1 },
] as const;

/** The same layer of another network: by name, with the same shape. */
const twinIn = (graph: NetworkGraph | undefined, layer: KernelLayer): KernelLayer | undefined =>
  graph &&
  kernelLayersIn(graph, [layer.node]).find(
    ({ weight, values, size, inside, out }) =>
      weight === layer.weight &&
      values.length === layer.values.length &&
      inside === layer.inside &&
      out === layer.out &&
      size.every((n, axis) => n === layer.size[axis]),
  );

function* judged(layer: KernelLayer, context: Context, parameters: FiltersParameters): Cuttable<Judged> {
  const { initialiser, twins, level } = parameters;
  const [initial, reference] = [context.networks?.['initial'], context.networks?.['reference']];
  const own: LayerFigures = yield* layerFigures(layer, { intervals: true });
  const count = own.kept.inside.length;
  const law = initialiser === 'unknown' ? 'glorot-uniform' : initialiser;
  const before = twinIn(initial?.graph, layer);
  const trained = twinIn(reference?.graph, layer);
  const other = trained ? yield* layerFigures(trained, { intervals: true }) : null;
  const twin = yield* twinsOf(layer, law, twins, level);
  const rule = (of: LayerFigures, at: number, strictness: number): FilterStatus =>
    statusOf(of.numbers.tests, of.kept.inside.length, of.power, at, strictness);
  return {
    layer: {
      node: layer.node,
      op: layer.op,
      weight: layer.weight,
      kernelSize: [...layer.size],
      inputs: layer.inside,
      outputs: layer.out,
      kernels: own.kernels,
      layer: {
        ...own.numbers,
        initialiser: initialiserFigures(layer, own.kept, initialiser),
        change: before ? changeOf(layer.values, before.values) : null,
        singularValues: [...own.singularValues],
      },
      status: rule(own, level, 1),
      kernelsNeeded: own.power.needed,
      visibleShare: own.power.visibleShare,
      twin,
      reference: other ? { ...other.numbers, status: rule(other, level, 1) } : null,
    },
    others: otherRules.map((each) => rule(own, Math.min(0.5, level * each.level), each.strictness)),
    tooLarge: own.tooLarge,
    listed: count <= mostListed,
    matched: (!initial || before !== undefined) && (!reference || trained !== undefined),
  };
}

/** Weights that are not numbers are said for every node of the network, whatever was asked for. */
function notFiniteWarnings(graph: NetworkGraph): Warning[] {
  return graph.nodes.flatMap((node) => {
    const count = node.weights.reduce((sum, { values }) => sum + notFiniteIn(values), 0);
    return count > 0 ? [warningOf('network/not-finite-weights', { node: node.name, count })] : [];
  });
}

function warningsOf(all: readonly Judged[], layers: readonly KernelLayer[], without: readonly string[]): Warning[] {
  const named = (some: readonly { readonly node: string }[]): string =>
    [...new Set(some.map(({ node }) => node))].join(', ');
  const flat = layers.filter((layer) => cellsOf(layer) < 2);
  const large = all.filter(({ tooLarge }) => tooLarge).map(({ layer }) => layer);
  const long = all.filter(({ listed }) => !listed).map(({ layer }) => layer);
  const unmatched = all.filter(({ matched }) => !matched).map(({ layer }) => layer);
  return [
    ...(flat.length > 0 ? [warningOf('analysis/kernels-not-spatial', { nodes: named(flat) })] : []),
    ...(large.length > 0 ? [warningOf('analysis/layer-too-large', { nodes: named(large) })] : []),
    ...(long.length > 0 ? [warningOf('analysis/kernels-not-listed', { nodes: named(long), most: mostListed })] : []),
    ...(unmatched.length > 0 ? [warningOf('analysis/no-counterpart', { nodes: named(unmatched) })] : []),
    ...(without.length > 0 ? [warningOf('analysis/no-kernels', { nodes: without.join(', ') })] : []),
  ];
}

const isCancelled = (thrown: unknown): boolean =>
  thrown instanceof IsolensError && thrown.problem.code === 'engine/cancelled';

/**
 * The linear-system view, and what is said of it. What cannot be run leaves it out and is said; a run that is stopped in the middle leaves
 * it out too.
 */
async function* responseOf(
  context: Context,
  { response, nodes }: FiltersParameters,
  signal: AbortSignal,
): AsyncGenerator<Step, { response?: FiltersResponse | null; warnings: Warning[]; partial: boolean }> {
  if (!response) return { warnings: [], partial: false };
  try {
    const measuring = measureResponse(context, chosenNodes(context.network, nodes), signal);
    for (;;) {
      const step = await measuring.next();
      if (!step.done) {
        yield step.value;
        continue;
      }
      const warnings = step.value ? [] : [warningOf('analysis/response-not-a-map')];
      return { response: step.value, warnings, partial: false };
    }
  } catch (thrown) {
    if (!(thrown instanceof IsolensError)) throw thrown;
    if (isCancelled(thrown)) return { warnings: [], partial: true };
    const { code, facts } = thrown.problem;
    return {
      response: null,
      warnings: [warningOf('analysis/response-not-measured'), warningOf(code, facts)],
      partial: false,
    };
  }
}

/** The kernels themselves: are they unlike the random numbers that training begins with? Needs no input. */
export const filters: Analysis<FiltersParameters> = {
  definition,

  passes: () => 0,

  async *onNetwork(context, parameters, writer, signal) {
    const { graph } = context.network;
    const layers = kernelLayersIn(graph, parameters.nodes);
    const { files, without } = await saveWeights(graph, parameters.save, writer);
    const asked = parameters.nodes === 'all' ? [] : parameters.nodes;
    const bare = asked.filter((name) => !layers.some(({ node }) => node === name));
    const costs = layers.map((layer) => spectrumCost(layer) * (1 + parameters.twins) + 1000 * layer.values.length);
    const total = costs.reduce((sum, cost) => sum + cost, 0);
    const all: Judged[] = [];
    const share = parameters.response ? weightsShare : 1;
    let spent = 0;
    let partial = false;
    for (const [n, layer] of layers.entries()) {
      yield { kind: 'progress', done: (share * spent) / total, stage: layer.node };
      try {
        all.push(await inTurns(judged(layer, context, parameters), signal));
      } catch (thrown) {
        if (!isCancelled(thrown)) throw thrown;
        partial = true;
        break;
      }
      spent += costs[n] ?? 0;
    }
    const measuring = responseOf(context, partial ? { ...parameters, response: false } : parameters, signal);
    let measured = await measuring.next();
    for (; !measured.done; measured = await measuring.next())
      if (measured.value.kind === 'progress')
        yield { ...measured.value, done: share + (1 - share) * measured.value.done };
    const { warnings: said, partial: cut, ...response } = measured.value;
    partial ||= cut;
    const kept: Kept = { judged: all, ...response };
    return {
      result: {
        id: '',
        values: {},
        files: Object.keys(files).length > 0 ? { weights: files } : {},
        warnings: [
          ...notFiniteWarnings(graph),
          ...warningsOf(all, layers, [...new Set([...without, ...bare])]),
          ...said,
        ],
      },
      kept,
      ...(partial ? { partial } : {}),
    };
  },

  // Nothing hangs on an input: it is there only because the job's other analyses have it.
  // eslint-disable-next-line @typescript-eslint/require-await
  async *onInput({ prepared }, { alone }) {
    return {
      result: { id: prepared.id, values: {}, files: alone?.result.files ?? {}, warnings: [...prepared.warnings] },
      kept: null,
    };
  },

  conclude(_: readonly Part[], { alone }, { level }) {
    const { judged: all, response } = (alone?.kept ?? { judged: [] }) as Kept;
    const layers = all.map(({ layer }) => layer);
    const unfinished = alone === undefined || alone === null || alone.partial === true;
    return {
      summary: { layers, network: networkCount(layers, level), ...(response === undefined ? {} : { response }) },
      verdict: filtersVerdict(all, level, unfinished),
    };
  },
};
