import type { FillChoice } from '../../../../shared/analysis/occlusion';
import { IsolensError } from '../../../../shared/problem/problem';
import type { ChannelTransform, PreparedInput } from '../../recipe/preparedInput';
import { ready, type Cuttable } from '../cuttable';
import { forEachRow, voxelsIn, type Box } from './box';
import type { Fill, FillSetting, Image, PreparedFill } from './fill/fill';
import { fillOf } from './fill/list';

/** One hidden channel of the tensor. An `absent` value stands for a mask or a dose that is not there. */
export interface HiddenChannel {
  readonly channel: number;
  readonly transform: ChannelTransform | null;
  readonly absent: number | null;
}

/** How much a position changes the input: nothing at all, and the root of the mean square in HU (network units for arrays). */
export interface Change {
  readonly none: boolean;
  readonly rms: number;
}

/** Below this the filling equals the tissue: such a window tested nothing. Units: HU. Source: methods §1.4. */
export const leastChangeHu = 5;

const clipped = (value: number, clip: readonly [number, number] | null): number =>
  clip ? Math.min(clip[1], Math.max(clip[0], value)) : value;

/** A physical value as the network sees it. */
export const toUnits =
  ({ slope, intercept, clip }: ChannelTransform) =>
  (value: number): number =>
    slope * clipped(value, clip) + intercept;

/**
 * Which channels a window hides. Images by their filling; with `all`, or where there is no image, masks and dose too, as if nothing had been drawn
 * or planned there. Of an array of which nothing is known every channel is an image.
 */
export function hiddenChannels({ array, transforms }: PreparedInput, which: 'image' | 'all'): readonly HiddenChannel[] {
  const count = array.shape.at(-1) ?? 1;
  const known = transforms?.length === count ? transforms : null;
  if (!known) return Array.from({ length: count }, (_, channel) => ({ channel, transform: null, absent: null }));
  const hidden = known.map((transform, channel): HiddenChannel => ({
    channel,
    transform,
    absent: transform.kind === 'image' ? null : toUnits(transform)(0),
  }));
  const images = hidden.filter(({ absent }) => absent === null);
  return which === 'image' && images.length > 0 ? images : hidden;
}

/** One channel of one batch entry (or, for `null`, of all entries as one stack) on its own. */
export function channelImage(
  { array }: Pick<PreparedInput, 'array'>,
  entry: number | null,
  channel: number,
  spacingMm: readonly number[] | null,
): Image {
  const channels = array.shape.at(-1) ?? 1;
  const spatial = array.shape.slice(1, -1);
  const size = voxelsIn(spatial);
  const from = (entry ?? 0) * size * channels + channel;
  const count = entry === null ? size * (array.shape[0] ?? 1) : size;
  const values = new Float32Array(count);
  for (let v = 0; v < count; v++) values[v] = array.values[from + v * channels] ?? NaN;
  const stack = entry === null && (array.shape[0] ?? 1) > 1;
  const offset = (entry ?? 0) * size;
  return { values, sizes: stack ? [array.shape[0] ?? 1, ...spatial] : spatial, spacingMm, offset };
}

/** What fillings take from beside the input. */
export interface FillMeans {
  readonly noiseDraws: number;
  /** Other patients on this input's voxels, by the name that the parameters give them. */
  readonly donors?: ReadonlyMap<string, Pick<PreparedInput, 'array'>>;
}

/** The filling of one hidden channel. *Problems* analysis/no-donor. */
export function channelFill(
  prepared: PreparedInput,
  choice: FillChoice,
  { channel, transform }: HiddenChannel,
  { noiseDraws, donors }: FillMeans,
): Fill {
  return fillOf(choice, {
    // Of an array a constant is in network units, whatever a recipe says of them.
    toUnits: transform && prepared.grid ? toUnits(transform) : null,
    whole: () => channelImage(prepared, null, channel, null).values,
    donor: (name) => {
      const donor = donors?.get(name);
      if (!donor) throw new IsolensError('analysis/no-donor', { name }, { key: 'fill' });
      return channelImage({ array: donor.array }, null, channel, null).values;
    },
    draws: noiseDraws,
  });
}

/** Puts fillings into copies of the input. */
export interface Hider {
  readonly draws: number;
  readonly name: string;
  /** Fills the box of a copy of one entry, and tells how much that changed. */
  hide(copy: Float32Array, entry: number, box: Box, position: number, draw: number): Cuttable<Change>;
}

export function hiderOf(
  prepared: PreparedInput,
  choice: FillChoice,
  hidden: readonly HiddenChannel[],
  setting: FillSetting & FillMeans & { readonly spacingMm: readonly number[] | null },
): Hider {
  const channels = prepared.array.shape.at(-1) ?? 1;
  const sizes = prepared.array.shape.slice(1, -1);
  const fills = hidden.map((own): Fill => channelFill(prepared, choice, own, setting));
  const held = new Map<number, readonly (PreparedFill | null)[]>();
  function* fillsOfEntry(entry: number): Cuttable<readonly (PreparedFill | null)[]> {
    const known = held.get(entry);
    if (known) return known;
    const made: (PreparedFill | null)[] = [];
    for (const [n, { channel, absent }] of hidden.entries()) {
      const image = absent === null ? channelImage(prepared, entry, channel, setting.spacingMm) : null;
      made.push(image ? yield* fills[n]?.prepare(image, setting) ?? ready(null) : null);
    }
    held.set(entry, made);
    return made;
  }

  return {
    draws: Math.max(1, ...fills.map(({ draws }) => draws)),
    name: fills[0]?.name ?? '',
    *hide(copy, entry, box, position, draw) {
      let squares = 0;
      let count = 0;
      let none = true;
      const prepareds = yield* fillsOfEntry(entry);
      for (const [n, { channel, transform, absent }] of hidden.entries()) {
        const fill = prepareds[n];
        const values = fill ? yield* fill.box(box, position * channels + channel, draw) : null;
        const slope = transform && absent === null ? transform.slope : 1;
        forEachRow(sizes, box, (offset, inBox, length) => {
          for (let i = 0; i < length; i++) {
            const at = (offset + i) * channels + channel;
            const filled = values?.[inBox + i] ?? absent ?? NaN;
            const step = filled - (copy[at] ?? NaN);
            if (step !== 0) none = false;
            squares += (step / slope) ** 2;
            count += 1;
            copy[at] = filled;
          }
        });
      }
      return { none, rms: Math.sqrt(squares / Math.max(1, count)) };
    },
  };
}
