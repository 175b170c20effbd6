import { inPieces, type Cuttable } from '../../cuttable';
import { grownBox, voxelsIn, type Box } from '../box';
import { reachOf, type Image } from './fill';

/** Thickness of the shell around what is hidden. Source: methods §1.4, local mean. */
const shellMm = 5;
const shellVoxels = 2;

/** Values of the voxels within 5 mm (arrays: 2 voxels) of a box and outside it; of the whole rest of the image where there are none. */
export function shellOfBox(image: Image, box: Box): number[] {
  const { values, sizes } = image;
  const reach = reachOf(image, shellMm, shellVoxels);
  const around = grownBox(box, reach.map(Math.floor), sizes);
  const shell: number[] = [];
  walk(sizes, around, (offset, at) => {
    let distance = 0;
    for (let axis = 0; axis < at.length; axis++) {
      const i = at[axis] ?? 0;
      const gap = Math.max(0, (box.start[axis] ?? 0) - i, i - (box.end[axis] ?? 0) + 1);
      distance += (gap / (reach[axis] ?? 1)) ** 2;
    }
    if (distance > 0 && distance <= 1 + 1e-9) shell.push(values[offset] as number);
  });
  return shell.length > 0 ? shell : Array.from(values);
}

/** Voxels at the edge of a region that are worked through between two places where the work may be cut. */
const edgeInPiece = 1 << 10;
const voxelsInPiece = 1 << 15;

/** The same around a region of any shape. */
export function* shellOfRegion(image: Image, hidden: Uint8Array): Cuttable<number[]> {
  const { values, sizes } = image;
  const near = new Uint8Array(hidden.length);
  const ball = ballOf(reachOf(image, shellMm, shellVoxels));
  const edge = yield* edgeOf(hidden, sizes);
  const at = sizes.map(() => 0);
  yield* inPieces(edge.length, edgeInPiece, (from, to) => {
    for (let n = from; n < to; n++) {
      let rest = edge[n] as number;
      for (let axis = sizes.length - 1; axis >= 0; axis--) {
        at[axis] = rest % (sizes[axis] ?? 1);
        rest = Math.floor(rest / (sizes[axis] ?? 1));
      }
      for (const step of ball) {
        let target = 0;
        let inside = true;
        for (let axis = 0; axis < sizes.length; axis++) {
          const i = (at[axis] ?? 0) + (step[axis] ?? 0);
          if (i < 0 || i >= (sizes[axis] ?? 0)) inside = false;
          target = target * (sizes[axis] ?? 1) + i;
        }
        if (inside) near[target] = 1;
      }
    }
  });
  const shell: number[] = [];
  yield* inPieces(near.length, voxelsInPiece, (from, to) => {
    for (let v = from; v < to; v++) {
      if (near[v] === 1 && hidden[v] !== 1) shell.push(values[v] as number);
    }
  });
  if (shell.length > 0) return shell;
  const rest = Array.from(values).filter((_, v) => hidden[v] !== 1);
  return rest.length > 0 ? rest : Array.from(values);
}

/** Hidden voxels with a face neighbour that is not hidden: only from there does the shell reach out. */
function* edgeOf(hidden: Uint8Array, sizes: readonly number[]): Cuttable<number[]> {
  const edge: number[] = [];
  yield* inPieces(hidden.length, voxelsInPiece, (from, to) => {
    for (let v = from; v < to; v++) if (hidden[v] === 1 && atEdge(hidden, sizes, v)) edge.push(v);
  });
  return edge;
}

function atEdge(hidden: Uint8Array, sizes: readonly number[], offset: number): boolean {
  let stride = 1;
  for (let axis = sizes.length - 1; axis >= 0; axis--) {
    const size = sizes[axis] ?? 1;
    const i = Math.floor(offset / stride) % size;
    if (i > 0 && hidden[offset - stride] !== 1) return true;
    if (i < size - 1 && hidden[offset + stride] !== 1) return true;
    stride *= size;
  }
  return false;
}

function ballOf(reach: readonly number[]): readonly (readonly number[])[] {
  const sides = reach.map((r) => 2 * Math.floor(r) + 1);
  return Array.from({ length: voxelsIn(sides) }, (_, n) => {
    let rest = n;
    const step = new Array<number>(reach.length).fill(0);
    for (let axis = reach.length - 1; axis >= 0; axis--) {
      step[axis] = (rest % (sides[axis] ?? 1)) - Math.floor(reach[axis] ?? 0);
      rest = Math.floor(rest / (sides[axis] ?? 1));
    }
    return step;
  }).filter((step) => step.reduce((sum, s, axis) => sum + (s / (reach[axis] ?? 1)) ** 2, 0) <= 1 + 1e-9);
}

/** Visits the voxels of a box: offset in the image, and index along each axis (one array, refilled). */
export function walk(sizes: readonly number[], box: Box, visit: (offset: number, at: readonly number[]) => void): void {
  const at = [...box.start];
  const count = voxelsIn(box.end.map((end, axis) => end - (box.start[axis] ?? 0)));
  for (let n = 0; n < count; n++) {
    let offset = 0;
    for (let axis = 0; axis < sizes.length; axis++) offset = offset * (sizes[axis] ?? 1) + (at[axis] ?? 0);
    visit(offset, at);
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      at[axis] = (at[axis] ?? 0) + 1;
      if ((at[axis] ?? 0) < (box.end[axis] ?? 0)) break;
      at[axis] = box.start[axis] ?? 0;
    }
  }
}
