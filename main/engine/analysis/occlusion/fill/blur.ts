import { inPieces, ready, type Cuttable } from '../../cuttable';
import { crop, voxelsIn, type Box } from '../box';
import type { Fill, Image } from './fill';
import { gaussian } from './gaussian';
import { walk } from './shell';

/** Width of the blend with what lies around. Source: methods §1.4, blur. */
const featherMm = 3;
const featherVoxels = 1;

/**
 * The image blurred by a Gaussian of half the window (σ = window/2), blended with its surroundings over a feather of 3 mm inside the
 * hidden place (1 voxel for arrays).
 */
export const blurFill: Fill = {
  name: 'blur',
  draws: 1,
  *prepare(image, { window }) {
    const sigma = window.map((w) => w / 2);
    const blurred = new Float32Array(yield* gaussian(image.values, image.sizes, sigma));
    return {
      box: (box: Box) => ready(blendedBox(image, blurred, box)),
      region: (hidden: Uint8Array) => blendedRegion(image, blurred, hidden),
    };
  },
};

const featherOf = ({ spacingMm }: Image): number => (spacingMm ? featherMm : featherVoxels);

/** Weight of the filling by the depth of a voxel's centre under the surface of the hidden place. */
const weightAt = (depth: number, feather: number): number => Math.min(1, depth / feather);

function blendedBox(image: Image, blurred: Float32Array, box: Box): Float32Array {
  const { values, sizes, spacingMm } = image;
  const filled = crop(values, sizes, box);
  const feather = featherOf(image);
  let n = 0;
  walk(sizes, box, (offset, at) => {
    let depth = Infinity;
    for (let axis = 0; axis < at.length; axis++) {
      const h = spacingMm?.[axis] ?? 1;
      const [start, end] = [box.start[axis] ?? 0, box.end[axis] ?? 0];
      // At the image's edge there is nothing to blend with.
      if (start > 0) depth = Math.min(depth, ((at[axis] ?? 0) - start + 0.5) * h);
      if (end < (sizes[axis] ?? 0)) depth = Math.min(depth, (end - (at[axis] ?? 0) - 0.5) * h);
    }
    const weight = weightAt(depth, feather);
    const own = values[offset] as number;
    filled[n] = own + weight * ((blurred[offset] as number) - own);
    n += 1;
  });
  return filled;
}

const voxelsInPiece = 1 << 15;

/** Depth is taken along the axes, voxel by voxel, which is exact for faces and a lower bound at corners. */
function* blendedRegion(image: Image, blurred: Float32Array, hidden: Uint8Array): Cuttable<Float32Array> {
  const { values, sizes, spacingMm } = image;
  const feather = featherOf(image);
  const depth = new Float32Array(hidden.length).fill(Infinity);
  let stride = 1;
  for (let axis = sizes.length - 1; axis >= 0; axis--) {
    const h = spacingMm?.[axis] ?? 1;
    yield* sweepDepth(hidden, depth, sizes[axis] ?? 1, stride, h);
    stride *= sizes[axis] ?? 1;
  }
  const filled = new Float32Array(voxelsIn(sizes));
  yield* inPieces(filled.length, voxelsInPiece, (from, to) => {
    for (let v = from; v < to; v++) {
      const own = values[v] as number;
      filled[v] = hidden[v] === 1 ? own + weightAt(depth[v] as number, feather) * ((blurred[v] as number) - own) : own;
    }
  });
  return filled;
}

/** Lowers the depth to half a voxel and the steps to the nearest voxel along one axis that is not hidden, from both sides. */
function* sweepDepth(hidden: Uint8Array, depth: Float32Array, size: number, stride: number, h: number): Cuttable<void> {
  const lines = hidden.length / size;
  yield* inPieces(lines, Math.ceil(voxelsInPiece / size), (from, to) => {
    for (let n = from; n < to; n++) {
      const line = Math.floor(n / stride) * size * stride + (n % stride);
      lower(hidden, depth, line, stride, size, h);
      lower(hidden, depth, line + (size - 1) * stride, -stride, size, h);
    }
  });
}

function lower(hidden: Uint8Array, depth: Float32Array, first: number, step: number, size: number, h: number): void {
  let since = Infinity;
  for (let n = 0, v = first; n < size; n++, v += step) {
    since = hidden[v] === 1 ? since + 1 : 0;
    if (since > 0) depth[v] = Math.min(depth[v] as number, (since - 0.5) * h);
  }
}
