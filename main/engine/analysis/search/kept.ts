import { packed, unpacked } from './packed';
import type { ChannelCounts } from './dissection';
import type { Frame } from './place';
import type { Region } from '../regions';

/** What one input channel is in its physical unit: network value = slope · physical value + intercept. */
export interface PhysicalChannel {
  readonly name: string;
  readonly unit: string;
  readonly slope: number;
  readonly intercept: number;
  readonly isMask: boolean;
  /** Limits of the physical value; null where nothing clips it. */
  readonly clip: readonly [number, number] | null;
  /** Smallest and largest value that the input holds, and their mean. *Units* those of the network. */
  readonly range: readonly [number, number];
  readonly mean: number;
}

/** One place of one input, with what is there. */
export interface KeptPlace {
  readonly rank: number;
  readonly value: number;
  readonly pre: number | null;
  readonly entry: number;
  /** Offset in the map of its entry. */
  readonly at: number;
  /** Regions (structures) that the crop overlaps, by number in the input's list. */
  readonly overlaps: readonly { readonly region: number; readonly share: number; readonly centre: boolean }[];
  /** Mean, standard deviation and the middle's value of each input channel; empty where the neuron is not told in full. */
  readonly channels: readonly { readonly mean: number; readonly sd: number; readonly centre: number }[];
}

/** Where the gradient of one neuron lies in one input. *Units* input voxels. */
export interface KeptReach {
  /** Sum of the gradient's strength. */
  readonly total: number;
  /** From the middle of what is seen to the centre of gravity. */
  readonly offset: readonly number[];
  /** Standard deviation about that centre. */
  readonly deviation: readonly number[];
  /** Voxels above 4.55 % of the peak. */
  readonly voxels: number;
}

export interface KeptLayer {
  readonly node: string;
  /** Of one entry's map. */
  readonly spatial: readonly number[];
  readonly channels: readonly number[];
  /** [channel][place], packed. */
  readonly places: string;
}

/** What one input leaves: a few numbers of each channel, none of its voxels. */
export interface Kept {
  readonly input: string;
  readonly patient: string;
  /** Of the network's input, with batch and channels, and of its other inputs by name. */
  readonly shape: readonly number[];
  readonly others: Readonly<Record<string, readonly number[]>>;
  /** null for arrays. */
  readonly frame: Frame | null;
  readonly regions: readonly Region[];
  readonly physical: readonly PhysicalChannel[];
  readonly layers: readonly KeptLayer[];
  /** Counts for the score against structures and dose, by `node/channel`, packed. */
  readonly counts: Readonly<Record<string, string>>;
  /** Sizes of the input's voxels along the network's spatial axes, in mm; null for arrays. */
  readonly spacing: readonly number[] | null;
  /** How far the gradient at the strongest place reaches, by `node/channel`, where that was asked. */
  readonly reach: Readonly<Record<string, KeptReach>>;
  /** Crops that were written: paths relative to results.json by `node/channel/place`. */
  readonly crops: Readonly<Record<string, string>>;
}

export function packPlaces(places: readonly (readonly KeptPlace[])[]): string {
  const numbers: number[] = [];
  for (const own of places) {
    numbers.push(own.length);
    for (const { rank, value, pre, entry, at, overlaps, channels } of own) {
      numbers.push(rank, value, pre ?? NaN, entry, at, overlaps.length, channels.length);
      for (const { region, share, centre } of overlaps) numbers.push(region, share, centre ? 1 : 0);
      for (const { mean, sd, centre } of channels) numbers.push(mean, sd, centre);
    }
  }
  return packed(numbers);
}

export function unpackPlaces(text: string): KeptPlace[][] {
  const numbers = unpacked(text);
  let next = 0;
  const take = (): number => numbers[next++] as number;
  const places: KeptPlace[][] = [];
  while (next < numbers.length) {
    const count = take();
    places.push(
      Array.from({ length: count }, (): KeptPlace => {
        const [rank, value, pre, entry, at] = [take(), take(), take(), take(), take()];
        const [overlapping, described] = [take(), take()];
        const overlaps = Array.from({ length: overlapping }, () => ({
          region: take(),
          share: take(),
          centre: take() === 1,
        }));
        const channels = Array.from({ length: described }, () => ({ mean: take(), sd: take(), centre: take() }));
        return { rank, value, pre: Number.isNaN(pre) ? null : pre, entry, at, overlaps, channels };
      }),
    );
  }
  return places;
}

export function packCounts({ bins, all, inside }: ChannelCounts): string {
  const numbers: number[] = [bins.length];
  bins.forEach((bin, n) => {
    const regions = [...(inside[n] ?? []).entries()].filter(([, own]) => own > 0);
    numbers.push(bin, all[n] ?? 0, regions.length);
    for (const [region, own] of regions) numbers.push(region, own);
  });
  return packed(numbers);
}

export function unpackCounts(text: string, regionCount: number): ChannelCounts {
  const numbers = unpacked(text);
  let next = 0;
  const take = (): number => numbers[next++] as number;
  const count = take();
  const bins: number[] = [];
  const all: number[] = [];
  const inside: number[][] = [];
  for (let n = 0; n < count; n++) {
    bins.push(take());
    all.push(take());
    const row = new Array<number>(regionCount).fill(0);
    for (let filled = take(); filled > 0; filled--) {
      const region = take();
      row[region] = take();
    }
    inside.push(row);
  }
  return { bins, all, inside };
}
