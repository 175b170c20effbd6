import { boxVolume, crop, forEachRow, grownBox, boxSizes, type Box } from '../box';
import { inPieces, ready, type Cuttable } from '../../cuttable';
import type { Fill, Image } from './fill';
import { meanOf } from './mean';
import { applyTo, cycle, levelsOf, offsetsOf, scratchOf, type Level } from './multigrid';

/** Residual, relative to the right-hand side, at which the solution stops. */
const stopAt = 1e-8;

/**
 * The smoothest continuation of what lies around: Laplace's equation inside, the image's own values at the border, no flux through the
 * image's edge. Weights 1/h² along each axis. *Source* methods §1.4, harmonic.
 */
export const harmonicFill: Fill = {
  name: 'harmonic',
  draws: 1,
  prepare: (image) =>
    ready({
      *box(box: Box) {
        // One ring of known values around the box is all that the solution hangs on.
        const around = grownBox(
          box,
          image.sizes.map(() => 1),
          image.sizes,
        );
        const sizes = boxSizes(around);
        const hidden = new Uint8Array(boxVolume(around));
        const inner: Box = {
          start: box.start.map((start, axis) => start - (around.start[axis] ?? 0)),
          end: box.end.map((end, axis) => end - (around.start[axis] ?? 0)),
        };
        forEachRow(sizes, inner, (offset, _, length) => hidden.fill(1, offset, offset + length));
        const filled = yield* harmonic({ ...image, values: crop(image.values, image.sizes, around), sizes }, hidden);
        return crop(new Float32Array(filled), sizes, inner);
      },
      *region(hidden: Uint8Array) {
        return new Float32Array(yield* harmonic(image, hidden));
      },
    }),
};

/** The equations of a region: a box around it with a rim of one voxel, as arrays of three axes whatever the image has. */
interface Equations {
  readonly level: Level;
  readonly right: Float64Array;
  /** Mean of the known values beside hidden ones, each as often as it is a neighbour. */
  readonly border: number;
  /** Offset in the image of each of the level's cells. */
  readonly places: Uint32Array;
}

const cellsInPiece = 1 << 14;

function* equationsOf({ values, sizes, spacingMm }: Image, hidden: Uint8Array): Cuttable<Equations> {
  const pad = 3 - sizes.length;
  const three = <T>(of: (axis: number) => T, otherwise: T): readonly [T, T, T] => [
    pad > 0 ? otherwise : of(0),
    pad > 1 ? otherwise : of(1 - pad),
    of(2 - pad),
  ];
  const size = three((axis) => sizes[axis] ?? 1, 1);
  const step = [size[1] * size[2], size[2], 1] as const;
  const spacing = three((axis) => spacingMm?.[axis] ?? 1, 1);
  const found = offsetsOf(hidden);
  yield;
  const { low, high } = boundsOf(found, size);
  yield;
  const own = [high[0] - low[0] + 3, high[1] - low[1] + 3, high[2] - low[2] + 3] as const;
  const stride = [own[1] * own[2], own[2], 1] as const;
  const length = own[0] * own[1] * own[2];
  const vector = (): Float64Array => new Float64Array(length);
  const [links, open, right] = [[vector(), vector(), vector()], [vector(), vector(), vector()], vector()] as const;
  const cells = new Uint32Array(found.length);
  let [sum, count, lowest, highest] = [0, 0, Infinity, -Infinity];
  yield* inPieces(found.length, cellsInPiece, (from, to) => {
    for (let n = from; n < to; n++) {
      const v = found[n] as number;
      const at = [Math.floor(v / step[0]), Math.floor(v / step[1]) % size[1], v % size[2]] as const;
      const cell = (at[0] - low[0] + 1) * stride[0] + (at[1] - low[1] + 1) * stride[1] + (at[2] - low[2] + 1);
      cells[n] = cell;
      for (const axis of [0, 1, 2] as const) {
        const weight = 1 / spacing[axis] ** 2;
        for (const side of [-1, 1] as const) {
          if (at[axis] + side < 0 || at[axis] + side >= size[axis]) continue;
          const neighbour = v + side * step[axis];
          if (hidden[neighbour] === 1) {
            if (side === 1) links[axis][cell] = weight;
            continue;
          }
          open[axis][cell] = (open[axis][cell] as number) + weight;
          const value = values[neighbour] as number;
          right[cell] = (right[cell] as number) + weight * value;
          sum += value;
          count += 1;
          lowest = Math.min(lowest, value);
          highest = Math.max(highest, value);
        }
      }
    }
  });
  const level = yield* levelsOf({ sizes: own, cells, links, open, spacing });
  // Where all are equal, the value itself: an even patch is filled without a trace.
  return { level, right, border: lowest === highest ? lowest : sum / count, places: found };
}

/** First and last index of the hidden voxels along each axis. */
function boundsOf(found: Uint32Array, [, rows, columns]: readonly [number, number, number]) {
  const low: [number, number, number] = [Infinity, Infinity, Infinity];
  const high: [number, number, number] = [-1, -1, -1];
  for (const v of found) {
    const at = [Math.floor(v / (rows * columns)), Math.floor(v / columns) % rows, v % columns] as const;
    for (const axis of [0, 1, 2] as const) {
      if (at[axis] < low[axis]) low[axis] = at[axis];
      if (at[axis] > high[axis]) high[axis] = at[axis];
    }
  }
  return { low, high };
}

/** More steps than any region has needed by far; rounding may keep the residual from falling further. */
const mostSteps = 500;

/**
 * The image with the mask's voxels replaced by the harmonic continuation: conjugate gradients in float64, led by one multigrid cycle a step,
 * so that the number of steps hardly grows with the region.
 */
export function* harmonic(image: Image, hidden: Uint8Array, residual = stopAt): Cuttable<Float64Array> {
  const filled = Float64Array.from(image.values);
  if (!hidden.includes(1)) return filled;
  if (!hidden.includes(0)) return filled.fill(meanOf(image.values));
  const { level, right, border, places } = yield* equationsOf(image, hidden);
  const x = yield* solve(level, right, border, residual);
  yield* inPieces(places.length, cellsInPiece, (from, to) => {
    for (let n = from; n < to; n++) filled[places[n] as number] = x[level.cells[n] as number] as number;
  });
  return filled;
}

/** Conjugate gradients from an even start. Each sum is taken where its vector is made: a loop over a large grid costs more than its arithmetic. */
function* solve(level: Level, right: Float64Array, start: number, residual: number): Cuttable<Float64Array> {
  const { cells } = level;
  const vector = (): Float64Array => new Float64Array(right.length);
  const [x, rest, product, direction] = [vector(), vector(), vector(), vector()];
  const scratch = scratchOf(level);
  // Starting at the mean of the border keeps the residual relative to what has to be found, not to the level of the image.
  for (const v of cells) x[v] = start;
  yield;
  const applyToX = applyTo(level, x, product);
  let known = 0;
  let left = 0;
  yield* inPieces(cells.length, cellsInPiece, (from, to) => {
    applyToX(from, to);
    for (let n = from; n < to; n++) {
      const v = cells[n] as number;
      const own = (right[v] as number) - (product[v] as number);
      rest[v] = own;
      known += (right[v] as number) ** 2;
      left += own * own;
    }
  });
  const goal = residual * residual * Math.max(known, Number.MIN_VALUE);
  const applyToDirection = applyTo(level, direction, product);
  let before = 0;
  for (let step = 0; step < mostSteps && left > goal; step++) {
    const now = yield* cycle(level, rest, scratch);
    const led = scratch.x;
    const turn = before === 0 ? 0 : now / before;
    before = now;
    yield* inPieces(cells.length, cellsInPiece, (from, to) => {
      for (let n = from; n < to; n++) {
        const v = cells[n] as number;
        direction[v] = (led[v] as number) + turn * (direction[v] as number);
      }
    });
    let curve = 0;
    yield* inPieces(cells.length, cellsInPiece, (from, to) => {
      applyToDirection(from, to);
      for (let n = from; n < to; n++) {
        const v = cells[n] as number;
        curve += (direction[v] as number) * (product[v] as number);
      }
    });
    const along = now / curve;
    if (!Number.isFinite(along)) break;
    left = 0;
    yield* inPieces(cells.length, cellsInPiece, (from, to) => {
      for (let n = from; n < to; n++) {
        const v = cells[n] as number;
        x[v] = (x[v] as number) + along * (direction[v] as number);
        const own = (rest[v] as number) - along * (product[v] as number);
        rest[v] = own;
        left += own * own;
      }
    });
  }
  return x;
}
