import type { Size } from '../lowering/value';
import { refolding } from './axes';
import type { FileModel, FileNode, FileTensor } from './fileModel';

/** Operations whose input has its channels behind the batch. */
const images =
  /^(Conv|ConvTranspose|BatchNormalization|InstanceNormalization|GroupNormalization|MaxPool|AveragePool|LpPool|GlobalMaxPool|GlobalAveragePool|LRN|DepthToSpace|SpaceToDepth)$/;
/** Operations that multiply the last axis by a matrix. */
const products = /^(MatMul|Gemm)$/;
/** Operations that leave axes where they are. */
const through =
  /^(Identity|Cast|Dropout|Add|Sub|Mul|Div|Pow|Max|Min|Sum|Mean|Clip|Relu|LeakyRelu|PRelu|Elu|Selu|Celu|Gelu|Mish|Sigmoid|Tanh|HardSigmoid|HardSwish|Softplus|Softsign|ThresholdedRelu|Softmax|LogSoftmax|Neg|Abs|Sqrt|Exp|Log|Floor|Ceil|Round|Sign|Erf|Reciprocal|Pad|Slice|Concat|Split|Resize|Upsample|Tile|LayerNormalization|Where)$/;

interface Followed {
  readonly name: string;
  /** For each axis of this value the axis of the first one. */
  readonly axes: readonly (number | null)[];
  readonly sizes: readonly Size[] | null;
}

/** Tells from its readers which axis of a value its channels are; null where none of them tells. */
export type ChannelSearch = (value: string, sizes: readonly Size[]) => number | null;

/** The axis that reaches a convolution (or a pooling, a normalisation, a dense layer) as its channels, through whatever lies between. */
export function channelSearch(model: FileModel, opset: number): ChannelSearch {
  const readers = new Map<string, FileNode[]>();
  for (const node of model.nodes) {
    for (const name of new Set(node.inputs)) {
      const known = readers.get(name);
      if (known) known.push(node);
      else readers.set(name, [node]);
    }
  }
  const constants = constantsOf(model);
  return (value, sizes) => {
    const seen = new Set<string>();
    const waiting: Followed[] = [{ name: value, axes: sizes.map((_, a) => a), sizes }];
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      for (const node of readers.get(next.name) ?? []) {
        if (node.domain !== '' || seen.has(node.outputs[0] ?? '')) continue;
        seen.add(node.outputs[0] ?? '');
        const first = node.inputs[0] === next.name;
        const told =
          first && images.test(node.op) ? next.axes[1] : first && products.test(node.op) ? next.axes.at(-1) : null;
        if (told !== null && told !== undefined) return told;
        const after = behind(node, next, constants, opset);
        if (after) for (const name of node.outputs) waiting.push({ ...after, name });
      }
    }
    return null;
  };
}

/** Numbers of small constants, by their name, when they are asked for. */
function constantsOf(model: FileModel): (name: string | undefined) => readonly number[] | null {
  const tensors = new Map<string, FileTensor>(model.initializers.map((tensor) => [tensor.name, tensor]));
  for (const node of model.nodes) {
    const tensor = node.op === 'Constant' ? node.attributes.get('value')?.tensor : undefined;
    if (tensor) tensors.set(node.outputs[0] ?? '', tensor);
  }
  return (name) => {
    const tensor = tensors.get(name ?? '');
    if (!tensor || tensor.external) return null;
    const value = tensor.value(new Map());
    return value.kind === 'constant' ? [...value.values] : null;
  };
}

type Axes = Omit<Followed, 'name'>;

function behind(
  node: FileNode,
  { name, axes, sizes }: Followed,
  constants: (name: string | undefined) => readonly number[] | null,
  opset: number,
): Axes | null {
  if (through.test(node.op))
    return { axes, sizes: /^(Pad|Slice|Concat|Split|Resize|Upsample|Tile)$/.test(node.op) ? null : sizes };
  if (node.inputs[0] !== name) return null;
  const listed = (key: string): readonly number[] | null =>
    opset < 13 ? (node.attributes.get(key)?.ints ?? null) : constants(node.inputs[1]);
  const rank = axes.length;
  switch (node.op) {
    case 'Transpose': {
      const order = node.attributes.get('perm')?.ints ?? axes.map((_, a) => rank - 1 - a);
      if (order.length !== rank) return null;
      return { axes: order.map((a) => axes[a] ?? null), sizes: sizes ? order.map((a) => sizes[a] ?? null) : null };
    }
    case 'Unsqueeze': {
      const added = listed('axes')?.map((a) => (a < 0 ? a + rank + (listed('axes')?.length ?? 0) : a));
      if (!added) return null;
      const grow = <T>(list: readonly T[], fill: T): T[] => {
        const rest = [...list];
        return Array.from({ length: rank + added.length }, (_, a) => (added.includes(a) ? fill : rest.shift()!));
      };
      return { axes: grow<number | null>(axes, null), sizes: sizes ? grow<Size>(sizes, 1) : null };
    }
    case 'Squeeze': {
      const gone = (listed('axes') ?? sizes?.flatMap((n, a) => (n === 1 ? [a] : [])))?.map((a) =>
        a < 0 ? a + rank : a,
      );
      if (!gone) return null;
      const left = <T>(list: readonly T[]): T[] => list.filter((_, a) => !gone.includes(a));
      return { axes: left(axes), sizes: sizes ? left(sizes) : null };
    }
    case 'Reshape': {
      const target = opset < 5 ? node.attributes.get('shape')?.ints : constants(node.inputs[1]);
      if (!target || !sizes) return null;
      const result = reshapedSizes(sizes, target);
      const { kept } = refolding(sizes.slice(1), result.slice(1));
      return {
        axes: [axes[0] ?? null, ...kept.map((a) => (a === null ? null : (axes[a + 1] ?? null)))],
        sizes: result,
      };
    }
    default:
      return null;
  }
}

/** The sizes behind a reshape, the batch kept as it is; null where they cannot be told. */
function reshapedSizes(sizes: readonly Size[], target: readonly number[]): readonly Size[] {
  const copied = target.map((n, a): Size => (a === 0 ? sizes[0]! : n === 0 ? (sizes[a] ?? null) : n === -1 ? null : n));
  const count = sizes.slice(1).reduce<number>((p, n) => (typeof n === 'number' ? p * n : NaN), 1);
  const known = copied.slice(1).reduce<number>((p, n) => (typeof n === 'number' ? p * n : p), 1);
  const left = count / known;
  return copied.map((n, a) => (a > 0 && n === null && Number.isInteger(left) ? left : n));
}
