import { affineOf, applyAffine, cross, dot, length, scale, type Vec3 } from '../../../shared/geometry';
import { IsolensError, type Problem } from '../../../shared/problem/problem';
import type { Unit, Volume } from '../../../shared/volume';
import { decimalOf, uidOrNull, type Elements } from './elements';
import type { Instance } from './instance';
import { planningHistogramsOf, type PlanningHistogram } from './planningHistograms';
import { framesOf, frameLength, pixelFormatOf, storedValues, type PixelFormat } from './pixels';

/** What an RTDOSE says about itself before its pixels are read. */
export interface DoseHeader {
  readonly sopInstanceUid: string;
  readonly frameOfReference: string;
  readonly units: string;
  readonly doseType: string;
  readonly summationType: string;
  readonly planUid: string | null;
  readonly structureSetUid: string | null;
  /** The beam that a BEAM dose is of. */
  readonly beamNumber: number | null;
  readonly label: string;
}

export interface ReadDose extends DoseHeader {
  readonly volume: Volume<Float32Array>;
  readonly maximum: number;
  /** As the planning system sent them. */
  readonly histograms: readonly PlanningHistogram[];
  readonly notes: readonly Problem[];
}

export function doseHeaderOf(elements: Elements): DoseHeader {
  const referenced = (keyword: 'ReferencedRTPlanSequence' | 'ReferencedStructureSetSequence'): string | null =>
    uidOrNull(elements.items(keyword)[0]?.text('ReferencedSOPInstanceUID'));
  return {
    sopInstanceUid: elements.text('SOPInstanceUID'),
    frameOfReference: elements.text('FrameOfReferenceUID'),
    units: elements.text('DoseUnits').toUpperCase(),
    doseType: elements.text('DoseType').toUpperCase(),
    summationType: elements.text('DoseSummationType').toUpperCase(),
    planUid: referenced('ReferencedRTPlanSequence'),
    structureSetUid: referenced('ReferencedStructureSetSequence'),
    beamNumber: beamOf(elements),
    label: elements.text('DoseComment') || elements.text('SeriesDescription'),
  };
}

/** The one beam that the referenced plan's fraction group names; null where it names none or several. */
function beamOf(elements: Elements): number | null {
  const beams = elements
    .items('ReferencedRTPlanSequence')
    .flatMap((plan) => plan.items('ReferencedFractionGroupSequence'))
    .flatMap((group) => group.items('ReferencedBeamSequence'));
  return beams.length === 1 ? (beams[0]?.number('ReferencedBeamNumber') ?? null) : null;
}

/**
 * Reads an RTDOSE: Gy = stored × Dose Grid Scaling, in double precision, on a grid of its own. *Units* Gy, or % where the dose is
 * relative. *Problems* `dicom/dose-no-scale`, `dicom/dose-position`, `dicom/dose-offsets`, `dicom/dose-order`, `dicom/dose-signed`,
 * `dicom/dose-units` and those of the pixels. *Source:* DICOM PS3.3 C.8.8.3.
 */
export function readDose(instance: Instance, file?: string): ReadDose {
  const { elements } = instance;
  const header = doseHeaderOf(elements);
  const notes: Problem[] = [];
  const note = (code: Problem['code'], facts: Problem['facts'] = {}): number => notes.push({ code, facts, where: {} });
  const scaling = decimalOf(elements.texts('DoseGridScaling')[0] ?? '');
  if (!(scaling > 0)) throw new IsolensError('dicom/dose-no-scale', {}, { file });
  if (header.units !== 'GY' && header.units !== 'RELATIVE') {
    throw new IsolensError('dicom/dose-units', { unit: header.units || '?' }, { file });
  }
  const format = pixelFormatOf(elements);
  if (format.samples !== 1 || format.bitsAllocated < 8) {
    throw new IsolensError('dicom/pixels-unsupported', { reason: 'not one value for each dose voxel' }, { file });
  }
  if (format.signed && header.doseType !== 'ERROR') throw new IsolensError('dicom/dose-signed', {}, { file });
  const placed = placeDose(elements, format, note, file);
  const frames = framesOf(instance, format, file);
  const size = frameLength(format);
  const stored = new Float64Array(size);
  const readFrame = (frame: number, into: Float32Array): void => {
    storedValues(frames.bytes(frame), frames.littleEndian, format, stored, frame);
    for (let v = 0; v < size; v++) into[v] = (stored[v] as number) * scaling;
  };
  const values = layFrames(placed, size, readFrame);
  let maximum = -Infinity;
  for (const value of values) if (value > maximum) maximum = value;
  let unit: Unit = 'Gy';
  if (header.units === 'RELATIVE') {
    unit = '%';
    note('dicom/dose-relative');
    // Some systems send the share of the reference, some its percentage.
    const toPercent = maximum <= 10 ? 100 : 1;
    for (let v = 0; v < values.length; v++) values[v] = (values[v] as number) * toPercent;
    maximum *= toPercent;
  } else if (maximum > 150 || maximum <= 0) {
    note('dicom/dose-implausible', { maximumGy: Math.round(maximum * 100) / 100 });
  }
  if (header.doseType === 'EFFECTIVE') note('dicom/dose-effective');
  if (header.doseType === 'ERROR') note('dicom/dose-error');
  const { grid } = placed;
  return {
    ...header,
    volume: { grid, values, unit, frameOfReference: header.frameOfReference },
    maximum,
    histograms: planningHistogramsOf(elements),
    notes,
  };
}

interface PlacedDose {
  readonly grid: Volume['grid'];
  /** For each slice of the grid: the frames it lies between, and the weight of the second. */
  readonly slices: readonly { readonly below: number; readonly above: number; readonly weight: number }[];
}

/** Distance of each frame from the first image position along the normal, in mm, in the order of the file. */
function offsetsOf(
  elements: Elements,
  format: PixelFormat,
  position: Vec3,
  normal: Vec3,
  note: (code: Problem['code']) => void,
  file?: string,
): readonly number[] {
  const sent = elements.has('GridFrameOffsetVector') ? elements.numbers('GridFrameOffsetVector') : null;
  if (sent === null) {
    if (format.frames === 1 && !elements.has('GridFrameOffsetVector')) return [0];
    throw new IsolensError('dicom/dose-offsets', { offsets: 0, frames: format.frames }, { file });
  }
  if (sent.length !== format.frames) {
    throw new IsolensError('dicom/dose-offsets', { offsets: sent.length, frames: format.frames }, { file });
  }
  const start = sent[0] as number;
  if (start === 0) return [...sent];
  const transverse = Math.abs(Math.abs(normal[2]) - 1) < 1e-4;
  if (transverse && Math.abs(start - position[2]) <= 0.01) {
    return [...sent].map((z) => (z - position[2]) * Math.sign(normal[2]));
  }
  note('dicom/dose-first-offset');
  return [...sent].map((offset) => offset - start);
}

function placeDose(
  elements: Elements,
  format: PixelFormat,
  note: (code: Problem['code'], facts?: Problem['facts']) => void,
  file?: string,
): PlacedDose {
  const position = elements.numbers('ImagePositionPatient');
  const cosines = elements.numbers('ImageOrientationPatient');
  const spacing = elements.numbers('PixelSpacing');
  const misplaced = (): IsolensError => new IsolensError('dicom/dose-position', {}, { file });
  if (position?.length !== 3 || cosines?.length !== 6 || spacing?.length !== 2) throw misplaced();
  const [px, py, pz] = position as unknown as Vec3;
  const r = cosines.subarray(0, 3) as unknown as Vec3;
  const c = cosines.subarray(3, 6) as unknown as Vec3;
  const [betweenRows, betweenColumns] = spacing as unknown as [number, number];
  if (Math.abs(length(r) - 1) > 1e-3 || Math.abs(length(c) - 1) > 1e-3 || Math.abs(dot(r, c)) > 1e-3) throw misplaced();
  if (!(betweenRows > 0 && betweenColumns > 0)) throw misplaced();
  const ri = scale(r, 1 / length(r));
  const cj = scale(c, 1 / length(c));
  const normal = cross(ri, cj);
  const offsets = offsetsOf(elements, format, [px, py, pz], normal, note, file);
  const rising = offsets.every((offset, n) => n === 0 || offset > (offsets[n - 1] as number));
  const falling = offsets.every((offset, n) => n === 0 || offset < (offsets[n - 1] as number));
  if (!rising && !falling) throw new IsolensError('dicom/dose-order', {}, { file });
  const order = offsets.map((_, n) => (rising ? n : offsets.length - 1 - n));
  const sorted = order.map((n) => offsets[n] as number);
  const { start, step, count } = evenSteps(sorted);
  if (sorted.length === 1) note('dicom/dose-plane');
  else if (count !== sorted.length || !isEven(sorted, step))
    note('dicom/dose-uneven', { stepMm: Math.round(step * 1000) / 1000 });
  const origin: Vec3 = [px + normal[0] * start, py + normal[1] * start, pz + normal[2] * start];
  const affine = affineOf(scale(ri, betweenColumns), scale(cj, betweenRows), scale(normal, step), origin);
  const slices = Array.from({ length: count }, (_, k) => {
    const at = start + k * step;
    let below = Math.min(
      sorted.length - 1,
      Math.max(
        0,
        sorted.findLastIndex((offset) => offset <= at + 1e-3),
      ),
    );
    if (below === sorted.length - 1 && below > 0 && (sorted[below] as number) - at > 1e-3) below--;
    const low = sorted[below] as number;
    const high = sorted[below + 1];
    const weight = high === undefined || Math.abs(at - low) <= 1e-3 ? 0 : (at - low) / (high - low);
    const frame = order[below] as number;
    return { below: frame, above: weight === 0 ? frame : (order[below + 1] as number), weight };
  });
  return { grid: { size: [format.columns, format.rows, count], affine }, slices };
}

const isEven = (sorted: readonly number[], step: number): boolean =>
  sorted.every((offset, n) => Math.abs(offset - (sorted[0] as number) - n * step) <= 0.01);

/**
 * The even steps that hold all frames: the frames' own where they are even (within 0.01 mm), else the largest step that divides them all, else,
 * where there is none above a quarter of the shortest, the shortest.
 */
function evenSteps(sorted: readonly number[]): { start: number; step: number; count: number } {
  const start = sorted[0] as number;
  if (sorted.length === 1) return { start, step: 1, count: 1 };
  const span = (sorted.at(-1) as number) - start;
  const mean = span / (sorted.length - 1);
  if (isEven(sorted, mean)) return { start, step: mean, count: sorted.length };
  const steps = sorted.slice(1).map((offset, n) => offset - (sorted[n] as number));
  const shortest = Math.min(...steps);
  for (const part of [1, 2, 3, 4]) {
    const step = shortest / part;
    const count = Math.round(span / step) + 1;
    const fits = sorted.every((offset) => {
      const times = (offset - start) / (span / (count - 1));
      return Math.abs(times - Math.round(times)) * step <= 0.01;
    });
    if (fits && count <= 4096) return { start, step: span / (count - 1), count };
  }
  const count = Math.min(4096, Math.ceil(span / shortest - 1e-6) + 1);
  return { start, step: span / (count - 1), count };
}

function layFrames(
  { grid, slices }: PlacedDose,
  size: number,
  readFrame: (frame: number, into: Float32Array) => void,
): Float32Array {
  const values = new Float32Array(size * grid.size[2]);
  const beside = new Float32Array(slices.some(({ weight }) => weight > 0) ? size : 0);
  slices.forEach(({ below, above, weight }, k) => {
    const slice = values.subarray(size * k, size * (k + 1));
    readFrame(below, slice);
    if (weight === 0) return;
    readFrame(above, beside);
    for (let v = 0; v < size; v++) slice[v] = (slice[v] as number) * (1 - weight) + (beside[v] as number) * weight;
  });
  return values;
}

/** The corners of a dose's outermost voxel centres, in patient mm. */
export function cornersOf({ size, affine }: Volume['grid']): readonly Vec3[] {
  const ends = (n: number): readonly number[] => [0, n - 1];
  return ends(size[2]).flatMap((k) =>
    ends(size[1]).flatMap((j) => ends(size[0]).map((i) => applyAffine(affine, [i, j, k]))),
  );
}
