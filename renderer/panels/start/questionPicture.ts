import type { Mode } from '../../stores/workbench';

type Pen = CanvasRenderingContext2D;

/** How much of a soft disc lies at a point: 1 in the middle, 0 from its edge on. */
const disc = (x: number, y: number, [cx, cy, rx, ry]: readonly [number, number, number, number]): number =>
  Math.max(0, 1 - ((x - cx) / rx) ** 2 - ((y - cy) / ry) ** 2);

const body = [0, 0, 0.82, 0.9] as const;
const bones: readonly (readonly [number, number, number, number])[] = [
  [0, 0.42, 0.3, 0.22], [-0.42, -0.28, 0.13, 0.34], [0.42, -0.28, 0.13, 0.34],
]; // prettier-ignore
const glands: readonly (readonly [number, number, number, number])[] = [
  [-0.6, 0.02, 0.15, 0.22], [0.6, 0.02, 0.15, 0.22],
]; // prettier-ignore

/** A head's cross-section in grey, −1 … 1 across and down. */
function head(x: number, y: number): number {
  if (disc(x, y, body) <= 0) return 0;
  const bone = Math.max(...bones.map((each) => Math.min(1, 2.5 * disc(x, y, each))));
  const air = Math.min(1, 3 * disc(x, y, [0, -0.18, 0.1, 0.12]));
  const skin = 0.1 * (1 - Math.min(1, 6 * disc(x, y, body)));
  return Math.max(0.02, (0.42 + skin + 0.5 * bone) * (1 - air));
}

/** Repeats the same noise for the same place, so that the sketch is the same each time. */
function speckle(x: number, y: number): number {
  const s = Math.sin(x * 127.1 + y * 311.7) * 43758.5453;
  return s - Math.floor(s) - 0.5;
}

type Paint = (x: number, y: number) => readonly [number, number, number];
const grey = (value: number): readonly [number, number, number] => [value, value, value];

/** Zero shows the grey beneath; + turns orange, − blue. */
function signed(under: number, value: number): readonly [number, number, number] {
  const share = Math.min(1, Math.abs(value));
  const [r, g, b] = value > 0 ? [0.94, 0.54, 0.14] : [0.24, 0.61, 0.91];
  return [under + (r - under) * share, under + (g - under) * share, under + (b - under) * share];
}

function fire(value: number): readonly [number, number, number] {
  const v = Math.min(1, Math.max(0, value));
  return [Math.min(1, 1.9 * v), v * v, Math.max(0, Math.min(1, 0.9 * v * (1 - v) * 2.4 + 0.3 * v ** 6))];
}

const paints: Record<Mode, Paint> = {
  maps: (x, y) => {
    const [column, row] = [Math.floor((x + 1) * 1.5), Math.floor((y + 1))];
    const [u, v] = [((x + 1) * 1.5 - column) * 2 - 1, (y + 1 - row) * 2 - 1];
    const kind = column + 3 * row;
    const edge = Math.abs(head(u * 1.1 + 0.03, v * 1.1) - head(u * 1.1 - 0.03, v * 1.1)) * 3;
    const bone = Math.max(0, head(u * 1.1, v * 1.1) - 0.6) * 2.4;
    return fire([edge, bone, 0, edge * 0.5 + bone * 0.6, glands.reduce((sum, each) => sum + disc(u * 1.1, v * 1.1, each), 0), bone][kind] ?? 0);
  },
  filters: (x, y) => {
    const [u, v] = [(x + 1) * 2.5, (y + 0.42) * 3.6];
    const [at, row] = [Math.floor(u), v];
    if (row < 0 || row >= 3 || u - at > 0.92) return grey(0);
    const [i, j] = [Math.floor(((u - at) / 0.92) * 3), Math.floor(row)];
    const learned = [i - 1, j - 1, (i + j) / 2 - 1][at];
    return signed(0.03, learned ?? 2 * speckle(at * 9 + i, j * 5 + 2));
  },
  search: (x, y) => {
    const [column, row] = [Math.floor((x + 1) * 1.5), Math.floor(y + 1)];
    const [u, v] = [((x + 1) * 1.5 - column) * 2 - 1, (y + 1 - row) * 2 - 1];
    const ring = Math.abs(Math.hypot(u, v) - 0.55) < 0.03;
    return ring ? [0.73, 0.68, 1] : grey(head(u * 0.35 + column * 0.25 - 0.3, v * 0.35 - 0.15 - row * 0.12));
  },
  occlusion: (x, y) => {
    const support = 1.1 * disc(x, y, [0.6, 0.04, 0.24, 0.3]) + 0.6 * disc(x, y, [-0.3, 0.6, 0.25, 0.2]) - 0.5 * disc(x, y, [-0.55, -0.3, 0.2, 0.2]);
    return signed(head(x, y), support);
  },
  robustness: (x, y) => grey(head(x, y) + (disc(x, y, body) > 0 ? 0.55 * speckle(Math.round(x * 60), Math.round(y * 60)) : 0)),
  compare: (x, y) => signed(head(x, y), disc(x, y, [0.6, 0.04, 0.24, 0.3]) - 0.9 * disc(x, y, [0.4, -0.3, 0.2, 0.36]) - 0.9 * disc(x, y, [-0.4, -0.3, 0.2, 0.36])),
}; // prettier-ignore

/** Draws the sketch of a question over the whole canvas. */
export function drawQuestion(pen: Pen, mode: Mode): void {
  const { width, height } = pen.canvas;
  const picture = pen.createImageData(width, height);
  const wide = mode === 'maps' || mode === 'search' || mode === 'filters';
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      const y = (2 * row) / height - 1;
      const x = wide ? (2 * column) / width - 1 : (2 * column - width) / height;
      const [r, g, b] = paints[mode](wide ? x : x * 1.06, wide ? y : y * 1.06);
      picture.data.set([255 * r, 255 * g, 255 * b, 255], 4 * (column + row * width));
    }
  pen.putImageData(picture, 0, 0);
}
