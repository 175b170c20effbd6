import { applyAffine, spacingOf, type Vec3 } from '../../shared/geometry';
import type { PlaneStack } from './plane';

/**
 * How a picture lies on a view: canvas = (x0, y0) + scale × (pixel + 0.5), where (0, 0) is the centre of the picture's
 * first pixel. Canvas places are CSS pixels; the half pixel is added here and nowhere else.
 */
export interface ViewTransform {
  readonly scaleX: number;
  readonly scaleY: number;
  readonly x0: number;
  readonly y0: number;
  /** Canvas pixels per patient millimetre, the same both ways. */
  readonly pixelsPerMm: number;
}

export interface ViewSize {
  readonly width: number;
  readonly height: number;
}

/** Canvas pixels per millimetre at which the whole picture just fits. */
export function wholePixelsPerMm({ grid }: PlaneStack, { width, height }: ViewSize): number {
  const [columnMm, rowMm] = spacingOf(grid.affine);
  return Math.min(width / (grid.size[0] * columnMm), height / (grid.size[1] * rowMm));
}

/** The transform that puts a patient point in the middle of the view at a zoom of which 1 shows the whole picture. */
export function viewTransform(stack: PlaneStack, size: ViewSize, zoom: number, centreMm: Vec3): ViewTransform {
  const [columnMm, rowMm] = spacingOf(stack.grid.affine);
  const pixelsPerMm = wholePixelsPerMm(stack, size) * zoom;
  const [column, row] = applyAffine(stack.toIndex, centreMm);
  const [scaleX, scaleY] = [pixelsPerMm * columnMm, pixelsPerMm * rowMm];
  return {
    scaleX,
    scaleY,
    pixelsPerMm,
    x0: size.width / 2 - scaleX * (column + 0.5),
    y0: size.height / 2 - scaleY * (row + 0.5),
  };
}

export const pixelToCanvas = (t: ViewTransform, column: number, row: number): readonly [number, number] => [
  t.x0 + t.scaleX * (column + 0.5),
  t.y0 + t.scaleY * (row + 0.5),
];

export const canvasToPixel = (t: ViewTransform, x: number, y: number): readonly [number, number] => [
  (x - t.x0) / t.scaleX - 0.5,
  (y - t.y0) / t.scaleY - 0.5,
];

/** Zoom and centre that show a box of the patient whole, with a margin, on one view. */
export function fitTo(
  stack: PlaneStack,
  size: ViewSize,
  [low, high]: readonly [Vec3, Vec3],
): { readonly zoom: number; readonly centreMm: Vec3 } {
  const corners = [0, 1, 2, 3, 4, 5, 6, 7].map((n) =>
    applyAffine(stack.toIndex, [(n & 1 ? high : low)[0], (n & 2 ? high : low)[1], (n & 4 ? high : low)[2]]),
  );
  const span = (axis: 0 | 1): number => {
    const along = corners.map((corner) => corner[axis]);
    return Math.max(...along) - Math.min(...along);
  };
  const [columnMm, rowMm] = spacingOf(stack.grid.affine);
  const whole = wholePixelsPerMm(stack, size);
  const zoom = Math.min((size.width * 0.97) / (span(0) * columnMm), (size.height * 0.92) / (span(1) * rowMm)) / whole;
  return {
    zoom: Math.min(Math.max(zoom, 1), 8),
    centreMm: [(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, (low[2] + high[2]) / 2],
  };
}
