import type { Shape } from '../graph';
import { slidingOf, type Sliding } from '../operation/along';
import { activationOf } from '../operation/activation';
import {
  integersOf,
  numberOf,
  optionalWeight,
  productOf,
  spatialOf,
  wordOf,
  type NodeCore,
} from '../operation/operation';
import { operationOf } from '../operation/list';
import { spreadingOf, type Spreading } from '../operation/transposedConvolution';

/** A cell beyond the map: 0 stands there. */
export const zeroCell = -2;
/** A cell beyond the map: what the reader's own padding is. */
export const paddedCell = -1;

/** How a step's box is computed from boxes of what it reads. */
export type Work =
  | { readonly kind: 'input' }
  /** Inputs one after the other along the channels: a view. */
  | { readonly kind: 'channels' }
  /** Each cell is a cell of the input: a view. */
  | { readonly kind: 'lookup'; readonly source: (index: number, axis: number) => number }
  /** `sliding` is that of the kernel as it is held: with zeros between its taps where the backend takes no dilation. */
  | { readonly kind: 'convolution'; readonly sliding: readonly Sliding[] }
  | { readonly kind: 'transposed'; readonly spreading: readonly Spreading[] }
  | { readonly kind: 'pool'; readonly sliding: readonly Sliding[]; readonly average: boolean; readonly padded: boolean }
  /** Another sliding window: the operation itself, without padding of its own. */
  | { readonly kind: 'window' }
  /** Cell by cell: the operation itself. */
  | { readonly kind: 'cells' }
  /** Mean over the map. */
  | { readonly kind: 'mean' }
  /** Anything else: the operation itself, on whole maps. */
  | { readonly kind: 'whole' };

const whole: Work = { kind: 'whole' };
const cells: Work = { kind: 'cells' };

export function workOf(node: NodeCore, inputs: readonly Shape[], output: Shape): Work {
  const rank = spatialOf(output).length;
  const [first = []] = inputs;
  switch (node.op) {
    case 'conv1d':
    case 'conv2d':
    case 'conv3d':
      if (rank < 2 || numberOf(node, 'groups', 1) !== 1) return { kind: 'window' };
      return { kind: 'convolution', sliding: asHeld(node, first) };
    case 'depthwiseConv1d':
    case 'depthwiseConv2d':
    case 'separableConv1d':
    case 'separableConv2d':
      return { kind: 'window' };
    case 'convTranspose2d':
    case 'convTranspose3d':
      if (numberOf(node, 'groups', 1) !== 1) return whole;
      return { kind: 'transposed', spreading: spreadingOf(node, first) };
    case 'maxPool2d':
    case 'maxPool3d':
    case 'averagePool2d':
    case 'averagePool3d': {
      const sliding = slidingOf(node, first);
      if (sliding.some(({ dilation }) => dilation > 1)) return whole;
      const padded = sliding.some(({ before, after }) => before + after > 0);
      return { kind: 'pool', sliding, average: node.op.startsWith('average'), padded };
    }
    case 'upsample1d':
    case 'upsample2d':
    case 'upsample3d': {
      if (wordOf(node, 'interpolation') !== 'nearest') return whole;
      const factors = integersOf(node, 'factor');
      return { kind: 'lookup', source: (index, axis) => Math.floor(index / factors[axis]!) };
    }
    case 'zeroPad1d':
    case 'zeroPad2d':
    case 'zeroPad3d':
      return shifted(node, first, -1);
    case 'crop1d':
    case 'crop2d':
    case 'crop3d':
      return shifted(node, first, 1);
    case 'concatenate': {
      const axis = numberOf(node, 'axis');
      return axis === -1 || axis === output.length - 1 ? { kind: 'channels' } : whole;
    }
    case 'globalAveragePool':
      return { kind: 'mean' };
    case 'affine':
      return sameSpace(first, output) && node.weights.every(({ shape }) => productOf(shape.slice(0, -1)) === 1)
        ? cells
        : whole;
    case 'elementwise':
    case 'compare':
    case 'batchNorm':
    case 'rescale':
    case 'normalize':
    case 'identity':
    case 'activation':
    case 'dense':
      return 'axes' in activationOf(node) && !lastOnly(activationOf(node), output.length) ? whole : cells;
    case 'prelu':
      return productOf(optionalWeight(node, 'alpha')?.shape.slice(0, -1) ?? []) === 1 ? cells : whole;
    case 'layerNorm':
    case 'unitNorm':
    case 'rmsNorm':
      return lastOnly(node.attributes, output.length) ? cells : whole;
    case 'add':
    case 'subtract':
    case 'multiply':
    case 'divide':
    case 'average':
    case 'maximum':
    case 'minimum':
    case 'dot':
      return inputs.every((shape) => sameSpace(shape, output)) ? cells : whole;
    default:
      return whole;
  }
}

const lastOnly = (holder: object, rank: number): boolean => {
  const axes = (holder as { readonly axes?: unknown }).axes;
  return Array.isArray(axes) && axes.every((axis) => axis === -1 || axis === rank - 1);
};

const sameSpace = (a: Shape, b: Shape): boolean =>
  a.length === b.length && spatialOf(a).every((n, axis) => n === b[axis + 1]);

function shifted(node: NodeCore, input: Shape, sign: 1 | -1): Work {
  const amounts = node.attributes['amounts'] as readonly (readonly [number, number])[];
  return {
    kind: 'lookup',
    source: (index, axis) => {
      const at = index + sign * amounts[axis]![0];
      return at >= 0 && at < (input[axis + 1] ?? 0) ? at : zeroCell;
    },
  };
}

/** Kernels that get zeros between their taps slide as wider ones without dilation. */
function asHeld(node: NodeCore, input: Shape): readonly Sliding[] {
  const held = operationOf(node.op).tensors?.(node, [input])['kernel']?.shape;
  return slidingOf(node, input).map((along, axis) =>
    held && held[axis] !== along.kernel ? { ...along, kernel: held[axis]!, dilation: 1 } : along,
  );
}
