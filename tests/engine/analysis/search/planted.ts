import type { Activation } from '../../../../main/engine/network/operation/activation';
import type { OpenInput, Part } from '../../../../main/engine/analysis/analysis';
import { search } from '../../../../main/engine/analysis/search/search';
import type { GraphDraft } from '../../../../main/engine/network/assemble';
import type { NodeCore } from '../../../../main/engine/network/operation/operation';
import type { LoadedNetwork, NetworkArray } from '../../../../main/engine/network/network';
import { layoutOf } from '../../../../main/engine/recipe/layout';
import { toTensor, toVolume } from '../../../../main/engine/recipe/placing';
import type { PreparedInput } from '../../../../main/engine/recipe/preparedInput';
import type { Study } from '../../../../main/engine/study/study';
import { search as definition, type SearchNeuron, type SearchParameters } from '../../../../shared/analysis/search';
import type { Affine, Vec3 } from '../../../../shared/geometry';
import { Recipe } from '../../../../shared/recipe';
import type { Structure } from '../../../../shared/structure';
import { contextOf, memoryWriter, runToEnd } from '../writtenNetwork';

export const layer = (name: string, op: string, from: string, more: Partial<NodeCore> = {}): NodeCore => ({
  name,
  op,
  inputs: from === '' ? [] : [from],
  attributes: {},
  weights: [],
  ...more,
});

export const draftOf = (shape: readonly (number | null)[], layers: readonly NodeCore[]): GraphDraft => ({
  name: 'planted',
  nodes: [layer('x', 'input', ''), ...layers],
  inputs: [{ name: 'x', node: 'x', shape: [null, ...shape] }],
  outputs: [{ name: 'y', node: layers.at(-1)?.name ?? '' }],
});

/** A convolution of one channel whose weights are all `weight`. */
export function evenConvolution(
  name: string,
  from: string,
  dims: number,
  kernel: number,
  {
    stride = 1,
    padding = 'same',
    weight = 1,
    bias = 0,
    activation = null,
  }: {
    readonly stride?: number;
    readonly padding?: string;
    readonly weight?: number;
    readonly bias?: number;
    readonly activation?: Activation | null;
  } = {},
): NodeCore {
  const size = Array.from({ length: dims }, () => kernel);
  return layer(name, `conv${String(dims)}d`, from, {
    attributes: {
      kernelSize: size,
      strides: size.map(() => stride),
      dilation: size.map(() => 1),
      padding,
      groups: 1,
      activation,
    },
    weights: [
      { name: 'kernel', shape: [...size, 1, 1], values: new Float32Array(kernel ** dims).fill(weight) },
      { name: 'bias', shape: [1], values: Float32Array.from([bias]) },
    ],
  });
}

/** Columns are steps along i, j and k of odd lengths, turned about the third axis. */
export function obliqueAffine(degrees: number, [a, b, c]: Vec3, [x, y, z]: Vec3): Affine {
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  return [cos * a, -sin * b, 0, x, sin * a, cos * b, 0, y, 0, 0, c, z, 0, 0, 0, 1];
}

export const recipeOf = (dims: 2 | 3, plane: 'axial' | 'coronal' = 'axial', more: object = {}): Recipe =>
  Recipe.parse({
    schema: 'isolens/recipe@1',
    dims,
    ...(dims === 2 ? { plane } : {}),
    grid: { spacingMm: 'native', size: [null, null, null], centre: 'volume' },
    channels: [{ image: 'CT', scale: [0, 1], clip: [0, 1] }],
    output: { kind: 'regression', quantity: 'dose', unitGy: 1 },
    ...more,
  });

/** A study as the network sees it: values in tensor order on a grid in the patient, with structures. */
export function placedInput(
  id: string,
  values: Float32Array,
  size: Vec3,
  affine: Affine,
  recipe: Recipe,
  { patient = id, structures = [] as readonly Structure[], planes = null as readonly number[] | null } = {},
): OpenInput {
  const layout = layoutOf(recipe);
  const grid = { size, affine };
  const sizes = layout.axes.map((axis) => size[axis]);
  const all = recipe.dims === 2 ? (planes ?? Array.from({ length: sizes[0] ?? 0 }, (_, n) => n)) : null;
  const place = { grid, layout, planes: all };
  const shape = recipe.dims === 2 ? [all?.length ?? 0, sizes[1] ?? 0, sizes[2] ?? 0, 1] : [1, ...sizes, 1];
  const prepared: PreparedInput = {
    id,
    patient,
    array: { shape, values },
    dims: recipe.dims,
    grid,
    ...(planes === null ? {} : { planes }),
    transforms: [{ kind: 'image', name: 'CT', clip: null, slope: 1, intercept: 0 }],
    frameOfReference: '1.2.11',
    sha256: id,
    warnings: [],
    toVolume: (own, placing) => toVolume(place, '1.2.11', own, placing),
    toTensor: (own) => toTensor(place, own),
  };
  const study = {
    summary: {},
    images: [],
    structureSets: [{ sopInstanceUid: '1', label: '', structures, referencedSeriesUid: null }],
    doses: [],
    plans: [],
    notes: [],
  } as unknown as Study;
  return { prepared, spec: { study: id }, study, label: null, truth: null };
}

export const parametersOf = (some: object = {}): SearchParameters => definition.parameters.parse(some);

/** Asks every input and concludes, as a run does; parts go through JSON as the cache writes them. */
export async function searched(
  network: LoadedNetwork,
  inputs: readonly OpenInput[],
  some: object = {},
  recipe: Recipe | null = null,
) {
  const parameters = parametersOf(some);
  const context = contextOf(network, { recipe, inputCount: inputs.length });
  const written = memoryWriter();
  const parts: Part[] = [];
  for (const input of inputs) {
    const { writer } = written;
    const named = {
      volume: (name: string, ...rest: unknown[]) =>
        (writer.volume as (...all: unknown[]) => Promise<string>)(`${input.prepared.id}/${name}`, ...rest),
      array: (name: string, ...rest: unknown[]) =>
        (writer.array as (...all: unknown[]) => Promise<string>)(`${input.prepared.id}/${name}`, ...rest),
    } as typeof writer;
    const { part } = await runToEnd(search.onInput(input, context, parameters, named, new AbortController().signal));
    parts.push(JSON.parse(JSON.stringify(part)) as Part);
  }
  const saved = (path: string): Promise<NetworkArray> => {
    const array = written.arrays.get(path.replace(/\.npy$/, ''));
    if (array) return Promise.resolve({ shape: array.shape, values: Float32Array.from(array.values) });
    const volume = written.volumes.get(path.replace(/\.nrrd$/, ''));
    if (!volume) throw new Error(`nothing was saved as ${path}`);
    const { grid, values } = volume.volume;
    return Promise.resolve({ shape: [...grid.size].reverse(), values: Float32Array.from(values) });
  };
  const ending = search.onEnd?.(parts, { ...context, saved }, parameters, written.writer, new AbortController().signal);
  const alone = ending ? (await runToEnd(ending)).part : null;
  const conclusion = search.conclude(parts, { ...context, alone }, parameters);
  const summary = definition.summary.parse(conclusion.summary);
  return {
    parts,
    alone,
    context: { ...context, alone },
    parameters,
    conclusion,
    summary,
    neurons: summary.neurons,
    ...written,
  };
}

/** The only neuron of a node. */
export function neuronOf(neurons: readonly SearchNeuron[], node: string, channel = 0): SearchNeuron {
  const found = neurons.find((neuron) => neuron.node === node && neuron.channel === channel);
  if (!found) throw new Error(`no neuron ${node} · ${String(channel)}`);
  return found;
}
