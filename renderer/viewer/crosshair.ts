import { palette } from './palette';
import type { ViewSize } from './viewTransform';

const gapPx = 13;

/** Two lines through the shared point, open around it so that what is pointed at stays visible. */
export function drawCrosshair(
  context: CanvasRenderingContext2D,
  [x, y]: readonly [number, number],
  size: ViewSize,
): void {
  const [column, row] = [Math.round(x) + 0.5, Math.round(y) + 0.5];
  context.save();
  context.strokeStyle = palette.crosshair;
  context.globalAlpha = 0.95;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(column, 0);
  context.lineTo(column, row - gapPx);
  context.moveTo(column, row + gapPx);
  context.lineTo(column, size.height);
  context.moveTo(0, row);
  context.lineTo(column - gapPx, row);
  context.moveTo(column + gapPx, row);
  context.lineTo(size.width, row);
  context.stroke();
  context.restore();
}
