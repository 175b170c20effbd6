import { colourTables, type ColourMap } from '../../shared/colourMaps';
import type { Picture } from './isodoses';

/** How values become colour. Opacity of the whole is set when it is drawn. */
export interface Tint {
  /** Values of the first and last colour. */
  readonly low: number;
  readonly high: number;
  /** Red, green, blue and opacity of 256 steps from `low` to `high`. */
  readonly steps: Uint32Array;
  /** Values less far from zero than this are clear. */
  readonly hiddenBelow: number;
}

const littleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/** One pixel of an ImageData as a 32-bit word. */
const word = (r: number, g: number, b: number, a: number): number =>
  (littleEndian ? (a << 24) | (b << 16) | (g << 8) | r : (r << 24) | (g << 16) | (b << 8) | a) >>> 0;

/** A table of 256 steps from a colour map, with an opacity (0 … 1) for each. */
export function stepsFrom(map: ColourMap, opacityAt: (t: number) => number): Uint32Array {
  const table = colourTables[map];
  return Uint32Array.from({ length: 256 }, (_, n) =>
    word(
      table[n * 3] ?? 0,
      table[n * 3 + 1] ?? 0,
      table[n * 3 + 2] ?? 0,
      Math.round(255 * Math.min(1, Math.max(0, opacityAt(n / 255)))),
    ),
  );
}

/** Colours every pixel of a picture; unknown values stay clear. *Shape* of `out`: one word a pixel. */
export function tintPixels({ values }: Picture, { low, high, steps, hiddenBelow }: Tint, out: Uint32Array): void {
  const perStep = high > low ? 255 / (high - low) : 0;
  for (let n = 0; n < out.length; n++) {
    const value = values[n] ?? NaN;
    if (!((value < 0 ? -value : value) >= hiddenBelow)) {
      out[n] = 0;
      continue;
    }
    const step = (value - low) * perStep + 0.5;
    out[n] = steps[step <= 0 ? 0 : step >= 255 ? 255 : step | 0] ?? 0;
  }
}

const limit = 48;
const kept = new Map<string, HTMLCanvasElement>();

/** A canvas as large as the picture, tinted; the last 48 are kept under their key. */
export function tintedCanvas(key: string, picture: Picture, tint: Tint): HTMLCanvasElement {
  const before = kept.get(key);
  if (before) {
    kept.delete(key);
    kept.set(key, before);
    return before;
  }
  const oldest = kept.size >= limit ? kept.entries().next().value : undefined;
  if (oldest) kept.delete(oldest[0]);
  const canvas = oldest?.[1] ?? document.createElement('canvas');
  if (canvas.width !== picture.columns) canvas.width = picture.columns;
  if (canvas.height !== picture.rows) canvas.height = picture.rows;
  const context = canvas.getContext('2d');
  if (context) {
    const pixels = context.createImageData(picture.columns, picture.rows);
    tintPixels(picture, tint, new Uint32Array(pixels.data.buffer));
    context.putImageData(pixels, 0, 0);
  }
  kept.set(key, canvas);
  return canvas;
}
