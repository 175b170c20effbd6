import type { OutputActivation } from '../../../shared/recipe';
import type { Warning } from '../../../shared/result';
import { warningOf } from '../../../shared/warning';
import type { LoadedNetwork, NetworkArray } from '../network/network';

/** Operations that only rename or reorder values: an activation before them is still the network's last. */
const passesOn = new Set(['identity', 'flatten', 'reshape', 'permute']);

/** The activation in which an output ends, as the file says: `softmax`, `sigmoid`, another's name, or null where it ends in none. */
export function fileActivationOf(
  { graph, description }: Pick<LoadedNetwork, 'graph' | 'description'>,
  output = 0,
): string | null {
  const byName = new Map(description.nodes.map((node) => [node.name, node]));
  let node = byName.get(graph.outputs[output]?.node ?? '');
  while (node !== undefined) {
    if (node.activation !== null && node.activation !== 'linear') return node.activation;
    const before: string | undefined = node.inputs.length === 1 ? node.inputs[0] : undefined;
    node = passesOn.has(node.op) && before !== undefined ? byName.get(before) : undefined;
  }
  return null;
}

/**
 * The probability of one class alone, of the values from `at` on: the same number as `probabilities` gives it, for readers that need few of
 * millions.
 */
export function probabilityAt(
  values: Float32Array,
  at: number,
  { classes, index }: { readonly classes: number; readonly index: number },
  activation: OutputActivation,
  fileActivation: string | null,
): number {
  const own = values[at + index] ?? NaN;
  if (fileActivation === 'softmax' || fileActivation === 'sigmoid' || activation === 'none') return own;
  if (activation === 'sigmoid') return Math.fround(1 / (1 + Math.exp(-own)));
  let largest = -Infinity;
  for (let c = 0; c < classes; c++) largest = Math.max(largest, values[at + c] as number);
  let sum = 0;
  for (let c = 0; c < classes; c++) sum += Math.exp((values[at + c] as number) - largest);
  return Math.fround(Math.exp(own - largest) / sum);
}

/** Softmax over the last axis, in double precision, safe against large numbers. */
function softmax(values: Float32Array, classes: number): Float32Array {
  const shares = new Float32Array(values.length);
  for (let at = 0; at < values.length; at += classes) {
    let largest = -Infinity;
    for (let c = 0; c < classes; c++) largest = Math.max(largest, values[at + c] as number);
    let sum = 0;
    for (let c = 0; c < classes; c++) sum += Math.exp((values[at + c] as number) - largest);
    for (let c = 0; c < classes; c++) shares[at + c] = Math.exp((values[at + c] as number) - largest) / sum;
  }
  return shares;
}

/**
 * A network's output as probabilities. The recipe's activation is applied only where the network itself does not end in softmax or
 * sigmoid; where it does, the file wins, with a warning if the recipe says otherwise. *Shape* as the output's, classes last.
 */
export function probabilities(
  { shape, values }: NetworkArray,
  activation: OutputActivation,
  fileActivation: string | null,
): { readonly values: Float32Array; readonly applied: OutputActivation; readonly warning?: Warning } {
  if (fileActivation === 'softmax' || fileActivation === 'sigmoid') {
    const warning =
      activation === fileActivation
        ? {}
        : { warning: warningOf('analysis/activation-differs', { file: fileActivation, recipe: activation }) };
    return { values, applied: fileActivation, ...warning };
  }
  if (activation === 'softmax') return { values: softmax(values, shape.at(-1) ?? 1), applied: 'softmax' };
  if (activation === 'sigmoid') return { values: values.map((x) => 1 / (1 + Math.exp(-x))), applied: 'sigmoid' };
  return { values, applied: 'none' };
}
