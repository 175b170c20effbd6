import { inPieces, type Cuttable } from '../../cuttable';

/** Three of a kind, one a spatial axis. */
type Three<T> = readonly [T, T, T];

/** Cells that are worked through between two places where the work may be cut. */
const piece = 1 << 14;

/** Below so many cells a grid is solved by sweeps alone. */
const fewCells = 64;
const sweepsOnFewCells = 8;

/** An axis is coarsened with the others while its cells are at most so much longer than the shortest. */
const longest = 1.5;

/**
 * One grid of the diffusion equations on the hidden cells: Σ link · (x − x of the neighbour) + open · x = right-hand side. Arrays are dense
 * over a box with a rim of one cell on every side, so that no neighbour lies outside; where nothing is hidden they are 0.
 */
export interface Level {
  /** Of the box with its rim. */
  readonly sizes: Three<number>;
  /** Offsets of the hidden cells, rising. */
  readonly cells: Uint32Array;
  /** From a cell to its next one along each axis; 0 where that is not hidden. */
  readonly links: Three<Float64Array>;
  readonly diagonal: Float64Array;
  /** The coarser grid, and the cell of it that each of `cells` is part of; null on the last one. */
  readonly coarser: { readonly level: Level; readonly parents: Uint32Array } | null;
}

/** The finest grid as it is set up: links, and along each axis what ties a cell to known values. */
export interface Setup {
  readonly sizes: Three<number>;
  readonly cells: Uint32Array;
  readonly links: Three<Float64Array>;
  readonly open: Three<Float64Array>;
  /** Relative lengths of a cell. */
  readonly spacing: Three<number>;
}

const lengthOf = (sizes: Three<number>): number => sizes[0] * sizes[1] * sizes[2];

/** Grids from the finest to one of few cells, each half as fine along the axes whose cells are short: thin slices are not mixed early. */
export function* levelsOf(setup: Setup): Cuttable<Level> {
  const { sizes, cells, links, open } = setup;
  const diagonal = new Float64Array(lengthOf(sizes));
  const [, rows, columns] = sizes;
  const strides: Three<number> = [rows * columns, columns, 1];
  for (const axis of [0, 1, 2] as const) {
    const [link, own, stride] = [links[axis], open[axis], strides[axis]];
    yield* inPieces(cells.length, piece, (from, to) => {
      for (let n = from; n < to; n++) {
        const v = cells[n] as number;
        diagonal[v] = (diagonal[v] as number) + (link[v] as number) + (link[v - stride] as number) + (own[v] as number);
      }
    });
  }
  const coarsened = cells.length > fewCells ? yield* coarserOf(setup, strides) : null;
  const coarser = coarsened ? { level: yield* levelsOf(coarsened.setup), parents: coarsened.parents } : null;
  return { sizes, cells, links, diagonal, coarser };
}

/** Two cells become one along each axis that is halved; null where that would not make them fewer. */
function* coarserOf(
  { sizes, cells, links, open, spacing }: Setup,
  strides: Three<number>,
): Cuttable<{ readonly setup: Setup; readonly parents: Uint32Array } | null> {
  const inner = sizes.map((n) => n - 2);
  const shortest = Math.min(...spacing.filter((_, axis) => (inner[axis] ?? 1) > 1));
  const halved = [0, 1, 2].map((axis) => (inner[axis] ?? 1) > 1 && (spacing[axis] ?? 1) <= longest * shortest);
  if (!halved.includes(true)) return null;
  const of = <T>(make: (axis: 0 | 1 | 2) => T): Three<T> => [make(0), make(1), make(2)];
  const coarseSizes = of((axis) => (halved[axis] === true ? Math.ceil((sizes[axis] - 2) / 2) : sizes[axis] - 2) + 2);
  const coarseStrides: Three<number> = [coarseSizes[1] * coarseSizes[2], coarseSizes[2], 1];
  const length = lengthOf(coarseSizes);
  const coarseLinks = of(() => new Float64Array(length));
  const coarseOpen = of(() => new Float64Array(length));
  const taken = new Uint8Array(length);
  const parents = new Uint32Array(cells.length);
  const along = of((axis) =>
    Uint32Array.from({ length: sizes[axis] }, (_, i) => {
      const own = i === 0 ? 0 : halved[axis] === true ? ((i - 1) >> 1) + 1 : i;
      return own * coarseStrides[axis];
    }),
  );
  // Between the middles of two doubled cells lies twice the way; to what is known outside, from 1.5 times on.
  const stretch = of((axis) => (halved[axis] === true ? 0.5 : 1));
  const reach = of((axis) => (halved[axis] === true ? 0.6 : 1));
  yield* inPieces(cells.length, piece, (from, to) => {
    for (let n = from; n < to; n++) {
      const v = cells[n] as number;
      const [k, rest] = [Math.floor(v / strides[0]), v % strides[0]];
      const [j, i] = [Math.floor(rest / strides[1]), rest % strides[1]];
      const at = [k, j, i] as const;
      const parent = (along[0][k] as number) + (along[1][j] as number) + (along[2][i] as number);
      parents[n] = parent;
      taken[parent] = 1;
      for (const axis of [0, 1, 2] as const) {
        coarseOpen[axis][parent] = (coarseOpen[axis][parent] as number) + reach[axis] * (open[axis][v] as number);
        const link = links[axis][v] as number;
        if (link !== 0 && along[axis][at[axis]] !== along[axis][at[axis] + 1])
          coarseLinks[axis][parent] = (coarseLinks[axis][parent] as number) + stretch[axis] * link;
      }
    }
  });
  const coarseCells = offsetsOf(taken);
  const wider = of((axis) => spacing[axis] * (halved[axis] === true ? 2 : 1));
  return {
    setup: { sizes: coarseSizes, cells: coarseCells, links: coarseLinks, open: coarseOpen, spacing: wider },
    parents,
  };
}

/** Where a mask is 1, rising. */
export function offsetsOf(mask: Uint8Array): Uint32Array {
  let count = 0;
  for (const inside of mask) if (inside === 1) count += 1;
  const offsets = new Uint32Array(count);
  count = 0;
  for (let v = 0; v < mask.length; v++) if (mask[v] === 1) offsets[count++] = v;
  return offsets;
}

/** The equations' left-hand side at cells [from, to). */
export function applyTo({ sizes, cells, links, diagonal }: Level, x: Float64Array, into: Float64Array) {
  const [slice, row] = [sizes[1] * sizes[2], sizes[2]];
  const [a, b, c] = links;
  return (from: number, to: number): void => {
    for (let n = from; n < to; n++) {
      const v = cells[n] as number;
      into[v] =
        (diagonal[v] as number) * (x[v] as number) -
        (a[v] as number) * (x[v + slice] as number) -
        (a[v - slice] as number) * (x[v - slice] as number) -
        (b[v] as number) * (x[v + row] as number) -
        (b[v - row] as number) * (x[v - row] as number) -
        (c[v] as number) * (x[v + 1] as number) -
        (c[v - 1] as number) * (x[v - 1] as number);
    }
  };
}

/** A Gauss–Seidel sweep forwards from zero, where nothing that lies ahead counts yet. */
function* firstSweep({ sizes, cells, links, diagonal }: Level, x: Float64Array, right: Float64Array): Cuttable<void> {
  const [slice, row] = [sizes[1] * sizes[2], sizes[2]];
  const [a, b, c] = links;
  yield* inPieces(cells.length, piece, (from, to) => {
    for (let n = from; n < to; n++) {
      const v = cells[n] as number;
      x[v] =
        ((right[v] as number) +
          (a[v - slice] as number) * (x[v - slice] as number) +
          (b[v - row] as number) * (x[v - row] as number) +
          (c[v - 1] as number) * (x[v - 1] as number)) /
        (diagonal[v] as number);
    }
  });
}

/** A Gauss–Seidel sweep, forwards or backwards; gives Σ right · x. */
function* sweep(
  { sizes, cells, links, diagonal }: Level,
  x: Float64Array,
  right: Float64Array,
  backwards: boolean,
): Cuttable<number> {
  const [slice, row] = [sizes[1] * sizes[2], sizes[2]];
  const [a, b, c] = links;
  const last = cells.length - 1;
  let product = 0;
  yield* inPieces(cells.length, piece, (from, to) => {
    for (let n = from; n < to; n++) {
      const v = cells[backwards ? last - n : n] as number;
      const own =
        ((right[v] as number) +
          (a[v] as number) * (x[v + slice] as number) +
          (a[v - slice] as number) * (x[v - slice] as number) +
          (b[v] as number) * (x[v + row] as number) +
          (b[v - row] as number) * (x[v - row] as number) +
          (c[v] as number) * (x[v + 1] as number) +
          (c[v - 1] as number) * (x[v - 1] as number)) /
        (diagonal[v] as number);
      x[v] = own;
      product += (right[v] as number) * own;
    }
  });
  return product;
}

/** What a cycle needs on one grid besides its right-hand side. */
interface Scratch {
  readonly x: Float64Array;
  readonly rest: Float64Array;
  readonly coarser: (Scratch & { readonly right: Float64Array }) | null;
}

export function scratchOf({ sizes, coarser }: Level): Scratch {
  const vector = (): Float64Array => new Float64Array(lengthOf(sizes));
  const next = coarser ? { ...scratchOf(coarser.level), right: new Float64Array(lengthOf(coarser.level.sizes)) } : null;
  return { x: vector(), rest: vector(), coarser: next };
}

/**
 * One V-cycle from zero on a right-hand side; the answer stands in `scratch.x`, and Σ right · x is given. A symmetric operator, as conjugate
 * gradients ask: forwards on the way down, backwards on the way up. *Source* Briggs, Henson & McCormick 2000, chapters 3 and 5.
 */
export function* cycle(level: Level, right: Float64Array, scratch: Scratch): Cuttable<number> {
  const { cells, coarser } = level;
  const { x, rest } = scratch;
  x.fill(0);
  yield* firstSweep(level, x, right);
  if (!coarser || !scratch.coarser) {
    for (let n = 1; n < sweepsOnFewCells; n++) {
      yield* sweep(level, x, right, true);
      yield* sweep(level, x, right, false);
    }
    return yield* sweep(level, x, right, true);
  }
  const { parents } = coarser;
  const below = scratch.coarser;
  below.right.fill(0);
  const apply = applyTo(level, x, rest);
  yield* inPieces(cells.length, piece, (from, to) => {
    apply(from, to);
    for (let n = from; n < to; n++) {
      const v = cells[n] as number;
      const parent = parents[n] as number;
      below.right[parent] = (below.right[parent] as number) + (right[v] as number) - (rest[v] as number);
    }
  });
  yield* cycle(coarser.level, below.right, below);
  yield* inPieces(cells.length, piece, (from, to) => {
    for (let n = from; n < to; n++) {
      const v = cells[n] as number;
      x[v] = (x[v] as number) + (below.x[parents[n] as number] as number);
    }
  });
  return yield* sweep(level, x, right, true);
}
