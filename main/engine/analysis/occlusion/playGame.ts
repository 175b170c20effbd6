import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import type { FillChoice, GameFigures } from '../../../../shared/analysis/occlusion';
import type { LoadedNetwork } from '../../network/network';
import type { PreparedInput } from '../../recipe/preparedInput';
import type { Step } from '../analysis';
import { inTurns, type Cuttable } from '../cuttable';
import { quantile } from '../statistics/quantile';
import { voxelsIn } from './box';
import { gameFills } from './fill/list';
import { hidingSeconds, hidingWith, type HidingSetting } from './hiding';
import type { Players } from './players';
import type { ScoreReader } from './reader';
import { readWorth } from './score';
import { gameFigures } from './structureGame';

/** The least effect, in the score's own unit, that a game can be judged by. Source: methods §1.4, Verdict, usable. */
export function leastEffect({ unit }: ScoreReader, baseline: number): number {
  switch (unit) {
    case 'log-odds':
    case 'Gy':
      return 0.5;
    case 'cc':
    case 'voxels':
      // As 0.05 of Dice: a twentieth of the size.
      return 0.05 * Math.abs(baseline);
    default:
      return 0.05;
  }
}

export interface GameSetting extends HidingSetting {
  readonly players: Players;
  readonly network: LoadedNetwork;
  readonly reader: ScoreReader;
  readonly memoryBytes: number;
  readonly shifts: number;
  /** How long one forward pass of one batch entry takes: fillings are weighed against it in the progress. */
  readonly secondsAPass: number;
  readonly signal: AbortSignal;
}

/** What a game costs: forward passes in batch entries, and seconds of filling beside them. */
interface GameCost {
  readonly passes: number;
  readonly seconds: number;
}

/** `entries` are those in which the score is taken. */
export function gameCost(
  entries: number,
  shifts: number,
  setting: Pick<HidingSetting, 'prepared' | 'channels' | 'window'>,
): GameCost {
  const fillings = gameFills.map(({ name }) => hidingSeconds(name as FillChoice, setting));
  const seconds = fillings.reduce((sum, { ready, coalition }) => sum + ready + 7 * coalition, 0);
  const first = fillings[0]?.ready ?? 0;
  return { passes: (1 + 7 * gameFills.length + shifts) * entries, seconds: seconds + shifts * (first / 3) };
}

export interface GameOutcome {
  readonly effect: number;
  readonly usable: boolean;
  readonly fills: readonly GameFigures[];
  readonly specific: boolean | null;
}

/** Plays all coalitions with the three fillings, and, where asked, hides shifted copies of the structure. Yields the share done, by cost. */
export async function* playGame(setting: GameSetting, floor: number): AsyncGenerator<Step, GameOutcome> {
  const { network, prepared, reader, memoryBytes, secondsAPass, signal } = setting;
  const entries = prepared.array.shape[0] ?? 1;
  const counted = Array.from({ length: entries }, (_, entry) => entry).filter((entry) => reader.counts(entry)).length;
  const whole = gameCost(counted, setting.shifts, setting);
  const total = whole.passes * secondsAPass + whole.seconds;
  let spent = 0;
  const worthOf = (input: PreparedInput): Promise<number> => readWorth(network, input, reader, memoryBytes, signal);
  const after = (seconds: number): Step => {
    spent += seconds;
    return { kind: 'progress', done: Math.min(1, spent / total), stage: 'structure or surroundings' };
  };
  const pass = counted * secondsAPass;
  const all = await worthOf(prepared);
  yield after(pass);
  const fills: GameFigures[] = [];
  let specific: boolean | null = null;
  for (const [n, fill] of gameFills.entries()) {
    const { ready, coalition } = hidingSeconds(fill.name as FillChoice, setting);
    const hide = await inTurns(
      hidingWith(setting, () => fill),
      signal,
    );
    yield after(ready);
    const worth: number[] = [];
    for (let kept = 0; kept < 7; kept++) {
      worth.push(await worthOf(await inTurns(hide.coalition(kept), signal)));
      yield after(pass + coalition);
    }
    worth.push(all);
    const figures = gameFigures(fill.name, worth);
    fills.push(figures);
    if (n === 0 && setting.shifts > 0) {
      const others: number[] = [];
      for (const move of prepared.grid ? await inTurns(movesOf(setting), signal) : []) {
        const hidden = prepared.toTensor?.(movedMask(setting, prepared.grid?.size ?? [0, 0, 0], move));
        if (!hidden) continue;
        const input = await inTurns(hide.region(hidden), signal);
        others.push((all - (await worthOf(input))) / (all - (worth[0] ?? NaN)));
        yield after(pass + ready / 3);
      }
      specific = others.length > 0 ? (figures.necessity.structure ?? NaN) > quantile(others, 0.95) : null;
    }
  }
  const effect = fills.reduce((sum, { scores }) => sum + (all - (scores[0] ?? NaN)) / fills.length, 0);
  const least = Math.max(10 * floor, leastEffect(reader, all));
  return { effect, usable: effect !== 0 && Math.abs(effect) >= least, fills, specific };
}

const mostTries = 4000;
const triesInTurn = 50;

type Index = readonly [number, number, number];

/**
 * Rigid moves of the structure to where at least 95 % of it lies in the body, drawn from a seed.
 * *Source* methods §1.4, null by shifts.
 */
function* movesOf({ prepared, players, shifts, seed }: GameSetting): Cuttable<readonly Index[]> {
  const { grid } = prepared;
  if (!grid) return [];
  const { size } = grid;
  const at = indicesIn(players.grown, size);
  const body = indicesIn(players.body, size);
  yield;
  const first = at[0];
  if (!first || body.length === 0) return [];
  const generator = xoroshiro128plus(seed);
  const moves: Index[] = [];
  for (let attempt = 0; attempt < mostTries && moves.length < shifts; attempt++) {
    if (attempt % triesInTurn === 0) yield;
    const anchor = body[uniformInt(generator, 0, body.length - 1)] ?? first;
    const from = at[uniformInt(generator, 0, at.length - 1)] ?? first;
    const step = [anchor[0] - from[0], anchor[1] - from[1], anchor[2] - from[2]] as const;
    if (step.every((s) => s === 0)) continue;
    let inBody = 0;
    for (const voxel of at) if (players.body[movedTo(voxel, step, size)] === 1) inBody += 1;
    if (inBody >= 0.95 * at.length) moves.push(step);
  }
  return moves;
}

/** Offset of a voxel that is moved; −1 outside the grid. */
function movedTo([i, j, k]: Index, step: Index, size: Index): number {
  const [x, y, z] = [i + step[0], j + step[1], k + step[2]];
  if (x < 0 || y < 0 || z < 0 || x >= size[0] || y >= size[1] || z >= size[2]) return -1;
  return x + size[0] * (y + size[1] * z);
}

/** The moved structure on the recipe's grid, what leaves it cut off. */
function movedMask({ players }: GameSetting, size: Index, step: Index): Uint8Array {
  const moved = new Uint8Array(voxelsIn(size));
  for (const voxel of indicesIn(players.grown, size)) {
    const v = movedTo(voxel, step, size);
    if (v >= 0) moved[v] = 1;
  }
  return moved;
}

function indicesIn(mask: Uint8Array, size: Index): Index[] {
  const found: Index[] = [];
  for (let v = 0; v < voxelsIn(size); v++) {
    if (mask[v] !== 1) continue;
    found.push([v % size[0], Math.floor(v / size[0]) % size[1], Math.floor(v / (size[0] * size[1]))]);
  }
  return found;
}
