import { isObject, type JsonObject } from './json';
import { activationFrom } from './kerasActivation';
import type { Call } from './kerasCall';
import { NotKnown, type Translator } from './kerasLayer';

/** Arithmetic between tensors, as `x + y` or `x * 0.5` leaves it in a functional network: by Keras 3's and Keras 2's words. */
const merges: Readonly<Record<string, string>> = {
  Add: 'add',
  Subtract: 'subtract',
  Multiply: 'multiply',
  Divide: 'divide',
  TrueDivide: 'divide',
  Maximum: 'maximum',
  Minimum: 'minimum',
  '__operators__.add': 'add',
  'math.add': 'add',
  'math.subtract': 'subtract',
  'math.multiply': 'multiply',
  'math.truediv': 'divide',
  'math.divide': 'divide',
  'math.maximum': 'maximum',
  'math.minimum': 'minimum',
};

const activations: Readonly<Record<string, string>> = {
  Relu: 'relu',
  Relu6: 'relu6',
  Sigmoid: 'sigmoid',
  Tanh: 'tanh',
  Silu: 'silu',
  Softplus: 'softplus',
  Softsign: 'softsign',
  Selu: 'selu',
  'nn.relu': 'relu',
  'nn.relu6': 'relu6',
  'nn.silu': 'silu',
  'math.sigmoid': 'sigmoid',
  'math.tanh': 'tanh',
};

/** The translator of a node that is a function call and not a layer; null for layers. */
export function operationTranslator(json: JsonObject, call: Call): Translator | null {
  const word = functionName(json);
  if (word === null) return null;
  return (layer) => {
    const merge = Object.hasOwn(merges, word) ? merges[word] : undefined;
    if (merge !== undefined) {
      if (call.tensors.length > 1 && call.constants.every((c) => c === null))
        return { op: merge, attributes: {}, weights: [] };
      return { op: 'rescale', attributes: affineOf(merge, call), weights: [] };
    }
    if (Object.hasOwn(activations, word) && call.tensors.length === 1) {
      return { op: 'activation', attributes: { activation: activationFrom(activations[word], layer) }, weights: [] };
    }
    throw new NotKnown(`the function ${word} is not one that Isolens has`);
  };
}

function functionName(json: JsonObject): string | null {
  const { module, class_name: className, config } = json;
  if (typeof className !== 'string') return null;
  if (className === 'TFOpLambda' && isObject(config))
    return typeof config['function'] === 'string' ? config['function'] : '';
  return typeof module === 'string' && module.startsWith('keras.src.ops') ? className : null;
}

/** One tensor and one number: `constants` holds the number in its place, null where the tensor stands. */
function affineOf(merge: string, { tensors, constants }: Call): { scale: number[]; offset: number[] } {
  const number = constants.find((c) => c !== null);
  const first = constants[0] === null;
  if (tensors.length !== 1 || number === undefined || constants.length !== 2) {
    throw new NotKnown('its arguments are not understood');
  }
  switch (merge) {
    case 'add':
      return { scale: [1], offset: [number] };
    case 'subtract':
      return first ? { scale: [1], offset: [-number] } : { scale: [-1], offset: [number] };
    case 'multiply':
      return { scale: [number], offset: [0] };
    case 'divide':
      if (first) return { scale: [1 / number], offset: [0] };
      throw new NotKnown('it divides a number by a map');
    default:
      throw new NotKnown('its arguments are not understood');
  }
}
