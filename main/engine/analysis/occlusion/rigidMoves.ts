import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { Cuttable } from '../cuttable';
import { countIn, placeOf, type Index, type RowSums, type Run } from './rowSums';

/** Shifted copies of a structure that a figure is held against. Source: methods §1.4, null. */
const shiftsWanted = 199;
const mostTries = 20_000;
const triesInTurn = 200;
/** At least this share of a shifted structure lies in the body, and its mean stays this near. Units: HU. */
const leastInBody = 0.95;
const mostHuApart = 30;

/** A rigid move of the structure: mirrored first or not, then shifted. */
export interface Move {
  readonly mirror: boolean;
  readonly step: Index;
}

/** A structure as it stands and mirrored. */
export interface Runs {
  readonly own: readonly Run[];
  readonly mirrored: readonly Run[];
  readonly voxels: number;
}

/** Where copies may lie. */
export interface ShiftGround {
  readonly size: Index;
  readonly inBody: RowSums;
  /** Sums of HU; null where nothing is known of the tissue. */
  readonly hu: RowSums | null;
  readonly bodyVoxels: Uint32Array;
  readonly seed: number;
}

/** Distinct moves, drawn evenly, to where nearly all of the structure lies in the body, in tissue of about the same mean. */
export function* rigidMoves({ size, inBody, hu, bodyVoxels, seed }: ShiftGround, runs: Runs): Cuttable<Move[]> {
  const [first] = runs.own;
  if (!first || bodyVoxels.length === 0) return [];
  const own = hu ? hu.over(runs.own, [0, 0, 0]) / runs.voxels : NaN;
  const generator = xoroshiro128plus(seed);
  const seen = new Set(['false,0,0,0']);
  const moves: Move[] = [];
  for (let attempt = 0; attempt < mostTries && moves.length < shiftsWanted; attempt++) {
    if (attempt % triesInTurn === 0) yield;
    const mirror = uniformInt(generator, 0, 1) === 1;
    const anchor = placeOf(bodyVoxels[uniformInt(generator, 0, bodyVoxels.length - 1)] ?? 0, size);
    const list = mirror ? runs.mirrored : runs.own;
    // A voxel of the structure drawn evenly comes to lie on one of the body: so every shift inside is as likely as the next.
    let nth = uniformInt(generator, 0, runs.voxels - 1);
    const run = list.find(({ from, to }) => (nth -= to - from + 1) < 0) ?? first;
    const step: Index = [anchor[0] - (run.to + 1 + nth), anchor[1] - run.j, anchor[2] - run.k];
    const key = `${String(mirror)},${step.join()}`;
    if (seen.has(key) || inBody.over(list, step) < leastInBody * runs.voxels) continue;
    seen.add(key);
    if (hu && !(Math.abs(hu.over(list, step) / countIn(list, step, size) - own) <= mostHuApart)) continue;
    moves.push({ mirror, step });
  }
  return moves;
}
