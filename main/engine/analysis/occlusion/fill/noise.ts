import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { momentsOf, populationSd } from '../../statistics/moments';
import { ready, type Cuttable } from '../../cuttable';
import { boxSizes, type Box } from '../box';
import type { Fill } from './fill';
import { correlatedNoise } from './gaussian';
import { shellOfBox, shellOfRegion } from './shell';

/** Standard normal numbers of a seed, by Box and Muller's way. */
function normals(seed: number): () => number {
  const generator = xoroshiro128plus(seed);
  return () => {
    const radius = Math.sqrt(-2 * Math.log(1 - uniformFloat64(generator)));
    return radius * Math.cos(2 * Math.PI * uniformFloat64(generator));
  };
}

/** Mean and standard deviation of the shell, with correlated noise: as grainy as its surroundings. Averaged over several draws. */
export const noiseFill = (draws: number): Fill => ({
  name: 'noise',
  draws,
  prepare(image, { seed }) {
    function* drawn(shell: readonly number[], sizes: readonly number[], key: number): Cuttable<Float32Array> {
      const moments = momentsOf(shell);
      const sd = populationSd(moments);
      const noise = yield* correlatedNoise(sizes, normals(key));
      return new Float32Array(noise.map((n) => moments.mean + sd * n));
    }
    return ready({
      box: (box: Box, position: number, draw: number) =>
        drawn(shellOfBox(image, box), boxSizes(box), (seed * 0x9e3779b1 + position * 31 + draw) | 0),
      *region(hidden: Uint8Array) {
        const noise = yield* drawn(yield* shellOfRegion(image, hidden), image.sizes, seed);
        return image.values.map((own, v) => (hidden[v] === 1 ? (noise[v] as number) : own));
      },
    });
  },
});
