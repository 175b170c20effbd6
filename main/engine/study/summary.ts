import { createHash } from 'node:crypto';
import type { Problem } from '../../../shared/problem/problem';
import type { ObjectSummary, StudySummary } from '../../../shared/study';
import type { FoundImage } from './found';
import { imageSeriesOf, labelOf, uidOf } from './imageSeries';
import { objectsOf, type LinkedStudy } from './link';

/**
 * Names a study by what is in it: a hash over all its SOP instance UIDs, so that no name or number of a patient can be
 * guessed from it, and the same files get the same id when they are opened again.
 */
export function studyIdOf(linked: LinkedStudy): string {
  const uids = objectsOf(linked)
    .map(({ sopInstanceUid }) => sopInstanceUid)
    .sort();
  return createHash('sha256').update(uids.join('\n')).digest('hex').slice(0, 24);
}

/** The study's tree as the headers tell it. `path` is the folder that holds it. */
export function summaryOf(linked: LinkedStudy, path: string): StudySummary {
  const all = objectsOf(linked);
  const description = all.map(({ studyDescription }) => studyDescription).find((text) => text !== '') ?? '';
  return {
    id: studyIdOf(linked),
    path,
    patient: { name: linked.patient.name, id: linked.patient.id },
    description,
    ...tagsOf(linked),
    synthetic: all.length > 0 && all.every(({ synthetic }) => synthetic),
    objects: objectSummaries(linked),
    notes: linked.stacks.length === 0 ? [{ code: 'study/no-images', facts: {}, where: {} }] : [],
  };
}

/** Of the first image of the series in use: the others were made the same way. */
function tagsOf({ stacks }: LinkedStudy): Pick<StudySummary, 'tags'> {
  const tags = stacks[0]?.images[0]?.tags;
  return tags && Object.keys(tags).length > 0 ? { tags: { ...tags } } : {};
}

function objectSummaries(linked: LinkedStudy): ObjectSummary[] {
  const objects: ObjectSummary[] = [];
  const add = (object: Omit<ObjectSummary, 'notes'>, notes: readonly Problem[]): number =>
    objects.push({ ...object, notes: notes.map(({ code, facts, where }) => ({ code, facts, where })) });
  for (const stack of linked.stacks) {
    const { uid, modality, label, notes } = imageSeriesOf(stack);
    const [nx, ny, nz] = stack.geometry.grid.size;
    const usable = !notes.some(({ code }) => code === 'dicom/transfer-syntax-unsupported');
    add({ id: uid, kind: 'image', modality, label, detail: `${nx} × ${ny} × ${nz}`, usable }, notes);
  }
  for (const stack of linked.loose) {
    const { modality } = stack.images[0] as FoundImage;
    const detail = `${stack.images.length} ×`;
    const label = stack.localizers ? `${labelOf(stack)} · localizer` : labelOf(stack);
    add(
      { id: uidOf(stack), kind: 'image', modality, label, detail, usable: false },
      stack.problem === null ? [] : [stack.problem],
    );
  }
  for (const { found, notes } of linked.structures) {
    const label = found.label || found.description || 'RTSTRUCT';
    add(
      {
        id: found.sopInstanceUid,
        kind: 'structures',
        modality: found.modality,
        label,
        detail: `${found.count} ROI`,
        usable: true,
      },
      notes,
    );
  }
  for (const { found, notes } of linked.doses) {
    const label = found.label || 'RTDOSE';
    const detail = [found.summationType, found.doseType, found.units].filter((part) => part !== '').join(' · ');
    add(
      {
        id: found.sopInstanceUid,
        kind: 'dose',
        modality: found.modality,
        label,
        detail,
        usable: found.doseType !== 'ERROR',
      },
      notes,
    );
  }
  for (const { found, notes } of linked.plans) {
    const { shape } = found.plan;
    const detail = [`${shape.beams.length} beams`, shape.approval].filter((part) => part !== '').join(' · ');
    add(
      {
        id: found.sopInstanceUid,
        kind: 'plan',
        modality: found.modality,
        label: shape.label || 'RTPLAN',
        detail,
        usable: true,
      },
      [...notes, ...found.plan.notes],
    );
  }
  for (const { found, problem } of linked.unlinked) {
    const kind = found.kind === 'registration' || found.kind === 'other' ? 'other' : found.kind;
    const label = found.description || found.modality;
    add(
      {
        id: found.sopInstanceUid,
        kind,
        modality: found.modality,
        label,
        detail: found.kind === 'other' ? found.name : '',
        usable: false,
      },
      [problem],
    );
  }
  return objects;
}
