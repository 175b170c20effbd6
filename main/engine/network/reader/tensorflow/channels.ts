import { wordAt, type FileGraph, type FileNode } from './fileGraph';

const convolutions = /^(_?Fused)?(Conv[23]D|DepthwiseConv2dNative|MaxPool(3D)?|AvgPool(3D)?|FusedBatchNorm|BiasAdd)/;
const through =
  /^(Identity|Cast|Add|AddV2|Sub|Mul|RealDiv|Maximum|Minimum|Pad|PadV2|MirrorPad|StopGradient|CheckNumerics|Neg|Square|Sqrt)$/;

/**
 * Which axis of an input its channels are: the one that reaches a convolution as such, through Transposes and whatever leaves axes as they
 * are; the last where none does.
 */
export function channelAxisOf(input: string, rank: number, graph: FileGraph): number {
  const nodes = new Map(graph.nodes.map((node) => [node.name, node]));
  const readers = new Map<string, FileNode[]>();
  for (const node of nodes.values()) {
    for (const name of node.inputs) readers.set(plain(name), [...(readers.get(plain(name)) ?? []), node]);
  }
  const seen = new Set<string>();
  // For each axis of the value that is followed, the input's axis.
  const waiting = [{ name: input, axes: Array.from({ length: rank }, (_, a) => a) }];
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    for (const node of readers.get(next.name) ?? []) {
      if (seen.has(node.name)) continue;
      seen.add(node.name);
      if (convolutions.test(node.op))
        return next.axes[wordAt(node, 'data_format', 'NHWC').startsWith('NC') ? 1 : rank - 1]!;
      if (through.test(node.op)) waiting.push({ name: node.name, axes: next.axes });
      const order = node.op === 'Transpose' ? orderOf(nodes.get(plain(node.inputs[1] ?? ''))) : null;
      if (order?.length === rank) waiting.push({ name: node.name, axes: order.map((a) => next.axes[a] ?? a) });
    }
  }
  return rank - 1;
}

const plain = (reference: string): string => reference.replace(/^\^/, '').split(':')[0]!;

function orderOf(node: FileNode | undefined): readonly number[] | null {
  const value = node?.attributes.get('value')?.tensor?.();
  return value?.kind === 'constant' ? [...value.values] : null;
}
