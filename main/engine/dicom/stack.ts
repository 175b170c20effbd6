import { add, affineOf, cross, dot, length, scale, subtract, type Affine, type Vec3 } from '../../../shared/geometry';
import { IsolensError, type Problem, problemOf } from '../../../shared/problem/problem';
import type { Grid } from '../../../shared/volume';
import type { ImageHeader } from './image';

/** Images nearer than this along the normal, in mm, are at one position. */
const samePositionMm = 0.01;

/** A step may differ from the median by this share of it (or by `samePositionMm`) and still be even. */
const evenWithin = 0.01;

/** A step longer than this many medians holds missing slices. */
const gapFrom = 1.5;

/** Sideways drift per slice, in mm, from which a stack is called tilted. */
const tiltFromMm = 0.05;

/** Where the slices of a stack lie, and the even grid on which they are laid out. */
export interface StackGeometry {
  readonly grid: Grid;
  readonly normal: Vec3;
  /** Distance of neighbouring slices of the grid; null for a single image. */
  readonly spacingMm: number | null;
  /** For each slice of the grid: the two images (indices into the sorted list) it lies between, and the weight of the second. */
  readonly slices: readonly SliceSource[];
  /** Positions along the normal, in mm, where a slice is missing. */
  readonly gapsMm: readonly number[];
  readonly notes: readonly Problem[];
}

export interface SliceSource {
  readonly below: number;
  readonly above: number;
  readonly weight: number;
}

/** The images of one volume, sorted along their normal. */
export interface Stack<T extends ImageHeader> {
  readonly images: readonly T[];
  /** What it is in its series: 1 of 1 where the series is one volume. */
  readonly part: number;
  readonly parts: number;
  /** null where the images do not form a volume: `problem` says why. */
  readonly geometry: StackGeometry | null;
  readonly problem: Problem | null;
  readonly localizers: boolean;
}

/**
 * Splits the images of one series into volumes and places each. Nothing depends on the order that the images come in. *Source:*
 * DICOM PS3.3 C.7.6.2.1.1; sorted by position along the normal, never by number, name or slice location.
 */
export function stacksOf<T extends ImageHeader>(images: readonly T[]): readonly Stack<T>[] {
  const sorted = [...images].sort((a, b) => (a.sopInstanceUid < b.sopInstanceUid ? -1 : 1));
  const named = sorted.filter((image) => isLocalizer(image));
  const sets = groupsOf(sorted.filter((image) => !isLocalizer(image)));
  const most = Math.max(0, ...sets.map((set) => set.length));
  const few = (set: readonly T[]): boolean => set.length < 3 && most > set.length && differsInOrientation(set, sets);
  const localizers = [...named, ...sets.filter(few).flat()];
  const volumes = sets.filter((set) => !few(set)).flatMap((set) => apart(set));
  volumes.sort((a, b) => b.length - a.length || (first(a) < first(b) ? -1 : 1));
  const stacks = volumes.map((set, n) => stackOf(set, n + 1, volumes.length));
  if (localizers.length === 0) return stacks;
  const problem: Problem = { code: 'dicom/localizer', facts: { count: localizers.length }, where: {} };
  return [...stacks, { images: localizers, part: 1, parts: 1, geometry: null, problem, localizers: true }];
}

const first = (set: readonly ImageHeader[]): string => set[0]?.sopInstanceUid ?? '';

const isLocalizer = ({ imageType }: ImageHeader): boolean => imageType[2]?.toUpperCase() === 'LOCALIZER';

/** A set whose only difference from the largest may be its orientation: the rule for unnamed localizers asks for that. */
function differsInOrientation<T extends ImageHeader>(set: readonly T[], sets: readonly (readonly T[])[]): boolean {
  const one = set[0];
  const main = sets.reduce((a, b) => (b.length > a.length ? b : a))[0];
  return one !== undefined && main !== undefined && !sameOrientation(one, main);
}

/** Images that share frame of reference, class, size, spacing and orientation. */
function groupsOf<T extends ImageHeader>(images: readonly T[]): readonly (readonly T[])[] {
  const groups: T[][] = [];
  for (const image of images) {
    const group = groups.find(([one]) => one !== undefined && belongTogether(one, image));
    if (group === undefined) groups.push([image]);
    else group.push(image);
  }
  return groups;
}

function belongTogether(a: ImageHeader, b: ImageHeader): boolean {
  return (
    a.frameOfReference === b.frameOfReference &&
    a.sopClassUid === b.sopClassUid &&
    a.rows === b.rows &&
    a.columns === b.columns &&
    a.multiFrame === b.multiFrame &&
    a.colour === b.colour &&
    (a.positionMm === null) === (b.positionMm === null) &&
    sameSpacing(a, b) &&
    sameOrientation(a, b)
  );
}

function sameSpacing({ pixelSpacingMm: a }: ImageHeader, { pixelSpacingMm: b }: ImageHeader): boolean {
  if (a === null || b === null) return a === b;
  return Math.abs(a[0] - b[0]) <= 1e-3 * a[0] && Math.abs(a[1] - b[1]) <= 1e-3 * a[1];
}

function sameOrientation(a: ImageHeader, b: ImageHeader): boolean {
  const near = (p: Vec3 | null, q: Vec3 | null): boolean =>
    p === null || q === null ? p === q : p.every((cosine, n) => Math.abs(cosine - (q[n] as number)) <= 1e-4);
  return near(a.rowDirection, b.rowDirection) && near(a.columnDirection, b.columnDirection);
}

/** Splits by echo, b-value, time and acquisition where two images would otherwise lie at one position. */
function apart<T extends ImageHeader>(set: readonly T[]): readonly (readonly T[])[] {
  const collides = (images: readonly T[]): boolean => {
    const normal = normalOf(images[0]);
    if (normal === null) return false;
    const d = images
      .flatMap(({ positionMm }) => (positionMm === null ? [] : [dot(positionMm, normal)]))
      .sort((a, b) => a - b);
    return d.some((at, n) => n > 0 && at - (d[n - 1] as number) < samePositionMm);
  };
  let parts: readonly (readonly T[])[] = [set];
  for (const which of [0, 1, 2, 3]) {
    parts = parts.flatMap((part) => {
      if (!collides(part)) return [part];
      const values = [...new Set(part.map(({ acquisition }) => acquisition[which] ?? ''))].sort();
      return values.map((value) => part.filter(({ acquisition }) => (acquisition[which] ?? '') === value));
    });
  }
  return parts;
}

function normalOf(image: ImageHeader | undefined): Vec3 | null {
  if (image === undefined || image.rowDirection === null || image.columnDirection === null) return null;
  return cross(image.rowDirection, image.columnDirection);
}

function stackOf<T extends ImageHeader>(set: readonly T[], part: number, parts: number): Stack<T> {
  const named = { part, parts, localizers: false };
  try {
    const images = sortedAlongNormal(set);
    const geometry = geometryOf(images);
    const notes: Problem[] = [...geometry.notes];
    if (parts > 1) notes.push({ code: 'dicom/split', facts: { part, parts }, where: {} });
    return { ...named, images, geometry: { ...geometry, notes }, problem: null };
  } catch (thrown) {
    if (!(thrown instanceof IsolensError)) throw thrown;
    return { ...named, images: set, geometry: null, problem: problemOf(thrown) };
  }
}

interface Placed {
  readonly positionMm: Vec3;
}

/** Unit directions of rows and columns. *Problems* `dicom/no-position`, `dicom/orientation-invalid`. */
function directionsOf(images: readonly ImageHeader[]): { readonly r: Vec3; readonly c: Vec3; readonly normal: Vec3 } {
  const [one] = images;
  const missing = images.filter(({ positionMm }) => positionMm === null).length;
  if (one === undefined || missing > 0) throw new IsolensError('dicom/no-position', { count: missing });
  const { rowDirection, columnDirection } = one;
  if (rowDirection === null || columnDirection === null) {
    throw new IsolensError('dicom/no-position', { count: images.length });
  }
  const [lr, lc] = [length(rowDirection), length(columnDirection)];
  const skew = Math.abs(dot(rowDirection, columnDirection));
  if (!(Math.abs(lr - 1) <= 1e-3 && Math.abs(lc - 1) <= 1e-3 && skew <= 1e-3)) {
    throw new IsolensError('dicom/orientation-invalid');
  }
  const r = scale(rowDirection, 1 / lr);
  const c = scale(columnDirection, 1 / lc);
  return { r, c, normal: cross(r, c) };
}

/** Sorts by distance along the normal, growing. *Problems* those of the directions. */
export function sortedAlongNormal<T extends ImageHeader>(images: readonly T[]): readonly T[] {
  const { normal } = directionsOf(images);
  const at = ({ positionMm }: T): number => (positionMm === null ? 0 : dot(positionMm, normal));
  return [...images].sort((a, b) => at(a) - at(b));
}

/**
 * Places sorted images of one orientation: the affine, and from which images each slice of an even grid comes. *Problems*
 * `dicom/no-position`, `dicom/orientation-invalid`, `dicom/no-spacing`, `dicom/same-position`, `dicom/slices-out-of-line`, `dicom/colour`.
 */
export function geometryOf(images: readonly ImageHeader[]): StackGeometry {
  const { r, c, normal } = directionsOf(images);
  const one = images[0] as ImageHeader;
  if (one.colour) throw new IsolensError('dicom/colour');
  if (one.pixelSpacingMm === null) throw new IsolensError('dicom/no-spacing');
  const placed = images as readonly (ImageHeader & Placed)[];
  const origin = (placed[0] as Placed).positionMm;
  const last = (placed.at(-1) as Placed).positionMm;
  const stepI = scale(r, one.pixelSpacingMm[1]);
  const stepJ = scale(c, one.pixelSpacingMm[0]);
  const d = placed.map(({ positionMm }) => dot(positionMm, normal));
  if (d.length === 1) {
    // One image has no slice step: a step of 1 mm only makes the affine invertible, and nothing is measured along it.
    const affine: Affine = affineOf(stepI, stepJ, normal, origin);
    const notes: Problem[] = [{ code: 'dicom/single-slice', facts: {}, where: {} }];
    return {
      grid: { size: [one.columns, one.rows, 1], affine },
      normal,
      spacingMm: null,
      slices: [{ below: 0, above: 0, weight: 0 }],
      gapsMm: [],
      notes,
    };
  }
  const steps = d.slice(1).map((at, n) => at - (d[n] as number));
  const same = steps.findIndex((step) => step < samePositionMm);
  if (same >= 0) throw new IsolensError('dicom/same-position', { atMm: round(d[same] as number) });
  const { count, slices, gaps, uneven } = layOut(d, steps);
  const step = scale(subtract(last, origin), 1 / (count - 1));
  const along = dot(step, normal);
  const notes: Problem[] = [];
  for (const gap of gaps) {
    notes.push({
      code: 'dicom/slice-missing',
      facts: { count: gap.count, fromMm: round(gap.fromMm), toMm: round(gap.toMm) },
      where: {},
    });
  }
  if (uneven !== null) {
    const facts = { leastMm: round(uneven[0]), mostMm: round(uneven[1]), stepMm: round(along) };
    notes.push({ code: 'dicom/slices-uneven', facts, where: {} });
  }
  const shear = length(subtract(step, scale(normal, along)));
  if (shear > tiltFromMm) {
    const degrees = Math.round((Math.atan2(shear, along) * 1800) / Math.PI) / 10;
    notes.push({ code: 'dicom/tilted', facts: { degrees }, where: {} });
  }
  checkLine(placed, d, origin, scale(step, 1 / along), Math.max(0.5, Math.min(...one.pixelSpacingMm) / 2));
  const gapsMm = gaps.flatMap(({ count: missing, fromMm, toMm }) =>
    Array.from({ length: missing }, (_, n) => fromMm + ((n + 1) * (toMm - fromMm)) / (missing + 1)),
  );
  const affine = affineOf(stepI, stepJ, step, origin);
  return { grid: { size: [one.columns, one.rows, count], affine }, normal, spacingMm: along, slices, gapsMm, notes };
}

const round = (mm: number): number => Math.round(mm * 100) / 100;

interface Gap {
  readonly count: number;
  readonly fromMm: number;
  readonly toMm: number;
}

/** Lays slices at growing positions `d` onto even steps, and says where slices are missing or uneven. */
function layOut(
  d: readonly number[],
  steps: readonly number[],
): { count: number; slices: SliceSource[]; gaps: Gap[]; uneven: readonly [number, number] | null } {
  const ordered = [...steps].sort((a, b) => a - b);
  // Of two middle steps the shorter: in a short stack the longer may be the gap.
  const median = ordered[(ordered.length - 1) >> 1] as number;
  const even = (step: number, times: number): boolean =>
    Math.abs(step - times * median) <= Math.max(samePositionMm, evenWithin * median) * times;
  const gaps: Gap[] = [];
  let [least, most, uneven] = [Infinity, -Infinity, false];
  steps.forEach((step, n) => {
    const times = Math.max(1, Math.round(step / median));
    if (!even(step, times)) uneven = true;
    if (step > gapFrom * median) {
      gaps.push({ count: Math.max(1, times - 1), fromMm: d[n] as number, toMm: d[n + 1] as number });
    } else {
      least = Math.min(least, step);
      most = Math.max(most, step);
    }
  });
  const start = d[0] as number;
  const span = (d.at(-1) as number) - start;
  const count = Math.round(span / median) + 1;
  const pitch = span / (count - 1);
  const near = uneven ? samePositionMm : 0.05 * median;
  const slices: SliceSource[] = [];
  for (let k = 0, below = 0; k < count; k++) {
    const at = start + k * pitch;
    while (below < d.length - 2 && (d[below + 1] as number) <= at) below++;
    const [low, high] = [d[below] as number, d[below + 1] as number];
    if (Math.abs(at - low) <= near) slices.push({ below, above: below, weight: 0 });
    else if (Math.abs(at - high) <= near) slices.push({ below: below + 1, above: below + 1, weight: 0 });
    else slices.push({ below, above: below + 1, weight: (at - low) / (high - low) });
  }
  return { count, slices, gaps, uneven: uneven ? [least, most] : null };
}

/** *Problems* `dicom/slices-out-of-line` where an image lies more than `allowedMm` beside the line from first to last. */
function checkLine(
  images: readonly Placed[],
  d: readonly number[],
  origin: Vec3,
  perMm: Vec3,
  allowedMm: number,
): void {
  images.forEach(({ positionMm }, n) => {
    const expected = add(origin, scale(perMm, (d[n] as number) - (d[0] as number)));
    const aside = length(subtract(positionMm, expected));
    if (aside > allowedMm) throw new IsolensError('dicom/slices-out-of-line', { mm: round(aside) });
  });
}
