import { createHash } from 'node:crypto';
import { IsolensError, problemOf, type Problem } from '../../../shared/problem/problem';
import { voxelCount, type Unit } from '../../../shared/volume';
import { readImage, type ImageValues } from '../dicom/image';
import { geometryOf, type Stack, type StackGeometry } from '../dicom/stack';
import { toGib } from '../files/source';
import type { FoundImage } from './found';
import type { ImageSeries, ImageVolume } from './study';

/** A stack that forms a volume. */
export type PlacedStack = Stack<FoundImage> & { readonly geometry: StackGeometry };

/** Its UID; parts of a series that was split carry their number behind it. */
export const uidOf = ({ images, part, parts, localizers }: Stack<FoundImage>): string => {
  const uid = images[0]?.seriesUid ?? '';
  return localizers ? `${uid} localizers` : parts > 1 ? `${uid} ${part}/${parts}` : uid;
};

/** A stack as a series whose pixels are read when they are asked for, and kept as long as someone holds them. */
export function imageSeriesOf(stack: PlacedStack): ImageSeries {
  const first = stack.images[0] as FoundImage;
  let held: WeakRef<ImageVolume> | null = null;
  let loading: Promise<ImageVolume> | null = null;
  return {
    uid: uidOf(stack),
    modality: first.modality,
    frameOfReference: first.frameOfReference,
    sliceCount: stack.geometry.grid.size[2],
    label: labelOf(stack),
    notes: notesOf(stack),
    async load(signal) {
      const before = held?.deref();
      if (before !== undefined) return before;
      loading ??= loadStack(stack, signal).finally(() => (loading = null));
      const volume = await loading;
      held = new WeakRef(volume);
      return volume;
    },
  };
}

export function labelOf({ images }: Stack<FoundImage>): string {
  const { modality, seriesNumber, description } = images[0] as FoundImage;
  return [modality, seriesNumber === '' ? '' : `series ${seriesNumber}`, description]
    .filter((part) => part !== '')
    .join(' · ');
}

/** What the headers already say against a stack. */
function notesOf({ images, geometry }: PlacedStack): readonly Problem[] {
  const notes: Problem[] = [...geometry.notes];
  const first = images[0] as FoundImage;
  const refused = images.find((image) => image.refused !== null)?.refused;
  if (refused !== undefined && refused !== null) notes.push(refused);
  if (images.some(({ lossy }) => lossy)) notes.push({ code: 'dicom/lossy', facts: {}, where: {} });
  if (first.modality === 'CT') {
    const type = images.map(({ rescaleType }) => rescaleType).find((sent) => sent !== '' && sent !== 'HU');
    if (!images.every(({ hasRescale }) => hasRescale)) notes.push({ code: 'dicom/no-rescale', facts: {}, where: {} });
    else if (type !== undefined) notes.push({ code: 'dicom/not-hu', facts: { type }, where: {} });
  }
  return notes;
}

/**
 * Reads all images of a stack onto its even grid. Int16 where every value is whole and fits, else Float32. Slices that cannot be read count as
 * missing. *Problems* `study/too-large`, and the first image's where none can be read.
 */
async function loadStack(
  stack: PlacedStack,
  signal?: AbortSignal,
  extra: readonly Problem[] = [],
): Promise<ImageVolume> {
  const { images, geometry } = stack;
  const first = images[0] as FoundImage;
  const { grid } = geometry;
  const needed = voxelCount(grid) * 2;
  const free = process.availableMemory();
  if (needed * 1.2 > free) throw new IsolensError('study/too-large', { needGib: toGib(needed), freeGib: toGib(free) });
  const assembly = assemblyOf(geometry);
  const hash = createHash('sha256');
  const failures: { readonly image: FoundImage; readonly thrown: unknown }[] = [];
  const byUid = images
    .map((image, n) => ({ image, n }))
    .sort((a, b) => (a.image.sopInstanceUid < b.image.sopInstanceUid ? -1 : 1));
  const begin = ({ image: { source } }: { readonly image: FoundImage }): Promise<Uint8Array> => {
    const bytes = source.read(0, source.bytes);
    bytes.catch(() => undefined); // Its failure is met where it is awaited.
    return bytes;
  };
  let next = byUid[0] === undefined ? null : begin(byUid[0]);
  for (const [at, { image, n }] of byUid.entries()) {
    signal?.throwIfAborted();
    try {
      // The disk reads one image while the one before it is rescaled.
      const reading = next ?? begin({ image });
      const following = byUid[at + 1];
      next = following === undefined ? null : begin(following);
      const bytes = await reading;
      const read = readImage(bytes, image, image.source.path);
      hash.update(image.sopInstanceUid).update(new Uint8Array(read.stored.buffer));
      assembly.add(n, read);
    } catch (thrown) {
      failures.push({ image, thrown });
    }
  }
  if (failures.length > 0) {
    const [failure] = failures as [(typeof failures)[number]];
    if (failures.length === images.length) throw failure.thrown;
    const good = images.filter((image) => !failures.some((failed) => failed.image === image));
    const reason = problemOf(failure.thrown).code;
    const note: Problem = { code: 'dicom/slices-unreadable', facts: { count: failures.length, reason }, where: {} };
    return loadStack({ ...stack, images: good, geometry: geometryOf(good) }, signal, [note]);
  }
  const { values, range } = assembly.finish();
  const notes = [...notesOf(stack), ...extra];
  const calibrated = !notes.some(({ code }) => code === 'dicom/not-hu' || code === 'dicom/no-rescale');
  const unit: Unit = first.modality === 'CT' && calibrated ? 'HU' : 'a.u.';
  if (unit === 'HU' && !looksLikeHu(values)) notes.push({ code: 'dicom/not-hu-values', facts: {}, where: {} });
  return {
    grid,
    values,
    unit,
    frameOfReference: first.frameOfReference,
    seriesUid: uidOf(stack),
    modality: first.modality,
    sha256: hash.digest('hex'),
    gapsMm: geometry.gapsMm,
    range,
    notes,
  };
}

interface Assembly {
  add(image: number, read: ImageValues): void;
  finish(): { readonly values: Int16Array | Float32Array; readonly range: readonly [number, number] };
}

/** Lays images onto the slices of the grid as they come, in any order. */
function assemblyOf({ grid, slices }: StackGeometry): Assembly {
  const size = grid.size[0] * grid.size[1];
  let values: Int16Array | Float32Array = new Int16Array(size * slices.length);
  let [min, max] = [Infinity, -Infinity];
  const between = new Map<number, Float32Array>();
  return {
    add(image, { values: read, padding, whole }) {
      const [low, high] = rangeWithout(padding, read);
      min = Math.min(min, low);
      max = Math.max(max, high);
      if (values instanceof Int16Array && (!whole || low < -32768 || high > 32767)) values = Float32Array.from(values);
      slices.forEach(({ below, above, weight }, k) => {
        if (below === image && weight === 0) values.set(read, size * k);
        if (weight === 0 || (below !== image && above !== image)) return;
        const sum = between.get(k) ?? new Float32Array(size);
        between.set(k, sum);
        const share = below === image ? 1 - weight : weight;
        for (let v = 0; v < size; v++) sum[v] = (sum[v] as number) + share * (read[v] as number);
      });
    },
    finish() {
      for (const [k, sum] of between) {
        if (values instanceof Int16Array) for (let v = 0; v < size; v++) sum[v] = Math.round(sum[v] as number);
        values.set(sum, size * k);
      }
      return { values, range: min <= max ? [min, max] : [0, 0] };
    },
  };
}

/** Lowest and highest value of the pixels that are not padding. */
function rangeWithout(padding: Uint8Array | null, values: Int32Array | Float64Array): [low: number, high: number] {
  let low = Infinity;
  let high = -Infinity;
  for (let v = 0; v < values.length; v++) {
    if (padding !== null && padding[v] === 1) continue;
    const value = values[v] as number;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

/** Hounsfield units hold air in at least a hundredth of a scan, and water or tissue somewhere. */
function looksLikeHu(values: Int16Array | Float32Array): boolean {
  const stride = Math.max(1, Math.floor(values.length / 1_000_000));
  let [count, air, tissue] = [0, 0, 0];
  for (let v = 0; v < values.length; v += stride) {
    const value = values[v] as number;
    count++;
    if (value <= -500) air++;
    if (value >= -150 && value <= 150) tissue++;
  }
  return air >= 0.01 * count && tissue > 0;
}
