import { marchenkoPasturEdge, tracyWidomScale } from '../statistics/randomMatrix';

/** What is known of kernels of one size. */
interface Known {
  /** Kernels from which a layer that rejects nothing may be called noise-like: 95 % of layers with a share of 0.25 would have shown it. */
  readonly needed: number;
  /** Kernels that show a smooth share of 0.9, 0.75, 0.5, 0.25 and 0.1 in 80 % of layers; null where more than 1024 are needed. */
  readonly showing: readonly (number | null)[];
}

const shares = [0.9, 0.75, 0.5, 0.25, 0.1] as const;

/**
 * By simulation: Gaussian random field of correlation exp(−r²/2) in iid noise, four kernels a filter, the four tests with Holm at 5 %.
 * *Source* `tests/references/filters/noise_power.py`; the least numbers for 3×3, 5×5, 7×7 and 3×3×3 are those of methods §1.2.
 */
const known: Readonly<Record<string, Known>> = {
  '3': { needed: 1000, showing: [23, 43, 126, 529, null] },
  '5': { needed: 400, showing: [10, 16, 45, 172, null] },
  '7': { needed: 220, showing: [6, 10, 26, 100, 649] },
  '9': { needed: 150, showing: [4, 7, 17, 74, 483] },
  '2x2': { needed: 370, showing: [15, 22, 48, 192, 990] },
  '3x3': { needed: 100, showing: [4, 6, 14, 57, 326] },
  '4x4': { needed: 50, showing: [4, 4, 6, 25, 147] },
  '5x5': { needed: 32, showing: [4, 4, 4, 15, 87] },
  '7x7': { needed: 16, showing: [4, 4, 4, 6, 33] },
  '9x9': { needed: 16, showing: [4, 4, 4, 4, 17] },
  '11x11': { needed: 16, showing: [4, 4, 4, 4, 12] },
  '2x2x2': { needed: 128, showing: [5, 8, 18, 55, 288] },
  '3x3x3': { needed: 24, showing: [4, 4, 4, 10, 57] },
  '4x4x4': { needed: 16, showing: [4, 4, 4, 4, 23] },
  '5x5x5': { needed: 16, showing: [4, 4, 4, 4, 9] },
};

/** Sizes without the axes along which a kernel is one cell thick, the smallest first. */
const squeezed = (size: readonly number[]): number[] => size.filter((n) => n > 1).sort((a, b) => a - b);

/** Of the sizes that are known and fit inside this one, the largest: a larger kernel never shows less. */
function knownOf(size: readonly number[]): Known | null {
  const own = squeezed(size);
  let found: Known | null = null;
  let most = 0;
  for (const [name, entry] of Object.entries(known)) {
    const sizes = name.split('x').map(Number);
    const cells = sizes.reduce((all, n) => all * n, 1);
    if (sizes.length !== own.length || sizes.some((n, axis) => n > (own[axis] as number)) || cells <= most) continue;
    found = entry;
    most = cells;
  }
  return found;
}

/** What a layer of so many kernels could have shown. */
export interface Power {
  /** null: not known for such kernels. */
  readonly needed: number | null;
  /** Least smooth share that 80 % of such layers show; null where even 0.9 would be missed. */
  readonly visibleShare: number | null;
}

/** Between two shares the number of kernels follows a power law. */
function shareSeen(showing: Known['showing'], count: number): number | null {
  let seen: number | null = null;
  for (const [at, share] of shares.entries()) {
    const needs = showing[at];
    if (needs === null || needs === undefined) break;
    if (count >= needs) {
      seen = share;
      continue;
    }
    const before = at > 0 ? showing[at - 1] : null;
    if (seen === null || before === null || before === undefined || before >= needs) break;
    const along = Math.log(count / before) / Math.log(needs / before);
    return Math.exp(Math.log(seen) + along * (Math.log(share) - Math.log(seen)));
  }
  return seen;
}

export function spatialPower(size: readonly number[], count: number): Power {
  const own = knownOf(size);
  return { needed: own?.needed ?? null, visibleShare: own ? shareSeen(own.showing, count) : null };
}

/** Widths of Tracy and Widom's law by which a common pattern must stand out, so that its own spread does not hide it. */
const clear = 7;

/** A layer that would have shown a common pattern of this share is told from noise. */
export const tellingShare = 0.25;

/**
 * Of weights without a place beside each other: the share of the variance that one pattern common to all outputs must carry before
 * the largest singular value shows it. *Source* Baik, Ben Arous & Péché 2005 (a spike in noise).
 */
export function commonPatternPower(rows: number, columns: number): Power {
  const { centre, width } = tracyWidomScale(rows, columns);
  const wanted = centre + clear * width;
  let low = 0;
  let high = 1;
  for (let step = 0; step < 60; step++) {
    const share = (low + high) / 2;
    if (largestWith(share, rows, columns) < wanted) low = share;
    else high = share;
  }
  return { needed: null, visibleShare: high > 0.95 ? null : high };
}

/** Where the largest squared singular value lies when a share of the variance 1 is one pattern. */
function largestWith(share: number, rows: number, columns: number): number {
  const strength = (share * rows * columns) / (1 - share);
  if (strength <= Math.sqrt(rows * columns)) return (1 - share) * marchenkoPasturEdge(rows, columns);
  return ((1 - share) * (strength + rows) * (strength + columns)) / strength;
}

/** Mean rook I of a smooth share of 0, 0.25, 0.5, 0.75, 0.9. *Source* methods §1.2, by simulation. */
const moranOfShare: Readonly<Record<string, readonly number[]>> = {
  '3x3': [-0.125, -0.063, 0.009, 0.101, 0.17],
  '5x5': [-0.042, 0.067, 0.184, 0.312, 0.4],
  '7x7': [-0.021, 0.106, 0.24, 0.378, 0.468],
  '3x3x3': [-0.038, 0.052, 0.154, 0.271, 0.354],
};
const sharesOfMoran = [0, 0.25, 0.5, 0.75, 0.9];

/** The smooth share that gives such a mean I, 0 … 0.9; null for sizes without a table. */
export function smoothShareOf(size: readonly number[], moran: number): number | null {
  const table = moranOfShare[squeezed(size).join('x')];
  if (!table) return null;
  const above = table.findIndex((value) => value >= moran);
  if (above === 0) return 0;
  if (above < 0) return 0.9;
  const [low, high] = [table[above - 1] as number, table[above] as number];
  const [from, to] = [sharesOfMoran[above - 1] as number, sharesOfMoran[above] as number];
  return from + ((moran - low) / (high - low)) * (to - from);
}
