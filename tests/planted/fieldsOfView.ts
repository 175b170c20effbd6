import type { GraphDraft } from '../../main/engine/network/assemble';
import { chanceOf, times } from './chance';
import { convolution, draftOf } from './written';

/** A chain of convolutions whose weights are all positive, and the closed form of what one voxel of its end sees. */
export interface PlantedField {
  readonly name: string;
  readonly dims: 2 | 3;
  readonly shape: readonly number[];
  readonly draft: GraphDraft;
  readonly node: string;
  readonly voxel: readonly number[];
  /** Half-open, in input voxels, cut to the input. */
  readonly box: { readonly start: readonly number[]; readonly end: readonly number[] };
  /** Size of the box before it is cut: r = 1 + Σ(k − 1)·d·Πs. */
  readonly size: number;
}

interface Step {
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
}

function chainOf(seed: number, dims: 2 | 3, padding: 'same' | 'valid', steps: readonly Step[]): PlantedField {
  const chance = chanceOf(seed);
  const n = dims === 2 ? 17 : 10;
  let [size, jump, length] = [1, 1, n];
  for (const { kernel, stride, dilation } of steps) {
    const reach = (kernel - 1) * dilation;
    size += reach * jump;
    jump *= stride;
    if (padding === 'valid') length = Math.floor((length - reach - 1) / stride) + 1;
  }
  const voxel = times(dims, () => chance.below(length));
  // Nothing padded: voxel o begins at o·jump. Odd kernels at stride 1, padded alike: it lies in the middle.
  const starts = voxel.map((o) => (padding === 'valid' ? o * jump : o - (size - 1) / 2));
  return {
    name: `${padding} ${String(seed)}`,
    dims,
    shape: [...times(dims, () => n), 1],
    draft: draftOf(
      [...times(dims, () => n), 1],
      steps.map(({ kernel, stride, dilation }, at) =>
        convolution(`c${String(at)}`, at === 0 ? 'x' : `c${String(at - 1)}`, dims, {
          kernel,
          stride,
          dilation,
          padding,
          filters: [times(kernel ** dims, () => chance.between(0.2, 1))],
        }),
      ),
    ),
    node: `c${String(steps.length - 1)}`,
    voxel,
    box: {
      start: starts.map((from) => Math.max(0, from)),
      end: starts.map((from) => Math.min(n, from + size)),
    },
    size,
  };
}

export function fieldNetworks(): PlantedField[] {
  const plain: Step = { kernel: 3, stride: 1, dilation: 1 };
  const drawn = times(20, (n) => {
    const dims = n % 2 === 0 ? 2 : 3;
    const chance = chanceOf(1000 + n);
    const padded = n % 4 < 2;
    // The first is never dilated: the box has no holes.
    const steps = times(2 + chance.below(2), (at) =>
      padded
        ? { kernel: 3, stride: 1, dilation: at === 0 ? 1 : 1 + chance.below(dims === 2 ? 2 : 1) }
        : { kernel: 2 + chance.below(2), stride: 1 + chance.below(2), dilation: 1 },
    );
    return chainOf(n, dims, padded ? 'same' : 'valid', steps);
  });
  // P10: three convolutions of 3, 7³.
  return [...drawn, chainOf(90, 2, 'same', [plain, plain, plain]), chainOf(91, 3, 'same', [plain, plain, plain])];
}
