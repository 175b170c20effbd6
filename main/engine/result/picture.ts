import { setImmediate as nextTurn } from 'node:timers/promises';
import { colourOf, type ColourMap, type Rgb } from '../../../shared/colourMaps';
import { affineOf, applyAffine, type Affine, type Vec3 } from '../../../shared/geometry';
import type { Structure } from '../../../shared/structure';
import type { Grid, Volume } from '../../../shared/volume';
import { maskOf } from '../volume/mask';
import { resample } from '../volume/resample';
import { encodePng } from './png';

/** What a map is laid on: the image, the values drawn black and white, and the structures drawn over both. */
export interface Scene {
  readonly background: Volume;
  readonly level: readonly [number, number];
  readonly structures: readonly Structure[];
}

export type PictureKind = 'labels' | 'dose' | 'signed' | 'activation';

/** One plane through the patient, for the report. */
export interface View {
  readonly plane: 'axial' | 'coronal' | 'sagittal';
  /** Where the plane lies along its patient axis, in mm. */
  readonly positionMm: number;
  readonly width: number;
  readonly height: number;
  readonly png: Uint8Array;
}

export interface Picture {
  readonly name: string;
  readonly kind: PictureKind;
  readonly unit: string;
  /** Ends of the colour scale. */
  readonly range: readonly [number, number];
  readonly views: readonly View[];
}

/** Pixels along the longest side of the patient. */
const longestSide = 300;

/** What kind of map a volume is, by what it holds: label numbers, Gy, both signs, or neither. */
export function kindOf({ values, unit }: Volume): PictureKind {
  if (values instanceof Uint8Array) return 'labels';
  if (unit === 'Gy') return 'dose';
  return (values as Float32Array).some((value) => value < 0) ? 'signed' : 'activation';
}

export const colourMapOf: Readonly<Record<Exclude<PictureKind, 'labels'>, ColourMap>> = {
  dose: 'dose',
  signed: 'diverging',
  activation: 'sequential',
};

/** Colours of labels 1, 2, … ; they begin again after the last. */
const labelColours: readonly Rgb[] = [
  [127, 212, 255], [74, 163, 255], [255, 158, 224], [201, 178, 143], [215, 166, 255], [255, 179, 71],
  [95, 216, 189], [255, 224, 138], [255, 122, 92], [160, 200, 120],
]; // prettier-ignore
export const labelColour = (value: number): Rgb => labelColours[(value - 1) % labelColours.length] as Rgb;

interface Box {
  readonly min: Vec3;
  readonly max: Vec3;
}

function boxOf({ size, affine }: Grid): Box {
  const min: [number, number, number] = [Infinity, Infinity, Infinity];
  const max: [number, number, number] = [-Infinity, -Infinity, -Infinity];
  for (let corner = 0; corner < 8; corner++) {
    const index = [0, 1, 2].map((axis) => (((corner >> axis) & 1) === 0 ? -0.5 : (size[axis] as number) - 0.5));
    const point = applyAffine(affine, index as unknown as Vec3);
    for (const axis of [0, 1, 2] as const) {
      min[axis] = Math.min(min[axis], point[axis]);
      max[axis] = Math.max(max[axis], point[axis]);
    }
  }
  return { min, max };
}

/**
 * The part of a grid in which something is brighter than black, so that the patient and not the air fills the picture: along each axis
 * the indices whose planes are bright in more than one voxel of 200, and five more on both sides.
 */
function brightPart({ grid, values }: Volume, black: number): Grid {
  const bright = grid.size.map((count) => new Float64Array(count)) as [Float64Array, Float64Array, Float64Array];
  const [nx, ny, nz] = grid.size;
  for (let k = 0, v = 0; k < nz; k++)
    for (let j = 0; j < ny; j++)
      for (let i = 0; i < nx; i++, v++) {
        if (!((values[v] as number) > black)) continue;
        (bright[0][i] as number)++;
        (bright[1][j] as number)++;
        (bright[2][k] as number)++;
      }
  const start: [number, number, number] = [0, 0, 0];
  const size: [number, number, number] = [nx, ny, nz];
  for (const axis of [0, 1, 2] as const) {
    const enough = (nx * ny * nz) / grid.size[axis] / 200;
    const first = bright[axis].findIndex((count) => count > enough);
    if (first < 0) return grid;
    const last = bright[axis].findLastIndex((count) => count > enough);
    start[axis] = Math.max(0, first - 5);
    size[axis] = Math.min(grid.size[axis], last + 6) - start[axis];
  }
  const m = grid.affine;
  const [x, y, z] = applyAffine(m, start);
  return { size, affine: [m[0], m[1], m[2], x, m[4], m[5], m[6], y, m[8], m[9], m[10], z, 0, 0, 0, 1] };
}

/** The patient point that a picture goes through: the strongest voxel, or the middle of what is labelled. */
function pointOf(volume: Volume, kind: PictureKind): Vec3 {
  const { values, grid } = volume;
  const [nx, ny] = grid.size;
  const at = (voxel: number): Vec3 => [voxel % nx, Math.floor(voxel / nx) % ny, Math.floor(voxel / (nx * ny))];
  if (kind !== 'labels') {
    let best = 0;
    let largest = -Infinity;
    for (let v = 0; v < values.length; v++) {
      const size = Math.abs(values[v] as number);
      if (size > largest) [best, largest] = [v, size];
    }
    return applyAffine(grid.affine, at(best));
  }
  let [i, j, k, count] = [0, 0, 0, 0];
  for (let v = 0; v < values.length; v++) {
    if (values[v] === 0) continue;
    const index = at(v);
    i += index[0];
    j += index[1];
    k += index[2];
    count++;
  }
  const middle: Vec3 =
    count === 0 ? [(nx - 1) / 2, (ny - 1) / 2, (grid.size[2] - 1) / 2] : [i / count, j / count, k / count];
  return applyAffine(grid.affine, middle);
}

/** The pixels of a plane as a grid of one slice: radiological, patient's left on the right, head up. */
function planeGrid(plane: View['plane'], { min, max }: Box, [x, y, z]: Vec3, pixelMm: number): Grid {
  const count = (axis: 0 | 1 | 2): number => Math.max(1, Math.round((max[axis] - min[axis]) / pixelMm));
  const first = (axis: 0 | 1 | 2): number => min[axis] + pixelMm / 2;
  const top = max[2] - pixelMm / 2;
  const [right, down, up]: Vec3[] = [[pixelMm, 0, 0], [0, pixelMm, 0], [0, 0, pixelMm]]; // prettier-ignore
  const below: Vec3 = [0, 0, -pixelMm];
  const grid = (columns: number, rows: number, affine: Affine): Grid => ({ size: [columns, rows, 1], affine });
  if (plane === 'axial')
    return grid(count(0), count(1), affineOf(right as Vec3, down as Vec3, up as Vec3, [first(0), first(1), z]));
  if (plane === 'coronal')
    return grid(count(0), count(2), affineOf(right as Vec3, below, down as Vec3, [first(0), y, top]));
  return grid(count(1), count(2), affineOf(down as Vec3, below, right as Vec3, [x, first(1), top]));
}

/** How strongly a value covers the image (0 … 1), and its place on the colour scale. */
function inkOf(kind: PictureKind, value: number, [low, high]: readonly [number, number]): readonly [number, Rgb] {
  if (kind === 'labels') return value > 0 ? [0.5, labelColour(value)] : [0, [0, 0, 0]];
  if (Number.isNaN(value) || !(high > low)) return [0, [0, 0, 0]];
  const t = (value - low) / (high - low);
  const colour = colourOf(colourMapOf[kind], t);
  if (kind === 'dose') return [t > 0.1 ? 0.46 : 0, colour];
  const strength = kind === 'signed' ? Math.abs(2 * t - 1) : t;
  return [Math.min(0.85, 1.4 * strength), colour];
}

function outline(mask: Uint8Array, width: number, height: number, visit: (pixel: number) => void): void {
  for (let row = 0, pixel = 0; row < height; row++)
    for (let column = 0; column < width; column++, pixel++) {
      if (mask[pixel] === 0) continue;
      const inside =
        column > 0 && column < width - 1 && row > 0 && row < height - 1 &&
        mask[pixel - 1] === 1 && mask[pixel + 1] === 1 && mask[pixel - width] === 1 && mask[pixel + width] === 1; // prettier-ignore
      if (!inside) visit(pixel);
    }
}

async function draw(
  grid: Grid,
  overlay: Volume,
  kind: PictureKind,
  range: readonly [number, number],
  scene: Scene | null,
): Promise<Uint8Array> {
  const [width, height] = grid.size;
  const rgb = new Uint8Array(width * height * 3);
  const over = resample(overlay, grid, 'nearest', kind === 'labels' ? 0 : NaN).values;
  const under = scene === null ? null : resample(scene.background, grid, 'trilinear', NaN).values;
  const [black, white] = scene?.level ?? [0, 1];
  for (let pixel = 0; pixel < over.length; pixel++) {
    const value = under?.[pixel] ?? NaN;
    const grey = Number.isNaN(value) ? 0 : Math.min(255, Math.max(0, (255 * (value - black)) / (white - black)));
    const [ink, colour] = inkOf(kind, over[pixel] as number, range);
    for (const c of [0, 1, 2] as const) rgb[pixel * 3 + c] = Math.round(grey * (1 - ink) + colour[c] * ink);
  }
  for (const structure of scene?.structures ?? []) {
    // A structure with many contours takes its time: others have their turn in between.
    await nextTurn();
    outline(maskOf(structure, grid), width, height, (pixel) => {
      rgb.set(structure.colour, pixel * 3);
    });
  }
  return encodePng(width, height, rgb);
}

function rangeOf(volume: Volume, kind: PictureKind): readonly [number, number] {
  let [low, high] = [0, 0];
  for (const value of volume.values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const end = Math.max(high, -low);
  return kind === 'signed' ? [-end, end] : [0, high];
}

/** Three planes through a map's strongest place, on the image where there is one, contours over both. */
export async function pictureOf(name: string, overlay: Volume, scene: Scene | null): Promise<Picture> {
  const kind = kindOf(overlay);
  const range = rangeOf(overlay, kind);
  const box = boxOf(scene === null ? overlay.grid : brightPart(scene.background, scene.level[0]));
  const point = pointOf(overlay, kind);
  const pixelMm = Math.max(...([0, 1, 2] as const).map((axis) => box.max[axis] - box.min[axis])) / longestSide;
  const views: View[] = [];
  for (const [n, plane] of (['axial', 'coronal', 'sagittal'] as const).entries()) {
    await nextTurn();
    const grid = planeGrid(plane, box, point, pixelMm);
    const png = await draw(grid, overlay, kind, range, scene);
    views.push({ plane, positionMm: point[(2 - n) as 0 | 1 | 2], width: grid.size[0], height: grid.size[1], png });
  }
  return { name, kind, unit: overlay.unit, range, views };
}
