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
  prepare(image, { window }) {
    const blurred = Float32Array.from(
      gaussian(
        image.values,
        image.sizes,
        window.map((w) => w / 2),
      ),
    );
    return {
      box: (box) => blendedBox(image, blurred, box),
      region: (hidden) => blendedRegion(image, blurred, hidden),
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

/** Depth is taken along the axes, voxel by voxel, which is exact for faces and a lower bound at corners. */
function blendedRegion(image: Image, blurred: Float32Array, hidden: Uint8Array): Float32Array {
  const { values, sizes, spacingMm } = image;
  const feather = featherOf(image);
  const depth = new Float32Array(hidden.length).fill(Infinity);
  let stride = 1;
  for (let axis = sizes.length - 1; axis >= 0; axis--) {
    const h = spacingMm?.[axis] ?? 1;
    sweepDepth(hidden, depth, sizes[axis] ?? 1, stride, h);
    stride *= sizes[axis] ?? 1;
  }
  const filled = new Float32Array(voxelsIn(sizes));
  for (let v = 0; v < filled.length; v++) {
    const own = values[v] as number;
    filled[v] = hidden[v] === 1 ? own + weightAt(depth[v] as number, feather) * ((blurred[v] as number) - own) : own;
  }
  return filled;
}

/** Lowers the depth to half a voxel and the steps to the nearest voxel along one axis that is not hidden, from both sides. */
function sweepDepth(hidden: Uint8Array, depth: Float32Array, size: number, stride: number, h: number): void {
  for (let line = 0; line < hidden.length; line++) {
    if (Math.floor(line / stride) % size !== 0) continue;
    for (const [first, step] of [
      [line, stride],
      [line + (size - 1) * stride, -stride],
    ] as const) {
      let since = Infinity;
      for (let n = 0, v = first; n < size; n++, v += step) {
        since = hidden[v] === 1 ? since + 1 : 0;
        if (since > 0) depth[v] = Math.min(depth[v] as number, (since - 0.5) * h);
      }
    }
  }
}
