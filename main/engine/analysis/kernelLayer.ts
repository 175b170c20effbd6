import type { NetworkGraph, Node, Weight } from '../network/graph';

/** The kernels of one node as they are stored: `values` is `[k…, in, out]`, C order. */
export interface KernelLayer {
  readonly node: string;
  readonly op: string;
  /** Which of the node's arrays: a separable convolution has two. */
  readonly weight: string;
  /** Sizes of one kernel, tensor order; empty for a dense layer. */
  readonly size: readonly number[];
  readonly inside: number;
  readonly out: number;
  readonly values: Float32Array;
  /** As Keras counts them for its initialisers. */
  readonly fanIn: number;
  readonly fanOut: number;
}

const product = (sizes: readonly number[]): number => sizes.reduce((all, n) => all * n, 1);

/** Arrays that hold kernels, by operation; others (slopes, scales, statistics) have no kernels. */
const kernelNames: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^conv\dd$/, ['kernel']],
  [/^(grouped)?convTranspose\dd$/i, ['kernel']],
  [/^depthwiseConv\dd$/, ['kernel']],
  [/^separableConv\dd$/, ['depthwise', 'pointwise']],
  [/^dense$/, ['kernel']],
];

/** A transposed convolution's kernels lie the other way round in Keras' file, and its initialisers count from there. */
function fansOf({ op }: Node, { shape }: Weight): readonly [number, number] {
  const cells = product(shape.slice(0, -2));
  const [inside, out] = [shape.at(-2) ?? 1, shape.at(-1) ?? 1];
  const [first, second] = /transpose/i.test(op) ? [out, inside] : [inside, out];
  return [cells * first, cells * second];
}

function layerOf(node: Node, weight: Weight): KernelLayer {
  const [fanIn, fanOut] = fansOf(node, weight);
  return {
    node: node.name,
    op: node.op,
    weight: weight.name,
    size: weight.shape.slice(0, -2),
    inside: weight.shape.at(-2) ?? 1,
    out: weight.shape.at(-1) ?? 1,
    values: weight.values,
    fanIn,
    fanOut,
  };
}

/** Empty for a node without kernels. */
export function kernelLayersOf(node: Node): readonly KernelLayer[] {
  const names = kernelNames.find(([op]) => op.test(node.op))?.[1] ?? [];
  return names.flatMap((name) => {
    const weight = node.weights.find((own) => own.name === name);
    return weight && weight.shape.length >= 2 ? [layerOf(node, weight)] : [];
  });
}

/** Those of the named nodes, or of all; of a layer that is used twice those of its first node. */
export function kernelLayersIn(graph: NetworkGraph, nodes: readonly string[] | 'all'): readonly KernelLayer[] {
  const seen = new Set<Float32Array>();
  return graph.nodes
    .filter(({ name }) => nodes === 'all' || nodes.includes(name))
    .flatMap(kernelLayersOf)
    .filter(({ values }) => nodes !== 'all' || (!seen.has(values) && seen.add(values)));
}

/** Weights of one kernel. */
export const cellsOf = ({ size }: KernelLayer): number => product(size);

/** How a layer's array is called where a node has several. */
export const layerName = ({ node, weight }: Pick<KernelLayer, 'node' | 'weight'>): string =>
  weight === 'pointwise' ? `${node}/${weight}` : node;

/**
 * Weight vectors of one length, one a line. *Shape* of `values` lines × cells.
 */
export interface Lines {
  readonly cells: number;
  readonly values: Float64Array;
  /** Input and output channel of each line, as the array counts them. */
  readonly inside: Int32Array;
  readonly out: Int32Array;
  /** Share of the layer's that are not among these. */
  readonly droppedShare: number;
}

/** A line whose largest weight is below this share of the layer's is not looked at. Source: Gavrikov & Keuper 2022, sparsity. */
const sparse = 0.01;

/** The kernels that are looked at: neither next to nothing beside the layer's largest weight nor holding what is no number. */
export const kernelsOf = (layer: KernelLayer): Lines =>
  kept(layer, cellsOf(layer), layer.inside, (t, i, o) => (t * layer.inside + i) * layer.out + o);

/** What each output channel takes from all inputs at once: the directions of a layer whose kernels are single weights. */
export const columnsOf = (layer: KernelLayer): Lines =>
  kept(layer, cellsOf(layer) * layer.inside, 1, (t, _, o) => t * layer.out + o);

function kept(
  { values, out }: KernelLayer,
  cells: number,
  inputs: number,
  at: (cell: number, input: number, output: number) => number,
): Lines {
  const largest = largestOf(values);
  const lines = new Float64Array(values.length);
  const inside: number[] = [];
  const outs: number[] = [];
  for (let i = 0; i < inputs; i++) {
    for (let o = 0; o < out; o++) {
      const from = inside.length * cells;
      let own = 0;
      for (let t = 0; t < cells; t++) {
        const value = values[at(t, i, o)] as number;
        lines[from + t] = value;
        own = Math.max(own, Number.isFinite(value) ? Math.abs(value) : Infinity);
      }
      if (own < sparse * largest || own === 0 || own === Infinity) continue;
      inside.push(i);
      outs.push(o);
    }
  }
  return {
    cells,
    values: lines.subarray(0, inside.length * cells),
    inside: Int32Array.from(inside),
    out: Int32Array.from(outs),
    droppedShare: 1 - inside.length / (inputs * out),
  };
}

function largestOf(values: Float32Array): number {
  let largest = 0;
  for (const value of values) if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
  return largest;
}

export const notFiniteIn = (values: Float32Array): number =>
  values.reduce((count, value) => count + (Number.isFinite(value) ? 0 : 1), 0);
