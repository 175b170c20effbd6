import { applyAffine, type Vec3 } from '../../shared/geometry';
import { palette } from './palette';
import type { PlaneStack } from './plane';
import { pixelToCanvas, type ViewTransform } from './viewTransform';

/**
 * Where a slice of a view meets a box along the patient's axes: two corners in CSS pixels; null where it does not. A slice counts as far as
 * its neighbours' middles.
 */
export function markedOn(
  { min, max }: { readonly min: Vec3; readonly max: Vec3 },
  stack: Pick<PlaneStack, 'toIndex'>,
  slice: number,
  transform: ViewTransform,
): readonly [number, number, number, number] | null {
  const corners = Array.from({ length: 8 }, (_, n) =>
    applyAffine(stack.toIndex, [n & 1 ? max[0] : min[0], n & 2 ? max[1] : min[1], n & 4 ? max[2] : min[2]]),
  );
  const along = (axis: 0 | 1 | 2): readonly [number, number] => {
    const own = corners.map((corner) => corner[axis]);
    return [Math.min(...own), Math.max(...own)];
  };
  const [low, high] = along(2);
  if (slice < low - 0.5 || slice > high + 0.5) return null;
  const [columns, rows] = [along(0), along(1)];
  const [x0, y0] = pixelToCanvas(transform, columns[0], rows[0]);
  const [x1, y1] = pixelToCanvas(transform, columns[1], rows[1]);
  return [Math.min(x0, x1), Math.min(y0, y1), Math.max(x0, x1), Math.max(y0, y1)];
}

/** A frame around what was found, with a dark edge so that it shows on bone as on air. */
export function drawMarked(
  context: CanvasRenderingContext2D,
  [x0, y0, x1, y1]: readonly [number, number, number, number],
): void {
  context.save();
  context.beginPath();
  context.rect(x0, y0, x1 - x0, y1 - y0);
  context.strokeStyle = '#000';
  context.lineWidth = 3.5;
  context.stroke();
  context.strokeStyle = palette.crosshair;
  context.lineWidth = 1.7;
  context.stroke();
  context.restore();
}
