import type { InitialLaw } from '../../../shared/analysis/filters';
import type { Format } from '../../../shared/network';
import type { Node } from '../network/graph';
import { freshLayer } from './freshLayer';
import { kernelLayersOf } from './kernelLayer';

/** What a layer's kernels are drawn from, and who says so. */
export interface OwnLaw {
  readonly law: InitialLaw;
  readonly from: 'file' | 'assumed';
}

/** A law as a file names it: letters alone, in small ones. */
const plain = (text: unknown): string => (typeof text === 'string' ? text.replace(/[^a-z]/gi, '').toLowerCase() : '');

const usual: Readonly<Record<string, InitialLaw>> = {
  glorotuniform: 'glorot-uniform',
  glorotnormal: 'glorot-normal',
  heuniform: 'he-uniform',
  henormal: 'he-normal',
};

/** The general law of Keras, of which the usual four are cases; TensorFlow.js writes those so. */
function scaled(told: Readonly<Record<string, unknown>>): InitialLaw | null {
  const [mode, distribution] = [plain(told['mode']), plain(told['distribution'])];
  const named =
    mode === 'fanavg' && told['scale'] === 1 ? 'glorot' : mode === 'fanin' && told['scale'] === 2 ? 'he' : null;
  if (!named) return null;
  if (distribution === 'uniform') return `${named}-uniform`;
  return distribution === 'normal' || distribution === 'truncatednormal' ? `${named}-normal` : null;
}

/** The law that the file names, else the usual one of the framework that writes such files. */
export function ownLaw({ attributes }: Pick<Node, 'attributes'>, format: Format): OwnLaw {
  const told = (attributes['initialiser'] ?? {}) as Readonly<Record<string, unknown>>;
  const name = plain(told['name']);
  const law = usual[name] ?? (name === 'variancescaling' ? scaled(told) : null);
  if (!law) return { law: format === 'onnx' ? 'torch-uniform' : 'glorot-uniform', from: 'assumed' };
  const short = format === 'tfjs-layers' && (law === 'glorot-normal' || law === 'he-normal');
  return { law: short ? `tfjs-${law}` : law, from: 'file' };
}

/** What arrays beside kernels hold before any training. Other arrays are no weights that are learnt, and stay. */
const starts: Readonly<Record<string, number>> = { bias: 0, beta: 0, mean: 0, gamma: 1, variance: 1, alpha: 0 };

/**
 * New values for every array of some nodes, by the array that they replace: kernels drawn from their own law, the rest as it was before
 * training. The same for the same seed.
 */
export function freshWeights(
  nodes: readonly Node[],
  format: Format,
  seed: number,
): ReadonlyMap<Float32Array, Float32Array> {
  const fresh = new Map<Float32Array, Float32Array>();
  for (const node of nodes) {
    const { law } = ownLaw(node, format);
    for (const layer of kernelLayersOf(node))
      if (!fresh.has(layer.values)) fresh.set(layer.values, freshLayer(layer, law, seed).values);
    for (const { name, values } of node.weights) {
      const start = starts[name];
      if (start !== undefined && !fresh.has(values)) fresh.set(values, new Float32Array(values.length).fill(start));
    }
  }
  return fresh;
}

/** Nodes with weights that learn, from the output down: each group holds one node with kernels and what follows it. */
export function groupsFromTop(nodes: readonly Node[]): readonly (readonly Node[])[] {
  const groups: Node[][] = [];
  let open: Node[] = [];
  for (const node of [...nodes].reverse()) {
    if (node.weights.length > 0) open.push(node);
    if (kernelLayersOf(node).length === 0) continue;
    groups.push(open);
    open = [];
  }
  return groups;
}
