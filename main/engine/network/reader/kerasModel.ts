import { IsolensError } from '../../../../shared/problem/problem';
import type { Warning } from '../../../../shared/result';
import type { GraphDraft } from '../assemble';
import type { Shape } from '../graph';
import type { NodeCore } from '../operation/operation';
import { badStructure, isList, isObject, objectAt, textAt, type Json, type JsonObject } from './json';
import { referencesIn, type Call, type Reference } from './kerasCall';
import { NotKnown, isWhole, type FileArray, type LayerSource, type Translation, type Translator } from './kerasLayer';
import { activationTranslators } from './kerasActivation';
import { operationTranslator } from './kerasFunction';
import { otherTranslators } from './kerasOther';
import { windowTranslators } from './kerasWindow';

/** One level of the way to a layer through sub-models. */
export interface LayerStep {
  readonly name: string;
  /** Keras 3's name in its weights file: the class in snake case, numbered within its model. */
  readonly ordinal: string;
}

export interface WeightStore {
  /** A layer's arrays in the order in which Keras made them; none where it has none. */
  arraysOf(path: readonly LayerStep[]): readonly FileArray[];
}

export interface KerasDialect {
  readonly dialect: LayerSource['dialect'];
  callsOf(layer: JsonObject): readonly Call[];
}

interface Layer {
  readonly name: string;
  readonly className: string;
  readonly json: JsonObject;
  readonly config: JsonObject;
  readonly step: LayerStep;
  readonly model: Model | null;
  /** The number of the first call, as references count. */
  readonly firstCall: number;
  readonly calls: readonly Call[];
}

interface Model {
  readonly name: string;
  readonly layers: ReadonlyMap<string, Layer>;
  readonly inputs: readonly Reference[];
  readonly outputs: readonly Reference[];
  /** Shape of the first layer's input, where there is no input layer. */
  readonly bareInput: Json | undefined;
}

const translators: ReadonlyMap<string, Translator> = new Map(
  [windowTranslators, activationTranslators, otherTranslators].flatMap((family) => Object.entries(family)),
);

/** More nodes than any network has: a small file can unfold into a huge one through sub-models within sub-models. */
const mostNodes = 50_000;

/**
 * A Keras model's description as a graph, sub-models unfolded in their place. A layer that is used again is a node of its own,
 * `name@2`, with the same weights.
 */
export function draftOfModel(
  json: JsonObject,
  dialect: KerasDialect,
  weights: WeightStore,
): { readonly draft: GraphDraft; readonly warnings: readonly Warning[] } {
  const model = modelOf(json, dialect);
  const unfolding = new Unfolding(
    dialect.dialect,
    weights,
    JSON.stringify(json).includes('"data_format":"channels_first"'),
  );
  const draft = unfolding.top(model);
  return { draft, warnings: unfolding.warnings };
}

const modelClasses = ['Functional', 'Model', 'Sequential'];

function isModel(json: JsonObject): boolean {
  const config = json['config'];
  return (
    modelClasses.includes(textAt(json, 'class_name')) &&
    (isList(config) || (isObject(config) && isList(config['layers'])))
  );
}

function modelOf(json: JsonObject, dialect: KerasDialect): Model {
  const className = textAt(json, 'class_name');
  if (!isModel(json))
    throw badStructure(`a model of class ${className} is defined by code, which Isolens does not run`);
  const config: JsonObject = isList(json['config']) ? { layers: json['config'] } : objectAt(json, 'config');
  const list = config['layers'] as readonly Json[];
  const sequential = className === 'Sequential';
  const layers = new Map<string, Layer>();
  const ordinals = new Map<string, number>();
  let before: string | null = null;
  for (const item of list) {
    if (!isObject(item)) throw badStructure('a layer is not an object');
    const layer: Layer = layerOf(item, dialect, sequential ? before : undefined, ordinals);
    if (layers.has(layer.name)) throw badStructure(`two layers are called ${layer.name}`);
    layers.set(layer.name, layer);
    before = layer.name;
  }
  const name = typeof config['name'] === 'string' ? config['name'] : 'network';
  if (!sequential) {
    const [inputs, outputs] = ['input_layers', 'output_layers'].map((key) => referencesIn(config[key]));
    if (!inputs || !outputs || inputs.length === 0 || outputs.length === 0)
      throw badStructure('its inputs or outputs are missing');
    return { name, layers: renumbered(layers, outputs), inputs, outputs, bareInput: undefined };
  }
  const [first] = layers.values();
  if (!first || before === null) throw badStructure('it has no layers');
  const input = first.className === 'InputLayer' ? [{ layer: first.name, call: 0, tensor: 0 }] : [];
  const bareInput = config['build_input_shape'] ?? first.config['batch_input_shape'] ?? first.config['batch_shape'];
  return { name, layers, inputs: input, outputs: [{ layer: before, call: 0, tensor: 0 }], bareInput };
}

/**
 * Keras 2 counts a sub-model's own making as its call 0 and does not list it: its calls are then referred to from 1 on. Every listed
 * call is referred to by someone, so that the highest number tells.
 */
function renumbered(layers: ReadonlyMap<string, Layer>, outputs: readonly Reference[]): ReadonlyMap<string, Layer> {
  const highest = new Map<string, number>();
  const everywhere = [...layers.values()].flatMap((layer) => layer.calls.flatMap((call) => call.tensors));
  for (const { layer, call } of [...everywhere, ...outputs])
    highest.set(layer, Math.max(call, highest.get(layer) ?? 0));
  return new Map(
    [...layers].map(([name, layer]) => {
      const late = layer.model !== null && (highest.get(name) ?? 0) >= layer.calls.length;
      return [name, late ? { ...layer, firstCall: 1 } : layer];
    }),
  );
}

function layerOf(
  json: JsonObject,
  dialect: KerasDialect,
  sequentialBefore: string | null | undefined,
  ordinals: Map<string, number>,
): Layer {
  const className = textAt(json, 'class_name');
  const config: JsonObject = isList(json['config']) ? {} : objectAt(json, 'config');
  const name = typeof json['name'] === 'string' ? json['name'] : textAt(config, 'name');
  const snake = snakeCase(className === 'Model' ? 'Functional' : className);
  const used = ordinals.get(snake);
  ordinals.set(snake, (used ?? -1) + 1);
  const calls =
    sequentialBefore === undefined
      ? dialect.callsOf(json)
      : [
          {
            tensors: sequentialBefore === null ? [] : [{ layer: sequentialBefore, call: 0, tensor: 0 }],
            constants: [],
          },
        ];
  return {
    name,
    className,
    json,
    config,
    step: { name, ordinal: used === undefined ? snake : `${snake}_${used + 1}` },
    model: isModel(json) ? modelOf(json, dialect) : null,
    firstCall: 0,
    calls,
  };
}

/** Keras' own rule for the names in its weights file. */
export function snakeCase(className: string): string {
  return className
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}

class Unfolding {
  readonly warnings: Warning[] = [];
  readonly #nodes: NodeCore[] = [];
  readonly #inputs: { name: string; node: string; shape: Shape }[] = [];
  readonly #translated = new Map<Layer, Translation>();
  readonly #dialect: LayerSource['dialect'];
  readonly #weights: WeightStore;
  readonly #channelsFirst: boolean;

  constructor(dialect: LayerSource['dialect'], weights: WeightStore, channelsFirst: boolean) {
    this.#dialect = dialect;
    this.#weights = weights;
    this.#channelsFirst = channelsFirst;
  }

  top(model: Model): GraphDraft {
    const fed = model.inputs.length > 0 ? [] : [this.#bareInput(model)];
    this.#unfold(model, '', [], fed, true);
    const order = model.inputs.map((reference) => reference.layer);
    const inputs = [...this.#inputs].sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
    const outputs = model.outputs.map((reference) => {
      const node = nodeOf(model, reference, '');
      return { name: node, node };
    });
    return { name: model.name, nodes: this.#nodes, inputs, outputs };
  }

  #bareInput(model: Model): string {
    const [first] = model.layers.values();
    let shape = model.bareInput;
    // A network that begins with a sub-model takes what that one takes.
    for (let inner = first?.model; shape === undefined && inner; inner = [...inner.layers.values()][0]?.model) {
      const [start] = inner.layers.values();
      shape = inner.bareInput ?? start?.config['batch_shape'] ?? start?.config['batch_input_shape'];
    }
    const name = `${first?.name ?? 'network'}_input`;
    this.#addInput(name, shape);
    return name;
  }

  #unfold(model: Model, prefix: string, path: readonly LayerStep[], fed: readonly string[], top: boolean): void {
    const inputLayers = model.inputs.map((reference) => reference.layer);
    for (const layer of model.layers.values()) {
      if (layer.className === 'InputLayer') {
        if (top) this.#addInput(layer.name, layer.config['batch_shape'] ?? layer.config['batch_input_shape']);
        else this.#add(passing(`${prefix}${layer.name}`, fed[inputLayers.indexOf(layer.name)]));
        continue;
      }
      layer.calls.forEach((call, at) => {
        const name = callName(prefix, layer, at);
        const given = call.tensors.map((reference) => nodeOf(model, reference, prefix));
        const inputs = given.length === 0 && fed.length > 0 ? fed : given;
        if (layer.model) this.#unfold(layer.model, `${name}/`, [...path, layer.step], inputs, false);
        else this.#add({ name, inputs, ...this.#translate(layer, name, path, call) });
      });
    }
  }

  #translate(layer: Layer, name: string, path: readonly LayerStep[], call: Call): Translation {
    const known = this.#translated.get(layer);
    if (known) return known;
    const arrays = this.#weights.arraysOf([...path, layer.step]);
    const source: LayerSource = {
      name,
      className: layer.className,
      config: layer.config,
      arrays,
      channelsFirst: this.#channelsFirst,
      dialect: this.#dialect,
    };
    const made = translate(source, layer.json, call);
    this.#translated.set(layer, made);
    return made;
  }

  #addInput(name: string, shape: Json | undefined): void {
    if (!isList(shape) || shape.length < 2 || !shape.every((n) => n === null || (isWhole(n) && n > 0))) {
      throw badStructure(`the input ${name} has no shape`);
    }
    const [batch = null, ...sizes] = shape as Shape;
    const turned =
      this.#channelsFirst && sizes.length > 1 ? [batch, ...sizes.slice(1), sizes[0] ?? null] : [batch, ...sizes];
    this.#inputs.push({ name, node: name, shape: [null, ...turned.slice(1)] });
    this.#add({ name, op: 'input', inputs: [], attributes: {}, weights: [] });
  }

  #add(node: NodeCore): void {
    if (this.#nodes.length >= mostNodes) throw badStructure(`it unfolds into more than ${mostNodes} layers`);
    if (node.op === 'upsample2d' && node.attributes['interpolation'] === 'bilinear-legacy') {
      this.warnings.push(warningOf(new IsolensError('network/legacy-bilinear', {}, { node: node.name })));
    }
    this.#nodes.push(node);
  }
}

export const warningOf = (problem: IsolensError): Warning => ({ code: problem.problem.code, message: problem.message });

function passing(name: string, from: string | undefined): NodeCore {
  if (from === undefined) throw badStructure(`the input ${name} of a sub-model is given nothing`);
  return { name, op: 'identity', inputs: [from], attributes: {}, weights: [] };
}

const callName = (prefix: string, layer: Layer, call: number): string =>
  `${prefix}${layer.name}${call === 0 ? '' : `@${call + 1}`}`;

/** The node that makes the tensor: of a sub-model, the one behind its output. */
function nodeOf(model: Model, reference: Reference, prefix: string): string {
  const layer = model.layers.get(reference.layer);
  if (!layer) throw badStructure(`a layer reads ${reference.layer}, which is not there`);
  const name =
    layer.className === 'InputLayer'
      ? `${prefix}${layer.name}`
      : callName(prefix, layer, reference.call - layer.firstCall);
  if (!layer.model) return name;
  const inner = layer.model.outputs[reference.tensor];
  if (!inner) throw badStructure(`${layer.name} has no output ${reference.tensor}`);
  return nodeOf(layer.model, inner, `${name}/`);
}

/** What the layer's kernels were drawn from, as the file names it, with the numbers of a law that has some. */
function initialiserIn(config: JsonObject): JsonObject | null {
  const told = config['kernel_initializer'] ?? config['depthwise_initializer'];
  if (typeof told === 'string') return { name: told };
  if (!isObject(told ?? null)) return null;
  const { class_name: name, config: numbers } = told as JsonObject;
  return typeof name === 'string' ? { ...(isObject(numbers) ? numbers : {}), name } : null;
}

function translate(source: LayerSource, json: JsonObject, call: Call): Translation {
  const unknown = (reason: string): Translation => ({
    op: 'unknown',
    attributes: { fileOp: source.className, reason },
    weights: source.arrays.map(({ name, shape, values }) => ({ name, shape, values })),
  });
  const { module, registered_name: registered } = json;
  const foreign =
    (typeof module === 'string' && !/^(keras|tensorflow|tf_keras)(\.|$)/.test(module)) ||
    (typeof registered === 'string' && registered.includes('>'));
  if (foreign) return unknown('it is defined by code outside Keras, which Isolens does not run');
  const translator = operationTranslator(json, call) ?? translators.get(source.className);
  if (!translator) return unknown('Isolens does not know this layer');
  try {
    const made = translator(source);
    const initialiser = initialiserIn(source.config);
    return initialiser ? { ...made, attributes: { ...made.attributes, initialiser } } : made;
  } catch (thrown) {
    if (thrown instanceof NotKnown) return unknown(thrown.message);
    throw thrown;
  }
}
