import type { FillChoice } from '../../../../shared/analysis/occlusion';
import type { StructurePlay } from '../../../../shared/analysis/occlusionFurther';
import type { Step } from '../analysis';
import { inTurns } from '../cuttable';
import { countedEntries, worthsOf, type CoalitionSetting, type IntactParts } from './coalitions';
import type { StructureDivision } from './division';
import type { Fill } from './fill/fill';
import { gameFills } from './fill/list';
import { hidingSeconds, hidingWith, type HidingSetting } from './hiding';
import { leastEffect } from './playGame';
import { interaction, necessity, shapley, sufficiency, type Game } from './shapley';

/** What the game of n players costs at most: forward passes in batch entries, and seconds of filling beside them. */
export function playCost(
  players: number,
  entries: number,
  setting: Pick<HidingSetting, 'prepared' | 'channels' | 'window'>,
  fills: readonly Fill[] = gameFills,
): { readonly passes: number; readonly seconds: number } {
  const hidden = 2 ** players - 1;
  const seconds = fills
    .map(({ name }) => hidingSeconds(name as FillChoice, setting, players))
    .reduce((sum, { ready, coalition }) => sum + ready + hidden * coalition, 0);
  return { passes: (1 + hidden * fills.length) * entries, seconds };
}

/** The scores of all coalitions of one filling. */
export interface FillGame {
  readonly fill: string;
  readonly worth: Game;
}

/**
 * Plays every coalition of the players with each filling. On cancel it ends with the fillings that are whole.
 * Yields the share done, by cost.
 */
export async function* playStructures(
  setting: CoalitionSetting,
  fills: readonly Fill[] = gameFills,
): AsyncGenerator<Step, { readonly games: readonly FillGame[]; readonly passes: number; readonly stopped: boolean }> {
  const { players, secondsAPass, signal } = setting;
  const wanted = Array.from({ length: 2 ** players.count }, (_, mask) => mask);
  const each = countedEntries(setting).length * (wanted.length - 1) * secondsAPass;
  const intact: IntactParts = new Map();
  const games: FillGame[] = [];
  let passes = 0;
  try {
    for (const [n, fill] of fills.entries()) {
      const { ready } = hidingSeconds(fill.name as FillChoice, setting, players.count);
      const at = (share: number): Step => ({
        kind: 'progress',
        done: Math.min(1, (n + share) / fills.length),
        stage: 'structure by structure',
      });
      const hiding = await inTurns(
        hidingWith(setting, () => fill),
        signal,
      );
      const readied = ready / Math.max(1e-9, ready + each);
      yield at(readied);
      const running = worthsOf(setting, hiding, wanted, intact);
      let spent = 0;
      let step = await running.next();
      for (; !step.done; step = await running.next()) {
        passes += step.value;
        spent += step.value * secondsAPass;
        yield at(readied + (1 - readied) * Math.min(1, spent / Math.max(1e-9, each)));
      }
      games.push({ fill: fill.name, worth: step.value });
    }
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
    return { games, passes, stopped: true };
  }
  return { games, passes, stopped: false };
}

const finite = (value: number | undefined): number | null =>
  value !== undefined && Number.isFinite(value) ? value : null;

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The figures of the games of all fillings; null where none was played to its end. */
export function playFigures(
  { players }: Pick<StructureDivision, 'players'>,
  games: readonly FillGame[],
  passes: number,
  leastUsable: number,
): StructurePlay | null {
  if (games.length === 0) return null;
  const effects = games.map(({ worth }) => (worth.at(-1) ?? NaN) - (worth[0] ?? NaN));
  const phi = games.map(({ worth }) => shapley(worth));
  const needed = games.map(({ worth }) => necessity(worth));
  const enough = games.map(({ worth }) => sufficiency(worth));
  const sizes = phi.map((own) => own.reduce((sum, p) => sum + Math.abs(p), 0));
  const effect = mean(effects);
  return {
    players: players.map((player, k) => {
      const over = (lists: readonly (readonly number[])[]): number[] => lists.map((list) => list[k] ?? NaN);
      const own = over(phi);
      return {
        ...player,
        shapley: finite(mean(own)),
        share: finite(mean(own.map((p, n) => Math.abs(p) / (sizes[n] ?? NaN)))),
        necessity: finite(mean(over(needed))),
        sufficiency: finite(mean(over(enough))),
        spread: finite(Math.max(...own) - Math.min(...own)),
      };
    }),
    interactions: players.flatMap(({ name: a }, i) =>
      players.slice(i + 1).map(({ name: b }, more) => ({
        a,
        b,
        value: finite(mean(games.map(({ worth }) => interaction(worth, i, i + 1 + more)))),
      })),
    ),
    effect: finite(effect),
    usable: effect !== 0 && Math.abs(effect) >= leastUsable,
    passes,
    fills: games.map(({ fill }, n) => ({
      fill,
      effect: finite(effects[n]),
      shapley: (phi[n] ?? []).map(finite),
      necessity: (needed[n] ?? []).map(finite),
      sufficiency: (enough[n] ?? []).map(finite),
    })),
  };
}

/** The least effect that figures relative to it can stand on. Source: methods §1.4, Verdict, usable. */
export const leastUsable = ({ reader }: Pick<CoalitionSetting, 'reader'>, baseline: number, floor: number): number =>
  Math.max(10 * floor, leastEffect(reader, baseline));
