import type { SearchAgreement, SearchDissection } from '../../../../shared/analysis/search';
import type { Regions } from '../regions';

/** Share of the database's voxels above a channel's threshold. Source: Bau 2017. */
const maskShare = 0.005;

/** Bits of a float32 that tell bins apart: its sign, exponent and five bits of its fraction, so that a bin is at most 3.2 % wide. */
const dropped = 18;
const bins = 2 ** (32 - dropped);

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** The bin of a value; a larger value never lies in a lower bin, and zero has its own. */
export function binOf(value: number): number {
  float[0] = value === 0 ? 0 : value;
  const own = bits[0] as number;
  return ((own & 0x80000000 ? ~own : own | 0x80000000) >>> 0) >>> dropped;
}

/** The largest value of a bin. */
export function topOfBin(bin: number): number {
  if (bin === bins / 2) return 0;
  const last = ((bin << dropped) | ((1 << dropped) - 1)) >>> 0;
  bits[0] = last & 0x80000000 ? (last ^ 0x80000000) >>> 0 : ~last >>> 0;
  return float[0] as number;
}

/** Voxels of one input that share the same regions. */
export interface Groups {
  /** Of each voxel of the tensor. */
  readonly of: Uint16Array;
  /** Regions of each group, by their number. */
  readonly regions: readonly (readonly number[])[];
}

export function groupsOf({ words, list, voxels }: Regions): Groups {
  const of = new Uint16Array(voxels);
  const regions: number[][] = [];
  const known = new Map<string, number>();
  let last = '';
  let group = -1;
  for (let v = 0; v < voxels; v++) {
    let key = '';
    for (const word of words) key += String.fromCharCode((word[v] as number) & 0xffff, (word[v] as number) >>> 16);
    if (key !== last || group < 0) {
      last = key;
      const found = known.get(key);
      if (found === undefined) {
        group = regions.length;
        known.set(key, group);
        regions.push([...list.keys()].filter((n) => (((words[n >> 5]?.[v] ?? 0) >>> (n & 31)) & 1) === 1));
      } else group = found;
    }
    of[v] = group;
  }
  return { of, regions };
}

/** Counts of one channel of one input: for each bin, the voxels in it and those of them in each region. */
export interface ChannelCounts {
  readonly bins: readonly number[];
  readonly all: readonly number[];
  /** [bin][region]. */
  readonly inside: readonly (readonly number[])[];
}

/** Counts that grow over the entries of one input. */
export interface Counting {
  readonly groups: number;
  readonly counts: Map<number, Float64Array>;
}

export const countingOf = ({ regions }: Groups): Counting => ({ groups: regions.length, counts: new Map() });

/** Counts one entry's values; `from` is its first voxel in the tensor. */
export function count(into: Counting, values: Float32Array, groups: Groups, from: number): void {
  const { counts } = into;
  let last = -1;
  let row: Float64Array | undefined;
  for (let v = 0; v < values.length; v++) {
    const value = values[v] as number;
    if (value - value !== 0) continue;
    const bin = binOf(value);
    if (bin !== last || !row) {
      last = bin;
      row = counts.get(bin);
      if (!row) {
        row = new Float64Array(into.groups);
        counts.set(bin, row);
      }
    }
    const group = groups.of[from + v] as number;
    row[group] = (row[group] as number) + 1;
  }
}

export function countsOf({ counts }: Counting, { regions }: Groups, regionCount: number): ChannelCounts {
  const ordered = [...counts.keys()].sort((a, b) => a - b);
  const rows = ordered.map((bin) => counts.get(bin) as Float64Array);
  return {
    bins: ordered,
    all: rows.map((row) => row.reduce((sum, n) => sum + n, 0)),
    inside: rows.map((row) => {
      const inside = new Array<number>(regionCount).fill(0);
      row.forEach((n, group) => {
        for (const region of regions[group] ?? []) inside[region] = (inside[region] as number) + n;
      });
      return inside;
    }),
  };
}

/** What is known of one region over the database: voxels in it, and in all inputs that have it. */
interface Tally {
  readonly kind: 'structure' | 'dose';
  readonly name: string;
  readonly patients: Set<string>;
  /** Voxels by bin: those inside, and all of the inputs that have the region. */
  readonly inside: Map<number, number>;
  readonly all: Map<number, number>;
}

/** One channel over the database. Whole numbers: the order of inputs and how they are grouped change nothing. */
export interface Pooled {
  readonly all: Map<number, number>;
  readonly patients: Set<string>;
  readonly regions: Map<string, Tally>;
}

export const pooledOf = (): Pooled => ({ all: new Map(), patients: new Set(), regions: new Map() });

export function pool(
  into: Pooled,
  { bins: own, all, inside }: ChannelCounts,
  patient: string,
  regions: readonly { readonly name: string; readonly kind: 'structure' | 'dose' }[],
): void {
  const raise = (map: Map<number, number>, bin: number, by: number): void => {
    if (by > 0) map.set(bin, (map.get(bin) ?? 0) + by);
  };
  into.patients.add(patient);
  own.forEach((bin, n) => {
    raise(into.all, bin, all[n] ?? 0);
  });
  regions.forEach(({ name, kind }, region) => {
    const key = `${kind} ${name.toLowerCase()}`;
    const tally = into.regions.get(key) ?? { kind, name, patients: new Set(), inside: new Map(), all: new Map() };
    into.regions.set(key, tally);
    tally.patients.add(patient);
    own.forEach((bin, n) => {
      raise(tally.inside, bin, inside[n]?.[region] ?? 0);
      raise(tally.all, bin, all[n] ?? 0);
    });
  });
}

const total = (counts: ReadonlyMap<number, number>): number => [...counts.values()].reduce((sum, n) => sum + n, 0);

const above = (counts: ReadonlyMap<number, number>, bin: number): number => {
  let sum = 0;
  for (const [own, n] of counts) if (own > bin) sum += n;
  return sum;
};

/** IoU of masks of shares q and s whose places have nothing to do with each other. */
const chanceOf = (q: number, s: number): number => (q + s - q * s > 0 ? (q * s) / (q + s - q * s) : 0);

function overlapAt({ inside, all }: Tally, bin: number) {
  const voxels = total(all);
  const structure = total(inside);
  const mask = above(all, bin);
  const both = above(inside, bin);
  const union = mask + structure - both;
  const iou = union > 0 ? both / union : 0;
  const chance = voxels > 0 ? chanceOf(mask / voxels, structure / voxels) : 0;
  return {
    share: voxels > 0 ? mask / voxels : 0,
    iou,
    chance,
    lift: chance > 0 ? iou / chance : null,
    concentration: mask > 0 && structure > 0 ? both / mask / (structure / voxels) : null,
  };
}

/**
 * How well the channel's strongest voxels agree with each structure and band of dose: IoU over the database (sums, not means of ratios), and
 * how many times that is what chance gives. *Source* Bau 2017; methods §1.3.
 */
export function dissectionOf(pooled: Pooled): SearchDissection | null {
  const voxels = total(pooled.all);
  if (voxels === 0 || pooled.regions.size === 0) return null;
  const ordered = [...pooled.all.keys()].sort((a, b) => b - a);
  let mask = 0;
  let bin = ordered[0] ?? 0;
  for (const own of ordered) {
    bin = own;
    const next = mask + (pooled.all.get(own) ?? 0);
    if (next > maskShare * voxels) break;
    mask = next;
  }
  const regions = [...pooled.regions.values()].flatMap((tally): SearchAgreement[] => {
    const size = total(tally.inside);
    const of = total(tally.all);
    if (of === 0) return [];
    const at = overlapAt(tally, bin);
    const matched = overlapAt(tally, matchedBin(tally, size));
    return [
      {
        name: tally.name,
        kind: tally.kind,
        patients: tally.patients.size,
        share: size / of,
        iou: at.iou,
        chance: at.chance,
        lift: at.lift,
        concentration: at.concentration,
        matched,
      },
    ];
  });
  return {
    threshold: topOfBin(bin),
    maskShare: mask / voxels,
    patients: pooled.patients.size,
    regions: regions.sort((a, b) => b.iou - a.iou || (a.name < b.name ? -1 : 1)),
  };
}

/** The bin above which lie as many voxels as the region has, as nearly as bins allow. */
function matchedBin({ all }: Tally, size: number): number {
  const ordered = [...all.keys()].sort((a, b) => b - a);
  let sum = 0;
  let best = { bin: ordered[0] ?? 0, off: size };
  for (const [n, own] of ordered.entries()) {
    sum += all.get(own) ?? 0;
    const off = Math.abs(sum - size);
    // Above the next bin lie all of those so far.
    if (off < best.off) best = { bin: ordered[n + 1] ?? own - 1, off };
  }
  return best.bin;
}
