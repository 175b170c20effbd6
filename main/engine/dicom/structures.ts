import type { Problem } from '../../../shared/problem/problem';
import type { Contour, ContourKind, Structure, StructureSet } from '../../../shared/structure';
import { extentAlong, areaVectorOf, isFilled, planarWithinMm } from '../volume/contourPlanes';
import { length, scale } from '../../../shared/geometry';
import { decimalOf, type Elements } from './elements';

/** A structure with what was found wrong with it. */
export interface ReadStructure extends Structure {
  readonly notes: readonly Problem[];
  /** SOP instance UID of the image that a contour names, with the contour's mean point: a hint, checked against the images. */
  readonly hints: readonly { readonly imageUid: string; readonly contour: number }[];
}

/** An RTSTRUCT: contours as they came, in patient mm. */
export interface ReadStructureSet extends StructureSet {
  readonly structures: readonly ReadStructure[];
  readonly frameOfReference: string;
  /** Series and images that it names, in order of trust for linking. */
  readonly referencedSeriesUids: readonly string[];
  readonly referencedImageUids: readonly string[];
  /** Date and time, for choosing the latest. */
  readonly when: string;
  readonly notes: readonly Problem[];
}

/** Colours for structures whose own is missing or invalid, by order; far apart and light enough on black. */
const colours: readonly (readonly [number, number, number])[] = [
  [230, 159, 0], [86, 180, 233], [0, 200, 140], [240, 228, 66], [90, 140, 255], [230, 110, 60], [220, 140, 190],
  [160, 220, 120], [190, 160, 255], [255, 170, 170], [120, 220, 220], [200, 180, 120],
]; // prettier-ignore

const kinds: readonly ContourKind[] = ['CLOSED_PLANAR', 'CLOSEDPLANAR_XOR', 'OPEN_PLANAR', 'OPEN_NONPLANAR', 'POINT'];

/** Frame and images that a structure set refers to: enough to link it without reading its contours. */
export function structureReferencesOf(elements: Elements): Pick<
  ReadStructureSet,
  'frameOfReference' | 'referencedSeriesUids' | 'referencedImageUids'
> & {
  readonly names: number;
} {
  const frames = elements.items('ReferencedFrameOfReferenceSequence');
  const series = frames
    .flatMap((frame) => frame.items('RTReferencedStudySequence'))
    .flatMap((study) => study.items('RTReferencedSeriesSequence'));
  const rois = elements.items('StructureSetROISequence');
  const ofRois = rois.map((roi) => roi.text('ReferencedFrameOfReferenceUID')).filter((uid) => uid !== '');
  const frameOfReference =
    mostFrequent(ofRois) || (frames[0]?.text('FrameOfReferenceUID') ?? '') || elements.text('FrameOfReferenceUID');
  return {
    frameOfReference,
    referencedSeriesUids: series.map((one) => one.text('SeriesInstanceUID')).filter((uid) => uid !== ''),
    referencedImageUids: series
      .flatMap((one) => one.items('ContourImageSequence'))
      .map((image) => image.text('ReferencedSOPInstanceUID'))
      .filter((uid) => uid !== ''),
    names: rois.length,
  };
}

function mostFrequent(values: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? '';
}

/**
 * Reads a structure set. The three sequences are joined by number; what is wrong with one structure is said there and leaves
 * the others alone. *Source:* DICOM PS3.3 C.8.8.5, C.8.8.6, C.8.8.8.
 */
export function readStructureSet(elements: Elements): ReadStructureSet {
  const notes: Problem[] = [];
  const note = (code: Problem['code'], facts: Problem['facts'] = {}): number => notes.push({ code, facts, where: {} });
  const references = structureReferencesOf(elements);
  const contoursOf = new Map<number, Elements>();
  const typeOf = new Map<number, string>();
  for (const item of elements.items('ROIContourSequence')) {
    const number = item.number('ReferencedROINumber');
    if (number === null) continue;
    if (contoursOf.has(number)) note('dicom/structure-twice', { number });
    else contoursOf.set(number, item);
  }
  for (const item of elements.items('RTROIObservationsSequence')) {
    const number = item.number('ReferencedROINumber');
    if (number !== null && !typeOf.has(number)) typeOf.set(number, item.text('RTROIInterpretedType'));
  }
  const structures: ReadStructure[] = [];
  const seen = new Set<number>();
  for (const roi of elements.items('StructureSetROISequence')) {
    const number = roi.number('ROINumber');
    if (number === null) continue;
    if (seen.has(number)) {
      note('dicom/structure-twice', { number });
      continue;
    }
    seen.add(number);
    const item = contoursOf.get(number);
    const { contours, hints, problems } = contoursIn(item);
    structures.push({
      number,
      name: roi.text('ROIName'),
      type: typeOf.get(number) ?? '',
      colour: colourOf(item, structures.length),
      frameOfReference: roi.text('ReferencedFrameOfReferenceUID') || references.frameOfReference,
      contours,
      hints,
      notes: problems,
    });
  }
  for (const number of contoursOf.keys()) if (!seen.has(number)) note('dicom/structure-unknown', { number });
  if (structures.length === 0) note('dicom/structures-none');
  return {
    sopInstanceUid: elements.text('SOPInstanceUID'),
    label: elements.text('StructureSetLabel'),
    structures,
    ...references,
    when: `${elements.text('StructureSetDate')} ${elements.text('StructureSetTime')}`,
    notes,
  };
}

function colourOf(item: Elements | undefined, order: number): readonly [number, number, number] {
  const sent = item?.numbers('ROIDisplayColor');
  if (sent?.length === 3 && sent.every((c) => Number.isInteger(c) && c >= 0 && c <= 255)) {
    return [sent[0] as number, sent[1] as number, sent[2] as number];
  }
  return colours[order % colours.length] as readonly [number, number, number];
}

function contoursIn(item: Elements | undefined): {
  readonly contours: Contour[];
  readonly hints: { imageUid: string; contour: number }[];
  readonly problems: Problem[];
} {
  const contours: Contour[] = [];
  const hints: { imageUid: string; contour: number }[] = [];
  const problems: Problem[] = [];
  let [wrong, crooked] = [0, 0];
  for (const contour of item?.items('ContourSequence') ?? []) {
    const sent = contour.text('ContourGeometricType').toUpperCase();
    const kind = kinds.find((known) => known === sent.replace('CLOSED_PLANAR_XOR', 'CLOSEDPLANAR_XOR'));
    const points = kind === undefined ? null : pointsOf(contour);
    if (kind === undefined || points === null) {
      wrong++;
      continue;
    }
    const stated = contour.number('NumberOfContourPoints');
    const closed = kind === 'CLOSED_PLANAR' || kind === 'CLOSEDPLANAR_XOR';
    if (points.uneven || (stated !== null && stated !== points.sent)) wrong++;
    const kept = closed ? withoutRepeat(points.values) : points.values;
    if (kept.length === 0) continue;
    if (closed && kept.length < 9) wrong++;
    const read: Contour = { kind, points: kept };
    if (isFilled(read) && !isPlanar(kept)) crooked++;
    const imageUid = contour.items('ContourImageSequence')[0]?.text('ReferencedSOPInstanceUID') ?? '';
    if (imageUid !== '') hints.push({ imageUid, contour: contours.length });
    contours.push(read);
  }
  const say = (code: Problem['code'], count: number): number => problems.push({ code, facts: { count }, where: {} });
  if (contours.length === 0) problems.push({ code: 'dicom/structure-empty', facts: {}, where: {} });
  else if (!contours.some(isFilled)) problems.push({ code: 'dicom/structure-lines', facts: {}, where: {} });
  if (wrong > 0) say('dicom/structure-points', wrong);
  if (crooked > 0) say('dicom/structure-not-planar', crooked);
  return { contours, hints, problems };
}

/** The triplets of Contour Data; null where it is empty or holds what is no number. */
function pointsOf(contour: Elements): { values: Float64Array; sent: number; uneven: boolean } | null {
  const bytes = contour.bytes('ContourData');
  if (bytes === null || bytes.length === 0) return null;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const values = Float64Array.from(text.split('\\'), decimalOf);
  const whole = values.length - (values.length % 3);
  const points = values.subarray(0, whole);
  if (whole === 0 || !points.every(Number.isFinite)) return null;
  return { values: points, sent: whole / 3, uneven: whole !== values.length };
}

function withoutRepeat(points: Float64Array): Float64Array {
  const n = points.length;
  const repeats = n > 3 && [0, 1, 2].every((axis) => points[axis] === points[n - 3 + axis]);
  return repeats ? points.subarray(0, n - 3) : points;
}

function isPlanar(points: Float64Array): boolean {
  const area = areaVectorOf(points);
  const size = length(area);
  if (!(size > 0)) return true;
  const [low, high] = extentAlong(points, scale(area, 1 / size));
  return high - low < planarWithinMm;
}
