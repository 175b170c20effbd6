import type { OpenInput } from '../../main/engine/analysis/analysis';
import type { LoadedNetwork } from '../../main/engine/network/network';
import { affine, arrayOf, recipe } from '../engine/analysis/robustness/affine';
import { chanceOf, sum, times } from './chance';

export interface PlantedMargin {
  readonly name: string;
  readonly network: LoadedNetwork;
  readonly input: OpenInput;
  readonly families: readonly { readonly id: 'offset' | 'slope'; readonly severities: readonly number[] }[];
  /** By family and severity: whether the answer changes, and whether it is then wrong and at least 90 % sure. */
  readonly truth: Readonly<Record<string, { readonly flips: boolean; readonly confidentlyWrong: boolean }>>;
  /** The offset in HU of the crossing, −m / Σw; null where it lies beyond the severities. */
  readonly crossing: number | null;
}

export const own = recipe();
const shape = [5, 5, 1];
const unitHu = 2000;
const offsets = [-80, -40, -20, -10, -5, 5, 10, 20, 40, 80];
const slopes = [-0.04, -0.02, -0.01, 0.01, 0.02, 0.04];
/** ln 9: a margin of log odds from which one class of two has 90 %. */
const sure = Math.log(9);

/** P11 and P12: scores (0, gain · (w·x + b)) of which the second class is true. */
function marginOf(seed: number, gain: number): PlantedMargin {
  const chance = chanceOf(seed);
  const weights = times(25, () => chance.normal());
  const image = times(25, () => chance.between(0.3, 0.7));
  const total = sum(weights);
  const dot = sum(weights.map((w, v) => w * image[v]!));
  // The crossing lies between two severities, now on one side, now on the other, now beyond all.
  const crossing = chance.shuffled([-55, -28, -14, 14, 28, 55, 150])[0]!;
  const margin = (Math.abs(total) * Math.abs(crossing)) / unitHu;
  const offset = -margin / total;
  const of = (moved: number) => {
    const score = Math.fround(gain * moved);
    return { flips: score <= 0, confidentlyWrong: score <= 0 && Math.abs(score) >= sure };
  };
  const truth = Object.fromEntries([
    ...offsets.map((q) => [`offset ${String(q)}`, of(margin + (q / unitHu) * total)]),
    ...slopes.map((q) => [`slope ${String(q)}`, of(margin + q * dot)]),
  ]) as PlantedMargin['truth'];
  return {
    name: `margin ${String(seed)} × ${String(gain)}`,
    network: affine(weights, margin - dot, shape, gain),
    input: arrayOf(image, shape, own, { label: 'yes', id: `margin ${String(seed)}` }),
    families: [
      { id: 'offset', severities: offsets },
      { id: 'slope', severities: slopes },
    ],
    truth,
    crossing: Math.abs(offset * unitHu) > 80 ? null : offset * unitHu,
  };
}

/** Ten pairs of one network and the same with its scores ten or a hundred times as large. */
export const marginNetworks = (): PlantedMargin[] =>
  times(10, (n) => n).flatMap((n) => [marginOf(2000 + n, 1), marginOf(2000 + n, n % 2 === 0 ? 10 : 100)]);
