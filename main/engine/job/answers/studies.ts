import { setImmediate } from 'node:timers/promises';
import type { z } from 'zod';
import type { EngineRequests } from '../../../../shared/contract/engine';
import { packContours } from '../../../../shared/packedContours';
import { IsolensError, type Problem } from '../../../../shared/problem/problem';
import type { Structure } from '../../../../shared/structure';
import type { StructureShape } from '../../../../shared/study';
import { voxelCc, type Grid } from '../../../../shared/volume';
import { scanFolder } from '../../study/scanFolder';
import type { Dose } from '../../study/study';
import { isFilled } from '../../volume/contourPlanes';
import { gridAround } from '../../volume/crop';
import { curveOf, doseAtVolume, doseVolumeHistogram } from '../../volume/doseVolumeHistogram';
import { maskOf } from '../../volume/mask';
import { centroidOf } from '../../volume/statistics';
import type { HeldStudy, OpenStudies } from '../openStudies';
import type { Handlers } from '../session';

type Gives<Name extends keyof EngineRequests> = z.input<EngineRequests[Name]['gives']>;
type HistogramRow = Gives<'engine/doseVolumeHistograms'>['rows'][number];
type StudyRequests = 'engine/openFolder' | 'engine/openStudy' | 'engine/doseVolumeHistograms';

/** Folders are scanned and studies opened, drawn and measured. */
export function studyAnswers(studies: OpenStudies): Pick<Handlers, StudyRequests> {
  return {
    'engine/openFolder': async ({ path }, answering) => {
      const { signal } = answering;
      const scan = await scanFolder(path, { signal, progress: (now) => answering.progress(now) });
      if (scan.studies.length === 0) throw new IsolensError('study/nothing', { files: scan.files }, { file: path });
      studies.found(scan.studies);
      return {
        studies: scan.studies.map(({ summary }) => summary),
        notDicom: scan.notDicom,
        notes: scan.notes.map(shown),
      };
    },
    'engine/openStudy': async ({ study: id, choices }, { signal, blobs }) => {
      const held = await studies.open(id, choices ?? null, signal);
      const { study, image } = held;
      const dose = study.doses[0];
      const plan = planOf(held);
      blobs.drop(id);
      return {
        id,
        image: image === null ? null : blobs.keep(image, id),
        structureSetId: study.structureSets[0]?.sopInstanceUid ?? null,
        doseId: dose?.uid ?? null,
        framesAccepted: [...(held.choices.framesAccepted ?? [])],
        objects: study.summary.objects.map((object) => ({
          ...object,
          notes: object.notes.map((note) => shown(note as Problem)),
        })),
        gapsMm: image === null ? [] : [...image.gapsMm],
        modality: image?.modality ?? '',
        structures: structureShapes(held, signal),
        dose: dose === undefined ? null : blobs.keep(dose.volume, id),
        doseType: dose?.doseType ?? '',
        prescriptionGy: plan?.shape.prescriptions[0]?.doseGy ?? null,
        plan: plan?.shape ?? null,
        notes: [
          ...study.notes,
          ...held.notes,
          ...(image?.notes ?? []),
          ...(study.summary.objects.find((object) => object.id === study.structureSets[0]?.sopInstanceUid)?.notes ??
            []),
          ...(dose?.notes ?? []),
          ...(plan?.notes ?? []),
        ].map((note) => shown(note as Problem)),
      };
    },
    'engine/doseVolumeHistograms': async ({ study: id }, { signal }) => {
      const held = await studies.open(id, null, signal);
      const dose = held.study.doses[0];
      if (dose === undefined) throw new IsolensError('study/no-dose');
      const missing = held.image?.notes.find(({ code }) => code === 'dicom/slice-missing');
      if (missing !== undefined) throw new IsolensError(missing.code, missing.facts, missing.where);
      return { rows: await histogramRows(held, dose, signal) };
    },
  };
}

/** A problem with facts of its own, as the contract's check wants it. */
const shown = ({
  code,
  facts,
  where,
}: Problem): { code: string; facts: Record<string, string | number>; where: object } => ({
  code,
  facts: { ...facts },
  where: Object.fromEntries(Object.entries(where).filter(([, value]) => value !== undefined)),
});

/** The plan of the active dose, else the first. */
function planOf({ study }: HeldStudy): HeldStudy['study']['plans'][number] | undefined {
  const active = study.doses[0]?.planUid;
  return study.plans.find(({ uid }) => uid === active) ?? study.plans[0];
}

/** Where structures are measured: on the image; on the dose where the image is one slice, or absent; nowhere without both. */
function measuringGrid({ study, image }: HeldStudy): Grid | null {
  if (image !== null && image.grid.size[2] > 1) return image.grid;
  const dose = study.doses[0]?.volume.grid;
  return dose !== undefined && dose.size[2] > 1 ? dose : null;
}

function structureShapes(held: HeldStudy, signal: AbortSignal): StructureShape[] {
  const grid = measuringGrid(held);
  return (held.study.structureSets[0]?.structures ?? []).map((structure) => {
    signal.throwIfAborted();
    const { number, name, type, colour, contours, notes } = structure;
    const around = grid === null ? null : gridAround(structure, grid);
    const centre = around === null ? null : centroidOf(maskOf(structure, around), around);
    return {
      number,
      name,
      type,
      colour: [...colour],
      contours: packContours(contours.filter(isFilled).map(({ points }) => points)),
      volumeCc: grid === null || !contours.some(isFilled) ? null : (centre?.voxels ?? 0) * voxelCc(grid),
      centroidMm: centre === null ? null : [...centre.pointMm],
      notes: (notes ?? []).map(shown),
    };
  });
}

/** Numbers are in Gy and null for a relative dose, whose curve is in %. Slices that are asked for meanwhile go out between structures. */
async function histogramRows(held: HeldStudy, dose: Dose, signal: AbortSignal): Promise<HistogramRow[]> {
  const grid = measuringGrid(held);
  if (grid === null) return [];
  const rows: HistogramRow[] = [];
  for (const structure of (held.study.structureSets[0]?.structures ?? []).filter(hasVolume)) {
    await setImmediate();
    signal.throwIfAborted();
    const row = histogramRow(structure, grid, dose);
    const sent = planningCurve(held, dose, structure);
    if (row !== null) rows.push(sent === null ? row : { ...row, planning: sent });
  }
  return rows;
}

/** The planning system's own curve, where its dose refers to the structure set in use. */
function planningCurve({ study }: HeldStudy, { planning }: Dose, { number }: Structure): [number, number][] | null {
  if (planning === undefined || planning.structureSetUid !== study.structureSets[0]?.sopInstanceUid) return null;
  const own = planning.histograms.find(({ structureNumber }) => structureNumber === number);
  return own?.curve.map(([dose, volume]): [number, number] => [dose, volume]) ?? null;
}

function histogramRow(structure: Structure, grid: Grid, dose: Dose): HistogramRow | null {
  const around = gridAround(structure, grid);
  if (around === null) return null;
  const histogram = doseVolumeHistogram(dose.volume, maskOf(structure, around), around);
  if (histogram.voxels === 0) return null;
  const gy = (value: number | null): number | null => (dose.volume.unit === 'Gy' ? value : null);
  return {
    structure: structure.name,
    voxels: histogram.voxels,
    volumeCc: histogram.volumeCc,
    coverage: histogram.coverage,
    dMinGy: gy(histogram.min),
    dMeanGy: gy(histogram.mean),
    dMaxGy: gy(histogram.max),
    d98Gy: gy(doseAtVolume(histogram, 98)),
    d95Gy: gy(doseAtVolume(histogram, 95)),
    d50Gy: gy(doseAtVolume(histogram, 50)),
    d2Gy: gy(doseAtVolume(histogram, 2)),
    curve: curveOf(histogram).map(([at, volume]): [number, number] => [at, volume]),
  };
}

const hasVolume = ({ contours }: Structure): boolean => contours.some(isFilled);
