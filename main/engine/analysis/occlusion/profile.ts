import type { FillChoice } from '../../../../shared/analysis/occlusion';
import type { ContextProfile } from '../../../../shared/analysis/occlusionFurther';
import { voxelCc, type Grid } from '../../../../shared/volume';
import { distanceMm } from '../../volume/distance';
import type { Step } from '../analysis';
import { inTurns } from '../cuttable';
import { countedEntries, worthsOf, type CoalitionSetting, type IntactParts } from './coalitions';
import type { Fill } from './fill/fill';
import { gameFills } from './fill/list';
import { hidingSeconds, hidingWith, type Division, type HidingSetting } from './hiding';
import { leastUsable } from './structurePlay';

/** How far from the structure. Units: mm. Source: methods §1.4, context profile. */
const radiiMm = [0, 3, 5, 10, 20, 30, 50] as const;
const enough = 0.9;

const players = radiiMm.length + 1;
const all = 2 ** players - 1;
const none = 0;
/** The structure and everything within the n-th radius. */
const within = (n: number): number => 2 ** (n + 1) - 1;
const wanted: readonly number[] = [
  none,
  all,
  ...radiiMm.flatMap((_, n) => [within(n), all & ~within(n), ...(n > 0 ? [all & ~(1 << n)] : [])]),
];
const passesAFill = new Set(wanted).size - 1;

/** The structure, the rings around it, and what lies beyond the last. */
export interface Rings extends Division {
  readonly structure: string;
  /** Of the structure, then of each ring. */
  readonly cc: readonly number[];
}

export function ringsAround(
  structure: string,
  mask: Uint8Array,
  grid: Grid,
  toTensor: (mask: Uint8Array) => Uint8Array,
): Rings {
  const distances = distanceMm(mask, grid);
  const counts = new Array<number>(players).fill(0);
  const on = Uint8Array.from(distances, (distance) => {
    // Distances are single precision: a voxel exactly on a radius lies within it.
    const at = radiiMm.findIndex((radius) => distance <= radius * (1 + 1e-6));
    const player = at < 0 ? radiiMm.length : at;
    counts[player] = (counts[player] ?? 0) + 1;
    return player;
  });
  return { structure, of: toTensor(on), count: players, cc: radiiMm.map((_, n) => (counts[n] ?? 0) * voxelCc(grid)) };
}

export function profileCost(
  entries: number,
  setting: Pick<HidingSetting, 'prepared' | 'channels' | 'window'>,
): { readonly passes: number; readonly seconds: number } {
  const seconds = gameFills
    .map(({ name }) => hidingSeconds(name as FillChoice, setting, players))
    .reduce((sum, { ready, coalition }) => sum + ready + passesAFill * coalition, 0);
  return { passes: (1 + passesAFill * gameFills.length) * entries, seconds };
}

export interface ProfileSetting extends CoalitionSetting {
  readonly players: Rings;
  /** True where the score is the structure's own label, read in the structure alone: hiding that shows nothing. */
  readonly ownLabel: boolean;
  readonly receptiveRadiusMm: number | null;
}

type WorthOf = (kept: number) => number;

/** Keeps, and hides, ever more around the structure, with each filling. On cancel it ends with the fillings that are whole. */
export async function* profileAround(
  setting: ProfileSetting,
  floor: number,
  fills: readonly Fill[] = gameFills,
): AsyncGenerator<Step, { readonly profile: ContextProfile | null; readonly stopped: boolean }> {
  const { secondsAPass, signal } = setting;
  const intact: IntactParts = new Map();
  const games: { readonly fill: string; readonly worth: WorthOf }[] = [];
  const each = Math.max(1e-9, countedEntries(setting).length * passesAFill * secondsAPass);
  let passes = 0;
  let stopped = false;
  try {
    for (const [n, fill] of fills.entries()) {
      const { ready } = hidingSeconds(fill.name as FillChoice, setting, players);
      let spent = 0;
      const hiding = await inTurns(
        hidingWith(setting, () => fill),
        signal,
      );
      const running = worthsOf(setting, hiding, wanted, intact);
      let step = await running.next();
      for (; !step.done; step = await running.next()) {
        passes += step.value;
        spent += step.value * secondsAPass;
        const share = Math.min(1, (ready + spent) / (ready + each));
        yield { kind: 'progress', done: (n + share) / fills.length, stage: 'context profile' };
      }
      const scores = new Map(wanted.map((kept, at) => [kept, step.value[at] ?? NaN]));
      games.push({ fill: fill.name, worth: (kept) => scores.get(kept) ?? NaN });
    }
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
    stopped = true;
  }
  return { profile: profileOf(setting, games, passes, floor), stopped };
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

function profileOf(
  { players: { structure, cc }, reader, ownLabel, receptiveRadiusMm }: ProfileSetting,
  games: readonly { readonly fill: string; readonly worth: WorthOf }[],
  passes: number,
  floor: number,
): ContextProfile | null {
  const [first] = games;
  if (!first) return null;
  const mean = (of: (worth: WorthOf) => number): number =>
    games.reduce((sum, { worth }) => sum + of(worth), 0) / games.length;
  const effectOf = (worth: WorthOf): number => worth(all) - worth(none);
  const keptOf = (worth: WorthOf, n: number): number => (worth(within(n)) - worth(none)) / effectOf(worth);
  const effect = mean(effectOf);
  const usable = effect !== 0 && Math.abs(effect) >= leastUsable({ reader }, first.worth(all), floor);
  const keep = radiiMm.map((_, n) => mean((worth) => keptOf(worth, n)));
  const { at, stays } = reachOf(keep);
  return {
    structure,
    effect: finite(effect),
    usable,
    r90Mm: usable && at !== null ? (radiiMm[at] ?? null) : null,
    stays,
    receptiveRadiusMm,
    passes,
    steps: radiiMm.map((mm, n) => {
      const volume = cc[n] ?? 0;
      const ring = n === 0 || volume === 0 ? NaN : mean((worth) => worth(all) - worth(all & ~(1 << n)));
      return {
        mm,
        cc: volume,
        keep: finite(keep[n] ?? NaN),
        remove: ownLabel ? null : finite(mean((worth) => (worth(all) - worth(all & ~within(n))) / effectOf(worth))),
        ring: finite(ring),
        ringPerCc: finite(ring / volume),
      };
    }),
    fills: games.map(({ fill, worth }) => ({
      fill,
      effect: finite(effectOf(worth)),
      keep: radiiMm.map((_, n) => finite(keptOf(worth, n))),
    })),
  };
}

/** The first place from which the curve stays at 0.9 or above, and whether it had been there before and fell again. */
export function reachOf(keep: readonly number[]): { readonly at: number | null; readonly stays: boolean } {
  const last = keep.findLastIndex((share) => !(share >= enough));
  const at = last + 1 < keep.length ? last + 1 : null;
  const first = keep.findIndex((share) => share >= enough);
  return { at, stays: first < 0 || first === at };
}
