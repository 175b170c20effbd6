import { liesInFrame } from './overlay';
import { formatNumber } from '../controls/numbers';
import type { Language } from '../../shared/words';
import { outlineOn } from './contours';
import { drawCrosshair } from './crosshair';
import { drawFurniture, type Furniture } from './furniture';
import { drawMarked } from './marked';
import { heatTint } from './heat';
import { labelOutlines, labelPlace, levelLines } from './isodoses';
import { palette, viewFont } from './palette';
import type { PlacedStructure } from './placedStructure';
import type { PlaneStack } from './plane';
import { planePixels } from './planeCache';
import { pathOf, type Polyline } from './polyline';
import type { Sampling } from './reformat';
import type { Scene } from './scene';
import { tintedCanvas } from './tint';
import { pixelToCanvas, type ViewSize, type ViewTransform } from './viewTransform';
import type { Voxels } from './voxels';
import { washTint } from './wash';

export interface LineStyle {
  readonly widthPx: number;
  readonly dash: readonly number[];
}

/** What is drawn over the grey picture of one view. */
export interface Layers {
  readonly wash: { readonly thresholdGy: number; readonly opacity: number } | null;
  readonly isodoses: readonly (LineStyle & { readonly doseGy: number; readonly colour: string })[] | null;
  readonly map: { readonly threshold: number; readonly opacity: number; readonly smooth: boolean } | null;
  readonly contours: { readonly hidden: ReadonlySet<string>; readonly highlighted: string | null } | null;
  readonly crosshair: readonly [number, number] | null;
  /** Two corners of a box where this slice meets it, CSS pixels. */
  readonly marked: readonly [number, number, number, number] | null;
  readonly furniture: Furniture;
  readonly language: Language;
}

/** A place to draw on: one view's overlay canvas, in CSS pixels. */
export interface Ground {
  readonly context: CanvasRenderingContext2D;
  readonly size: ViewSize;
  readonly transform: ViewTransform;
  readonly stack: PlaneStack;
  readonly slice: number;
}

const doseSampling: Sampling = { between: 'linear', edge: 'unknown', outside: NaN };
const mapSampling = { edge: 'clamp', outside: NaN } as const;

interface Outline {
  readonly lines: readonly Polyline[];
  readonly path: Path2D;
}

/** Lines that were worked out for a place, kept while the same few places are looked at. */
function lineCache(limit: number): (key: string, make: () => readonly (readonly Polyline[])[]) => readonly Outline[] {
  const kept = new Map<string, readonly Outline[]>();
  return (key, make) => {
    const before = kept.get(key);
    if (before) return before;
    const made = make().map((lines) => ({ lines, path: pathOf(lines) }));
    kept.set(key, made);
    const oldest = kept.size > limit ? kept.keys().next().value : undefined;
    if (oldest !== undefined) kept.delete(oldest);
    return made;
  };
}

const isodoseLines = lineCache(96);
const labelLines = lineCache(48);
const contourLines = new WeakMap<PlacedStructure, ReturnType<typeof lineCache>>();

function onCanvas(path: Path2D, { scaleX, scaleY, x0, y0 }: ViewTransform): Path2D {
  const moved = new Path2D();
  moved.addPath(path, { a: scaleX, b: 0, c: 0, d: scaleY, e: x0, f: y0 });
  return moved;
}

function drawTinted(
  { context, transform, stack }: Ground,
  canvas: HTMLCanvasElement,
  opacity: number,
  smooth: boolean,
): void {
  context.save();
  context.globalAlpha = opacity;
  context.imageSmoothingEnabled = smooth;
  const [columns, rows] = stack.grid.size;
  context.drawImage(canvas, transform.x0, transform.y0, columns * transform.scaleX, rows * transform.scaleY);
  context.restore();
}

function drawWash(ground: Ground, { dose }: Scene, { thresholdGy, opacity }: NonNullable<Layers['wash']>): void {
  if (!dose) return;
  const pixels = planePixels(dose, ground.stack, ground.slice, doseSampling);
  const tint = washTint(dose.source.range[1], thresholdGy);
  drawTinted(ground, tintedCanvas(`wash/${String(thresholdGy)}/${pixels.key}`, pixels, tint), opacity, true);
}

function drawIsodoses(
  ground: Ground,
  { dose }: Scene,
  levels: NonNullable<Layers['isodoses']>,
  language: Language,
): void {
  if (!dose || levels.length === 0) return;
  const { context, stack, slice, transform, size } = ground;
  const pixels = planePixels(dose, stack, slice, doseSampling);
  const doses = levels.map(({ doseGy }) => doseGy);
  const outlines = isodoseLines(`${doses.join(',')}/${pixels.key}`, () => levelLines(pixels, doses));
  context.save();
  context.lineJoin = 'round';
  context.globalAlpha = 0.9;
  levels.forEach(({ widthPx, dash, colour }, n) => {
    const outline = outlines[n];
    if (!outline) return;
    context.lineWidth = widthPx;
    context.strokeStyle = colour;
    context.setLineDash([...dash]);
    context.stroke(onCanvas(outline.path, transform));
  });
  context.setLineDash([]);
  context.globalAlpha = 1;
  if (stack.name === 'axial') {
    const taken: (readonly [number, number])[] = [];
    const inside = { left: 30, top: 34, right: size.width - 30, bottom: size.height - 44 };
    context.font = viewFont(11, 600);
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    for (const [n, { doseGy, colour }] of [...levels.entries()].reverse()) {
      const at = labelPlace(outlines[n]?.lines ?? [], (x, y) => pixelToCanvas(transform, x, y), inside, taken, 30);
      if (!at) continue;
      taken.push(at);
      const text = formatNumber(doseGy, Number.isInteger(doseGy) ? 0 : 1, language);
      context.lineWidth = 3;
      context.strokeStyle = palette.shadow;
      context.strokeText(text, at[0], at[1]);
      context.fillStyle = colour;
      context.fillText(text, at[0], at[1]);
    }
  }
  context.restore();
}

function drawMap(
  ground: Ground,
  { map, study }: Scene,
  { threshold, opacity, smooth }: NonNullable<Layers['map']>,
): void {
  if (!map || !liesInFrame(map.overlay, study.image?.frameOfReference)) return;
  const { overlay, voxels } = map;
  const labelled = overlay.kind === 'labels';
  const sampling: Sampling = { ...mapSampling, between: smooth && !labelled ? 'linear' : 'nearest' };
  const pixels = planePixels(voxels, ground.stack, ground.slice, sampling);
  const ends = overlay.range.join(',');
  const key = `${overlay.kind}/${ends}/${String(threshold)}/${(overlay.labels ?? []).map(({ colour }) => colour).join()}`;
  drawTinted(
    ground,
    tintedCanvas(`${key}/${pixels.key}`, pixels, heatTint(overlay, threshold)),
    opacity,
    smooth && !labelled,
  );
  if (!labelled) return;
  const { context, transform } = ground;
  const outlines = labelLines(pixels.key, () => labelOutlines(pixels, overlay.labels?.length ?? 0));
  context.save();
  context.globalAlpha = opacity;
  outlines.forEach(({ path, lines }, label) => {
    if (lines.length === 0) return;
    context.strokeStyle = overlay.labels?.[label]?.colour ?? palette.text;
    context.lineWidth = 1.5;
    context.stroke(onCanvas(path, transform));
  });
  context.restore();
}

/** The outline of a structure on a picture, worked out once. */
export function structureOutline(placed: PlacedStructure, stack: PlaneStack, slice: number): Outline {
  let cache = contourLines.get(placed);
  if (!cache) contourLines.set(placed, (cache = lineCache(256)));
  return cache(`${stack.key}/${String(slice)}`, () => [outlineOn(placed, stack, slice)])[0] as Outline;
}

function drawContours(
  { context, stack, slice, transform }: Ground,
  { structures }: Scene,
  { hidden, highlighted }: NonNullable<Layers['contours']>,
): void {
  context.save();
  context.lineJoin = 'round';
  const onTop = (placed: PlacedStructure): number => (placed.structure.name === highlighted ? 1 : 0);
  for (const placed of [...structures].sort((a, b) => onTop(a) - onTop(b))) {
    const { name } = placed.structure;
    if (hidden.has(name)) continue;
    const outline = structureOutline(placed, stack, slice);
    if (outline.lines.length === 0) continue;
    const width = highlighted === null ? 1.7 : highlighted === name ? 2.6 : 1.2;
    const path = onCanvas(outline.path, transform);
    context.setLineDash([]);
    context.globalAlpha = 0.65;
    context.strokeStyle = palette.shadow;
    context.lineWidth = width + 2;
    context.stroke(path);
    context.globalAlpha = 1;
    context.setLineDash([...placed.style.dash]);
    context.strokeStyle = placed.style.colour;
    context.lineWidth = width;
    context.stroke(path);
  }
  context.restore();
}

/**
 * What lies over the grey picture and stays while the cross-hair moves: wash, map, contours and isodoses, drawn from the
 * wash up. Kept on a canvas of its own, since most frames change the cross-hair only.
 */
export function paintStill(ground: Ground, scene: Scene, layers: Layers): void {
  ground.context.clearRect(0, 0, ground.size.width, ground.size.height);
  if (layers.wash) drawWash(ground, scene, layers.wash);
  if (layers.map) drawMap(ground, scene, layers.map);
  if (layers.contours) drawContours(ground, scene, layers.contours);
  if (layers.isodoses) drawIsodoses(ground, scene, layers.isodoses, layers.language);
}

/** Two still layers with the same key look the same. */
export function stillKey(
  { size, transform, stack, slice }: Omit<Ground, 'context'>,
  scene: Scene,
  layers: Layers,
): string {
  const { wash, isodoses, map, contours } = layers;
  const of = (voxels: Voxels | undefined | null): string =>
    voxels ? `${voxels.source.id}@${String(voxels.version)}` : '';
  return JSON.stringify([
    scene.study.id,
    of((wash ?? isodoses) ? scene.dose : null),
    of(map ? scene.map?.voxels : null),
    map ? [scene.map?.overlay.kind, scene.map?.overlay.range, scene.map?.overlay.labels] : null,
    stack.key,
    slice,
    size,
    transform,
    wash,
    isodoses,
    map,
    contours && [...contours.hidden, '/', contours.highlighted],
    isodoses ? layers.language : null,
  ]);
}

/** Draws one frame over the grey picture: the still layer, the cross-hair, and what is written on the view. */
export function paint(
  ground: Omit<Ground, 'stack' | 'slice' | 'transform'>,
  still: HTMLCanvasElement,
  layers: Layers,
): void {
  const { context, size } = ground;
  context.clearRect(0, 0, size.width, size.height);
  context.drawImage(still, 0, 0, size.width, size.height);
  if (layers.marked) drawMarked(context, layers.marked);
  if (layers.crosshair) drawCrosshair(context, layers.crosshair, size);
  drawFurniture(context, layers.furniture, size);
}
