import type { GraphDraft } from '../../main/engine/network/assemble';
import type { FilterStatus } from '../../shared/analysis/filters';
import { chanceOf, times, type Chance } from './chance';
import { convolution, draftOf } from './written';

/** One layer of kernels drawn from a law, or with a pattern written into them. */
export interface PlantedKernels {
  readonly name: string;
  readonly dims: 2 | 3;
  readonly draft: GraphDraft;
  readonly truth: FilterStatus;
}

const laws: Readonly<Record<string, (chance: Chance, fanIn: number, fanOut: number) => number>> = {
  'He normal': (chance, fanIn) => chance.normal() * Math.sqrt(2 / fanIn),
  'He uniform': (chance, fanIn) => chance.between(-1, 1) * Math.sqrt(6 / fanIn),
  'Glorot uniform': (chance, fanIn, fanOut) => chance.between(-1, 1) * Math.sqrt(6 / (fanIn + fanOut)),
  'truncated normal': (chance, fanIn) => {
    for (;;) {
      const drawn = chance.normal();
      if (Math.abs(drawn) <= 2) return (drawn * Math.sqrt(1 / fanIn)) / 0.87962566;
    }
  },
};

/** Values at the places of a 3 × 3 (× 3) kernel, from coordinates −1, 0, 1; z is 0 in a plane. */
const shaped = (dims: 2 | 3, of: (x: number, y: number, z: number) => number): number[] =>
  times(3 ** dims, (t) => of((t % 3) - 1, (Math.floor(t / 3) % 3) - 1, dims === 3 ? Math.floor(t / 9) - 1 : 0));

const side = (a: number): number => 2 - Math.abs(a);
const patterns = (chance: Chance, dims: 2 | 3): number[][] => {
  const [angle, phase] = [chance.between(0, Math.PI), chance.between(0, 2 * Math.PI)];
  return [
    shaped(dims, (x, y, z) => x * side(y) * (dims === 3 ? side(z) : 1)),
    shaped(dims, (x, y, z) => side(x) * side(y) * (dims === 3 ? side(z) : 1)),
    shaped(
      dims,
      (x, y, z) => Math.exp(-(x * x + y * y + z * z) / 3) * Math.cos(x * Math.cos(angle) + y * Math.sin(angle) + phase),
    ),
  ];
};

/** −1 at each face neighbour and their number in the middle: Moran's I is below 0. */
const laplacian = (dims: 2 | 3): number[] =>
  shaped(dims, (x, y, z) => {
    const away = Math.abs(x) + Math.abs(y) + Math.abs(z);
    return away === 0 ? 2 * dims : away === 1 ? -1 : 0;
  });

interface Plan {
  readonly seed: number;
  readonly dims: 2 | 3;
  readonly of: string;
}

/** 4 → 32 of 3 × 3 (128 kernels, 100 are asked for), 4 → 12 of 3 × 3 × 3 (48 kernels, 24 are asked for). */
function layerOf({ seed, dims, of }: Plan): PlantedKernels {
  const chance = chanceOf(seed);
  const [inputs, outputs, taps] = [4, dims === 2 ? 32 : 12, 3 ** dims];
  const law = laws[of];
  const kernelOf = (k: number): number[] => {
    if (law) return times(taps, () => law(chance, taps * inputs, taps * outputs));
    if (of === 'Laplacian') {
      const own = laplacian(dims);
      const length = Math.hypot(...own);
      return own.map((w) => w / length + 0.1 * chance.normal());
    }
    if (k % 2 === 1) return times(taps, () => chance.normal());
    const own = patterns(chance, dims)[(k / 2) % 3]!;
    const turn = chance.normal() > 0 ? 1 : -1;
    return own.map((w) => turn * w);
  };
  // [filter][input][tap] → [filter][tap · inputs + input].
  const filters = times(outputs, (c) => {
    const kernels = times(inputs, (i) => kernelOf(c * inputs + i));
    return times(taps * inputs, (n) => kernels[n % inputs]![Math.floor(n / inputs)]!);
  });
  const size = times(dims, () => 4);
  return {
    name: `${of} ${String(dims)}D ${String(seed)}`,
    dims,
    draft: draftOf([...size, inputs], [convolution('f', 'x', dims, { kernel: 3, inputs, filters })]),
    truth: law ? 'noise-like' : 'structured',
  };
}

/** P6: ten seeds of each law and of each pattern, in 2D and 3D. */
export function kernelNetworks(): PlantedKernels[] {
  const kinds = [...Object.keys(laws), 'half patterns', 'Laplacian'];
  return kinds.flatMap((of, kind) =>
    times(20, (n) => layerOf({ seed: 5000 + 100 * kind + n, dims: n % 2 === 0 ? 2 : 3, of })),
  );
}
