import type { FillChoice, OcclusionParameters } from '../../../../shared/analysis/occlusion';
import type { PreparedInput } from '../../recipe/preparedInput';
import { inPieces, type Cuttable } from '../cuttable';
import type { Fill, PreparedFill } from './fill/fill';
import { secondsOfCoalition, secondsOfRegion, secondsToPrepare } from './fill/cost';
import { channelImage, hiddenChannels, type HiddenChannel } from './hide';

/** The voxels of an input shared out among players: each bears its player's number, in network order. */
export interface Division {
  readonly of: Uint8Array;
  /** Players there are. */
  readonly count: number;
}

/** What hiding whole regions of an input needs to know. */
export interface HidingSetting {
  readonly prepared: PreparedInput;
  readonly players: Division;
  /** Neighbour planes on each side, and channels of one plane, of the recipe. */
  readonly context: number;
  readonly recipeChannels: number;
  readonly channels: OcclusionParameters['channels'];
  readonly window: readonly number[];
  readonly stackMm: readonly number[];
  readonly seed: number;
}

/** The input with regions hidden by one filling. */
export interface Hiding {
  /** Only the players of the mask kept (bit k = player k). */
  coalition(kept: number): Cuttable<PreparedInput>;
  /** One batch entry of the same, written where a batch is put together. */
  entryOf(kept: number, entry: number, into: Float32Array): void;
  /** The players that have a voxel in what this entry sees: the others' being hidden cannot change it. */
  presentIn(entry: number): number;
  /** One region hidden (network order), all else as it is. */
  region(hidden: Uint8Array): Cuttable<PreparedInput>;
}

/** One hidden channel of the stack of entries. */
interface Layer {
  readonly channel: number;
  readonly absent: number | null;
  readonly ready: PreparedFill | null;
  readonly offset: number;
  readonly owner: Uint8Array;
  readonly filled: Float32Array;
}

const voxelsInPiece = 1 << 17;

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

const stackWindow = ({ prepared, window }: Pick<HidingSetting, 'prepared' | 'window'>): readonly number[] =>
  prepared.dims === 2 ? [0, ...window] : window;

/** Voxels of one channel over all entries. */
const voxelsOf = ({ array }: PreparedInput): number => array.values.length / (array.shape.at(-1) ?? 1);

/** Seconds that `hidingWith` takes, and then each coalition, roughly. The players share all voxels. */
export function hidingSeconds(
  choice: FillChoice,
  { prepared, channels, window }: Pick<HidingSetting, 'prepared' | 'channels' | 'window'>,
  players = 3,
): { readonly ready: number; readonly coalition: number } {
  const voxels = voxelsOf(prepared);
  const hidden = hiddenChannels(prepared, channels);
  const images = hidden.filter(({ absent }) => absent === null).length;
  const regions = players * secondsOfRegion(choice, voxels / players, voxels);
  return {
    ready: images * (secondsToPrepare(choice, voxels, stackWindow({ prepared, window })) + regions),
    coalition: hidden.length * secondsOfCoalition(voxels),
  };
}

/** One channel with each player filled. */
function* layerOf(
  setting: HidingSetting,
  fillFor: (channel: HiddenChannel) => Fill,
  hiddenChannel: HiddenChannel,
): Cuttable<Layer> {
  const { prepared, players } = setting;
  const { channel, absent } = hiddenChannel;
  const entries = prepared.array.shape[0] ?? 1;
  const window = stackWindow(setting);
  const image = channelImage(prepared, null, channel, setting.stackMm);
  const stacked = image.sizes.length === window.length ? image : { ...image, sizes: [1, ...image.sizes] };
  yield;
  const ready = absent === null ? yield* fillFor(hiddenChannel).prepare(stacked, { window, seed: setting.seed }) : null;
  const offset = Math.floor(channel / setting.recipeChannels) - setting.context;
  const owner = shiftedPlanes(players.of, entries, offset);
  const filled = new Float32Array(owner.length).fill(absent ?? NaN);
  for (let player = 0; ready && player < players.count; player++) {
    if (!owner.includes(player)) continue;
    const hidden = owner.map((p) => (p === player ? 1 : 0));
    yield;
    const own = yield* ready.region(hidden);
    yield* inPieces(owner.length, voxelsInPiece, (from, to) => {
      for (let v = from; v < to; v++) if (owner[v] === player) filled[v] = own[v] ?? NaN;
    });
  }
  return { channel, absent, ready, offset, owner, filled };
}

/**
 * Each player is filled from what lies around itself, whoever else is hidden: so the part of a network that only adds is exact, and no player
 * is blamed for the filling of another.
 */
export function* hidingWith(setting: HidingSetting, fillFor: (channel: HiddenChannel) => Fill): Cuttable<Hiding> {
  const { prepared } = setting;
  const count = prepared.array.shape.at(-1) ?? 1;
  const entries = prepared.array.shape[0] ?? 1;
  const layers: Layer[] = [];
  for (const hidden of hiddenChannels(prepared, setting.channels))
    layers.push(yield* layerOf(setting, fillFor, hidden));
  function* changed(change: (values: Float32Array, layer: Layer) => Cuttable<void>): Cuttable<PreparedInput> {
    const values = prepared.array.values.slice();
    yield;
    for (const layer of layers) yield* change(values, layer);
    return { ...prepared, array: { ...prepared.array, values } };
  }
  const size = voxelsOf(prepared) / entries;
  return {
    presentIn(entry) {
      let mask = 0;
      for (const { owner } of layers)
        for (let v = entry * size; v < (entry + 1) * size; v++) mask |= 1 << (owner[v] ?? 0);
      return mask;
    },
    entryOf(kept, entry, into) {
      const from = entry * size;
      into.set(prepared.array.values.subarray(from * count, (from + size) * count));
      for (const { channel, owner, filled } of layers) {
        for (let v = 0; v < size; v++)
          if (((kept >> (owner[from + v] ?? 0)) & 1) === 0) into[v * count + channel] = filled[from + v] ?? NaN;
      }
    },
    coalition: (kept) =>
      changed((values, { channel, owner, filled }) =>
        inPieces(owner.length, voxelsInPiece, (from, to) => {
          for (let v = from; v < to; v++)
            if (((kept >> (owner[v] ?? 0)) & 1) === 0) values[v * count + channel] = filled[v] ?? NaN;
        }),
      ),
    region: (hidden) =>
      changed(function* (values, { channel, ready, absent, offset }) {
        const mask = shiftedPlanes(hidden, entries, offset);
        const own = ready ? yield* ready.region(mask) : null;
        yield* inPieces(mask.length, voxelsInPiece, (from, to) => {
          for (let v = from; v < to; v++) if (mask[v] === 1) values[v * count + channel] = own?.[v] ?? absent ?? NaN;
        });
      }),
  };
}
