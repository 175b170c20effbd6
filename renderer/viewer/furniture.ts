import { palette, viewFont } from './palette';
import type { EdgeLetters } from './plane';
import type { ViewSize } from './viewTransform';

/** What is written on a view. Lines are ready to read, in the user's language. */
export interface Furniture {
  readonly name: string;
  /** Under the name: what is laid over the image. */
  readonly subtitle: string;
  readonly letters: EdgeLetters;
  /** What must be on every view and every picture made of one; empty for nothing. */
  readonly warning: string;
  readonly bottomLeft: readonly string[];
  readonly bottomRight: readonly string[];
  /** Canvas pixels per millimetre, where a ruler is wanted. */
  readonly rulerPixelsPerMm: number | null;
  /** Text size: 1 is the design's. */
  readonly textScale: number;
}

const margin = 7;

/** Text of an edge or a ruler: legible on any grey by its dark rim. */
function rimmed(context: CanvasRenderingContext2D, text: string, x: number, y: number): void {
  context.lineJoin = 'round';
  context.lineWidth = 3;
  context.strokeStyle = palette.shadow;
  context.globalAlpha = 0.75;
  context.strokeText(text, x, y);
  context.globalAlpha = 1;
  context.fillText(text, x, y);
}

function drawLetters(
  context: CanvasRenderingContext2D,
  letters: EdgeLetters,
  { width, height }: ViewSize,
  scale: number,
): void {
  context.font = viewFont(12 * scale, 600);
  context.fillStyle = palette.text;
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  rimmed(context, letters.left, margin - 1, height / 2);
  context.textAlign = 'right';
  rimmed(context, letters.right, width - margin + 1, height / 2);
  context.textAlign = 'center';
  rimmed(context, letters.top, width / 2, margin + 5 * scale);
  rimmed(context, letters.bottom, width / 2, height - margin - 4 * scale);
}

type Corner = 'top-left' | 'bottom-left' | 'bottom-right';

function drawInfo(
  context: CanvasRenderingContext2D,
  lines: readonly { readonly text: string; readonly strong: boolean }[],
  corner: Corner,
  size: ViewSize,
  scale: number,
): void {
  const shown = lines.filter(({ text }) => text !== '');
  if (shown.length === 0) return;
  const lineHeight = Math.round(15 * scale);
  const fontOf = (strong: boolean): string => viewFont(11 * scale, strong ? 600 : 400);
  const widths = shown.map(({ text, strong }) => {
    context.font = fontOf(strong);
    return context.measureText(text).width;
  });
  const [width, height] = [Math.max(...widths) + 6, shown.length * lineHeight + 1];
  const left = corner === 'bottom-right' ? size.width - margin - width + 3 : margin - 3;
  const top = corner === 'top-left' ? margin - 1 : size.height - margin - height + 1;
  context.fillStyle = palette.infoGround;
  context.beginPath();
  context.roundRect(left, top, width, height, 3);
  context.fill();
  context.textBaseline = 'middle';
  context.textAlign = corner === 'bottom-right' ? 'right' : 'left';
  const x = corner === 'bottom-right' ? size.width - margin : margin;
  shown.forEach(({ text, strong }, n) => {
    context.font = fontOf(strong);
    context.fillStyle = strong ? palette.text : palette.secondText;
    context.fillText(text, x, top + lineHeight * (n + 0.5) + 1);
  });
}

/** Lengths that a ruler may have, the design's first. */
const rulerLengths = [5, 2, 1, 0.5] as const;

function drawRuler(context: CanvasRenderingContext2D, pixelsPerMm: number, { width }: ViewSize, scale: number): void {
  const centimetres = rulerLengths.find((cm) => cm * 10 * pixelsPerMm <= width * 0.4);
  if (centimetres === undefined) return;
  const right = Math.round(width - margin - 2) + 0.5;
  const left = Math.round(right - centimetres * 10 * pixelsPerMm) + 0.5;
  const y = Math.round(19 * scale) + 0.5;
  const trace = (lineWidth: number, colour: string): void => {
    context.lineWidth = lineWidth;
    context.strokeStyle = colour;
    context.beginPath();
    context.moveTo(left, y);
    context.lineTo(left, y + 6);
    context.lineTo(right, y + 6);
    context.lineTo(right, y);
    context.stroke();
  };
  trace(3, 'rgba(0, 0, 0, 0.6)');
  trace(1.2, palette.text);
  context.font = viewFont(11 * scale);
  context.fillStyle = palette.text;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  rimmed(context, `${String(centimetres)} cm`, (left + right) / 2, y - 2 * scale);
}

/** Above the middle of the view, out of the way of everything else and impossible to miss. */
function drawWarning(context: CanvasRenderingContext2D, text: string, { width }: ViewSize, scale: number): void {
  if (text === '') return;
  context.font = viewFont(12 * scale, 600);
  context.fillStyle = palette.warning;
  context.textBaseline = 'middle';
  context.textAlign = 'center';
  rimmed(context, text, width / 2, margin + 42 * scale);
}

/** Name, orientation letters, position, grey scale and ruler: on every view, always. */
export function drawFurniture(context: CanvasRenderingContext2D, furniture: Furniture, size: ViewSize): void {
  const { textScale: scale } = furniture;
  context.save();
  if (furniture.rulerPixelsPerMm !== null) drawRuler(context, furniture.rulerPixelsPerMm, size, scale);
  const plain = (text: string): { text: string; strong: boolean } => ({ text, strong: false });
  drawInfo(context, [{ text: furniture.name, strong: true }, plain(furniture.subtitle)], 'top-left', size, scale);
  drawInfo(context, furniture.bottomLeft.map(plain), 'bottom-left', size, scale);
  drawInfo(context, furniture.bottomRight.map(plain), 'bottom-right', size, scale);
  drawLetters(context, furniture.letters, size, scale);
  drawWarning(context, furniture.warning, size, scale);
  context.restore();
}
