import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import type { GameFigures, OcclusionParameters } from '../../../../shared/analysis/occlusion';
import type { LoadedNetwork } from '../../network/network';
import type { PreparedInput } from '../../recipe/preparedInput';
import type { Step } from '../analysis';
import { quantile } from '../statistics/quantile';
import { voxelsIn } from './box';
import type { Fill, PreparedFill } from './fill/fill';
import { gameFills } from './fill/list';
import { channelImage, hiddenChannels } from './hide';
import type { Players } from './players';
import type { ScoreReader } from './reader';
import { readIntact } from './score';
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

export interface GameSetting {
  readonly network: LoadedNetwork;
  readonly prepared: PreparedInput;
  readonly reader: ScoreReader;
  readonly players: Players;
  readonly context: number;
  readonly recipeChannels: number;
  readonly channels: OcclusionParameters['channels'];
  readonly window: readonly number[];
  readonly stackMm: readonly number[];
  readonly seed: number;
  readonly memoryBytes: number;
  readonly shifts: number;
  readonly signal: AbortSignal;
}

/** Passes of a game, in batch entries. */
export const gamePasses = (entries: number, shifts: number): number => (1 + 7 * gameFills.length + shifts) * entries;

/** A map of the stack as one channel sees it: neighbour planes show what lies in them, the outermost plane standing for those beyond. */
function shiftedPlanes(map: Uint8Array, entries: number, offset: number): Uint8Array {
  if (offset === 0 || entries === 1) return map;
  const size = map.length / entries;
  const shifted = new Uint8Array(map.length);
  for (let entry = 0; entry < entries; entry++) {
    const from = Math.min(entries - 1, Math.max(0, entry + offset));
    shifted.set(map.subarray(from * size, (from + 1) * size), entry * size);
  }
  return shifted;
}

/** The input with regions hidden by one filling. */
interface Hiding {
  /** Only the players of the mask kept. */
  coalition(kept: number): PreparedInput;
  /** One region hidden (network order), all else as it is. */
  region(hidden: Uint8Array): PreparedInput;
}

/**
 * Each player is filled from what lies around itself, whoever else is hidden: so the part of a network that only adds is exact, and no player
 * is blamed for the filling of another.
 */
function hidingWith(setting: GameSetting, fill: Fill): Hiding {
  const { prepared, players } = setting;
  const count = prepared.array.shape.at(-1) ?? 1;
  const entries = prepared.array.shape[0] ?? 1;
  const window = prepared.dims === 2 ? [0, ...setting.window] : setting.window;
  const channels = hiddenChannels(prepared, setting.channels).map(({ channel, absent }) => {
    const image = channelImage(prepared, null, channel, setting.stackMm);
    const stacked = image.sizes.length === window.length ? image : { ...image, sizes: [1, ...image.sizes] };
    const ready: PreparedFill | null = absent === null ? fill.prepare(stacked, { window, seed: setting.seed }) : null;
    const offset = Math.floor(channel / setting.recipeChannels) - setting.context;
    const owner = shiftedPlanes(players.of, entries, offset);
    const filled = new Float32Array(owner.length).fill(absent ?? NaN);
    for (const player of ready ? [1, 2, 4] : []) {
      const own = ready?.region(owner.map((p) => (p === player ? 1 : 0)));
      for (let v = 0; v < owner.length; v++) if (owner[v] === player) filled[v] = own?.[v] ?? NaN;
    }
    return { channel, absent, ready, offset, owner, filled };
  });
  const changed = (change: (values: Float32Array, of: (typeof channels)[number]) => void): PreparedInput => {
    const values = Float32Array.from(prepared.array.values);
    for (const channel of channels) change(values, channel);
    return { ...prepared, array: { ...prepared.array, values } };
  };
  return {
    coalition: (kept) =>
      changed((values, { channel, owner, filled }) => {
        for (let v = 0; v < owner.length; v++) {
          if (((owner[v] ?? 0) & kept) === 0) values[v * count + channel] = filled[v] ?? NaN;
        }
      }),
    region: (hidden) =>
      changed((values, { channel, ready, absent, offset }) => {
        const mask = shiftedPlanes(hidden, entries, offset);
        const own = ready?.region(mask);
        for (let v = 0; v < mask.length; v++) {
          if (mask[v] === 1) values[v * count + channel] = own?.[v] ?? absent ?? NaN;
        }
      }),
  };
}

export interface GameOutcome {
  readonly effect: number;
  readonly usable: boolean;
  readonly fills: readonly GameFigures[];
  readonly specific: boolean | null;
}

/** Plays all coalitions with the three fillings, and, where asked, hides shifted copies of the structure. Yields the share done. */
export async function* playGame(setting: GameSetting, floor: number): AsyncGenerator<Step, GameOutcome> {
  const { network, prepared, reader, memoryBytes, signal } = setting;
  const worthOf = async (input: PreparedInput): Promise<number> =>
    (await readIntact(network, input, reader, memoryBytes, signal)).baseline;
  const total = 1 + 7 * gameFills.length + setting.shifts;
  let passes = 1;
  const all = await worthOf(prepared);
  const fills: GameFigures[] = [];
  let specific: boolean | null = null;
  for (const [n, fill] of gameFills.entries()) {
    const hide = hidingWith(setting, fill);
    const worth: number[] = [];
    for (let kept = 0; kept < 7; kept++) {
      worth.push(await worthOf(hide.coalition(kept)));
      passes += 1;
      yield { kind: 'progress', done: passes / total, stage: 'structure or surroundings' };
    }
    worth.push(all);
    const figures = gameFigures(fill.name, worth);
    fills.push(figures);
    if (n === 0 && setting.shifts > 0) {
      const others: number[] = [];
      for (const hidden of shiftedMasks(setting)) {
        others.push((all - (await worthOf(hide.region(hidden)))) / (all - (worth[0] ?? NaN)));
        passes += 1;
        yield { kind: 'progress', done: passes / total, stage: 'structure or surroundings' };
      }
      specific = others.length > 0 ? (figures.necessity.structure ?? NaN) > quantile(others, 0.95) : null;
    }
  }
  const effect = fills.reduce((sum, { scores }) => sum + (all - (scores[0] ?? NaN)) / fills.length, 0);
  return { effect, usable: Math.abs(effect) >= Math.max(10 * floor, leastEffect(reader, all)), fills, specific };
}

const mostTries = 4000;

/**
 * Copies of the structure moved rigidly to where at least 95 % of it lies in the body, drawn from a seed, in network order.
 * *Source* methods §1.4, null by shifts.
 */
export function* shiftedMasks({ prepared, players, shifts, seed }: GameSetting): Generator<Uint8Array> {
  const { grid } = prepared;
  if (!grid) return;
  const { size } = grid;
  const at: (readonly [number, number, number])[] = [];
  const body: number[] = [];
  for (let v = 0; v < voxelsIn(size); v++) {
    if (players.grown[v] === 1) at.push(indexOf(v, size));
    if (players.body[v] === 1) body.push(v);
  }
  const first = at[0];
  if (!first || body.length === 0) return;
  const generator = xoroshiro128plus(seed);
  let found = 0;
  for (let attempt = 0; attempt < mostTries && found < shifts; attempt++) {
    const anchor = indexOf(body[uniformInt(generator, 0, body.length - 1)] ?? 0, size);
    const from = at[uniformInt(generator, 0, at.length - 1)] ?? first;
    const step = [anchor[0] - from[0], anchor[1] - from[1], anchor[2] - from[2]] as const;
    if (step.every((s) => s === 0)) continue;
    const moved = new Uint8Array(voxelsIn(size));
    let inBody = 0;
    for (const [i, j, k] of at) {
      const [x, y, z] = [i + step[0], j + step[1], k + step[2]];
      if (x < 0 || y < 0 || z < 0 || x >= size[0] || y >= size[1] || z >= size[2]) continue;
      const v = x + size[0] * (y + size[1] * z);
      moved[v] = 1;
      if (players.body[v] === 1) inBody += 1;
    }
    if (inBody < 0.95 * at.length) continue;
    found += 1;
    if (prepared.toTensor) yield prepared.toTensor(moved);
  }
}

const indexOf = (v: number, size: readonly [number, number, number]): readonly [number, number, number] => [
  v % size[0],
  Math.floor(v / size[0]) % size[1],
  Math.floor(v / (size[0] * size[1])),
];
