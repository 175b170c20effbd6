import { identity, type Affine } from '../../../shared/geometry';
import type { Problem } from '../../../shared/problem/problem';
import { between, type Registration } from '../dicom/registration';
import { stacksOf, type Stack } from '../dicom/stack';
import type { Found, FoundDose, FoundImage, FoundOther, FoundPlan, FoundStructures, Patient } from './found';
import type { PlacedStack } from './imageSeries';

/** An object in the group that it was linked to. `toImages` brings its points into the group's frame of reference. */
export interface Linked<T> {
  readonly found: T;
  readonly toImages: Affine;
  readonly notes: readonly Problem[];
}

/** An object that is listed with the reason why it is not used. */
export interface Unlinked {
  readonly found: Found;
  readonly problem: Problem;
}

/** What one patient has in one frame of reference. The first of each list is the active one. */
export interface LinkedStudy {
  readonly patient: Patient;
  readonly frameOfReference: string;
  readonly stacks: PlacedStack[];
  /** Images that form no volume. */
  readonly loose: Stack<FoundImage>[];
  readonly structures: Linked<FoundStructures>[];
  readonly doses: Linked<FoundDose>[];
  readonly plans: Linked<FoundPlan>[];
  readonly unlinked: Unlinked[];
}

/** Links the objects of all patients; those of different patients never meet. Sorted by patient, then by the path of what came first. */
export function linkStudies(found: readonly Found[]): readonly LinkedStudy[] {
  const keys = [...new Set(found.map(({ patient }) => patient.key))];
  const patientOf = new Map(found.map((object) => [object.sopInstanceUid, object.patient.key]));
  return keys.flatMap((key) =>
    linkPatient(
      found.filter(({ patient }) => patient.key === key),
      patientOf,
    ),
  );
}

type OfKind<K extends Found['kind']> = Extract<Found, { kind: K }>;

const ofKind = <K extends Found['kind']>(found: readonly Found[], kind: K): readonly OfKind<K>[] =>
  found.filter((object): object is OfKind<K> => object.kind === kind);

/** *Source:* rules of linking: explicit references by UID, then equal frames of reference; an equal study alone never links. */
function linkPatient(found: readonly Found[], patientOf: ReadonlyMap<string, string>): readonly LinkedStudy[] {
  const [any] = found;
  if (any === undefined) return [];
  const registrations = ofKind(found, 'registration').map(({ registration }) => registration);
  const groups = imageGroups(any.patient, ofKind(found, 'image'));
  const withImages = [...groups];
  const groupOf = (frame: string): LinkedStudy => {
    const known = groups.find(({ frameOfReference }) => frameOfReference === frame);
    if (known !== undefined) return known;
    const made = emptyStudy(any.patient, frame);
    groups.push(made);
    return made;
  };
  const images = new Map(ofKind(found, 'image').map((image) => [image.sopInstanceUid, image]));
  const seriesFrame = new Map(ofKind(found, 'image').map((image) => [image.seriesUid, frameKeyOf(image)]));
  const sets = new Map(ofKind(found, 'structures').map((set) => [set.sopInstanceUid, set]));
  const plans = new Map(ofKind(found, 'plan').map((plan) => [plan.sopInstanceUid, plan]));

  /** The frame of the images that a set names. */
  const namedFrame = (set: FoundStructures): string | undefined =>
    set.referencedImageUids
      .map((uid) => images.get(uid))
      .map((image) => image && frameKeyOf(image))
      .find((f) => f !== undefined) ??
    set.referencedSeriesUids.map((uid) => seriesFrame.get(uid)).find((frame) => frame !== undefined);
  const frameOfSet = (set: FoundStructures): string => set.frameOfReference || (namedFrame(set) ?? '');
  const frameOfPlan = ({ plan }: FoundPlan): string => {
    const set = plan.structureSetUid === null ? undefined : sets.get(plan.structureSetUid);
    return set === undefined ? plan.frameOfReference : frameOfSet(set);
  };
  const frameOfDose = (dose: FoundDose): string => {
    if (dose.frameOfReference !== '') return dose.frameOfReference;
    const plan = dose.planUid === null ? undefined : plans.get(dose.planUid);
    const set = dose.structureSetUid === null ? undefined : sets.get(dose.structureSetUid);
    return plan !== undefined ? frameOfPlan(plan) : set !== undefined ? frameOfSet(set) : '';
  };

  const place = <T extends FoundStructures | FoundDose | FoundPlan>(
    object: T,
    frame: string,
    named: string | undefined,
    label: string,
    list: (study: LinkedStudy) => Linked<T>[],
  ): void => {
    const note = (code: Problem['code']): Problem => ({
      code,
      facts: { object: label },
      where: { file: object.source.path },
    });
    const target = withImages.find(({ frameOfReference }) => frameOfReference === frame);
    if (target !== undefined && frame !== '') {
      list(target).push({ found: object, toImages: identity, notes: [] });
      return;
    }
    const registered = frame === '' ? null : byRegistration(frame, withImages, registrations);
    if (registered !== null) {
      list(registered.study).push({ found: object, toImages: registered.toImages, notes: [note('study/registered')] });
      return;
    }
    const beside = withImages.find(({ frameOfReference }) => frameOfReference === named) ?? onlyOne(withImages);
    if (beside !== undefined) {
      beside.unlinked.push({ found: object, problem: note(frame === '' ? 'study/unlinked' : 'study/frame-differs') });
      return;
    }
    list(groupOf(frame)).push({ found: object, toImages: identity, notes: [] });
  };

  for (const set of sets.values()) {
    place(set, frameOfSet(set), namedFrame(set), set.label || 'RTSTRUCT', (study) => study.structures);
  }
  for (const dose of ofKind(found, 'dose')) {
    const foreign = [dose.planUid, dose.structureSetUid].some(
      (uid) => uid !== null && isForeign(uid, any.patient, patientOf),
    );
    const label = dose.label || `RTDOSE ${dose.summationType}`.trim();
    if (foreign) {
      const problem: Problem = {
        code: 'study/other-patient',
        facts: { object: label },
        where: { file: dose.source.path },
      };
      (onlyOne(withImages) ?? groupOf(frameOfDose(dose))).unlinked.push({ found: dose, problem });
    } else {
      place(dose, frameOfDose(dose), undefined, label, (study) => study.doses);
    }
  }
  for (const plan of plans.values()) {
    const ofDose = ofKind(found, 'dose').find(({ planUid }) => planUid === plan.sopInstanceUid);
    const frame = frameOfPlan(plan) || (ofDose === undefined ? '' : frameOfDose(ofDose));
    place(plan, frame, undefined, plan.plan.shape.label || 'RTPLAN', (study) => study.plans);
  }
  for (const object of [...ofKind(found, 'other'), ...ofKind(found, 'registration')]) {
    const study = groups.find((one) => studyUidsOf(one).has(object.studyUid)) ?? groups[0] ?? groupOf('');
    study.unlinked.push({ found: object, problem: reasonFor(object) });
  }
  for (const study of groups) activeFirst(study);
  return groups.sort((a, b) => (firstPathOf(a) < firstPathOf(b) ? -1 : 1));
}

const isForeign = (uid: string, patient: Patient, patientOf: ReadonlyMap<string, string>): boolean =>
  (patientOf.get(uid) ?? patient.key) !== patient.key;

const onlyOne = <T>(list: readonly T[]): T | undefined => (list.length === 1 ? list[0] : undefined);

/** Images without a frame of reference lie only with their own series. */
const frameKeyOf = ({ frameOfReference, seriesUid }: FoundImage): string => frameOfReference || `series ${seriesUid}`;

function emptyStudy(patient: Patient, frameOfReference: string): LinkedStudy {
  return { patient, frameOfReference, stacks: [], loose: [], structures: [], doses: [], plans: [], unlinked: [] };
}

/** Series become stacks, and stacks of one frame of reference a study. */
function imageGroups(patient: Patient, images: readonly FoundImage[]): LinkedStudy[] {
  const groups: LinkedStudy[] = [];
  const bySeries = new Map<string, FoundImage[]>();
  for (const image of images) {
    const series = bySeries.get(image.seriesUid);
    if (series === undefined) bySeries.set(image.seriesUid, [image]);
    else series.push(image);
  }
  for (const series of bySeries.values()) {
    for (const stack of stacksOf(series)) {
      const frame = frameKeyOf(stack.images[0] as FoundImage);
      let group = groups.find(({ frameOfReference }) => frameOfReference === frame);
      if (group === undefined) groups.push((group = emptyStudy(patient, frame)));
      if (stack.geometry === null) group.loose.push(stack);
      else group.stacks.push(stack as PlacedStack);
    }
  }
  return groups;
}

function byRegistration(
  frame: string,
  studies: readonly LinkedStudy[],
  registrations: readonly Registration[],
): { readonly study: LinkedStudy; readonly toImages: Affine } | null {
  for (const study of studies) {
    const toImages = between(registrations, frame, study.frameOfReference);
    if (toImages !== null) return { study, toImages };
  }
  return null;
}

function reasonFor(object: FoundOther | Extract<Found, { kind: 'registration' }>): Problem {
  if (object.kind === 'other') return object.problem;
  const against = object.registration.notes[0];
  return against ?? { code: 'dicom/not-used', facts: { object: 'Spatial Registration' }, where: {} };
}

/** Every object of a study, whatever becomes of it. */
export const objectsOf = (study: LinkedStudy): readonly Found[] => [
  ...study.stacks.flatMap(({ images }) => images),
  ...study.loose.flatMap(({ images }) => images),
  ...[...study.structures, ...study.doses, ...study.plans, ...study.unlinked].map(({ found }) => found),
];

const studyUidsOf = (study: LinkedStudy): ReadonlySet<string> =>
  new Set(objectsOf(study).map(({ studyUid }) => studyUid));

/** Every file of a study. */
export const filesOf = (study: LinkedStudy): readonly string[] => objectsOf(study).map(({ source }) => source.path);

/** The first of a study's files, by path. */
export const firstPathOf = (study: LinkedStudy): string =>
  objectsOf(study).reduce((least, { source }) => (least === '' || source.path < least ? source.path : least), '');

/** Order of the doses: of a plan first, then what may stand for it; errors are never the first. */
const summations = ['PLAN', 'MULTI_PLAN', 'FRACTION', 'BEAM'];

function activeFirst({ stacks, structures, doses, plans }: LinkedStudy): void {
  const byPath = (a: { found: Found }, b: { found: Found }): number =>
    a.found.source.path < b.found.source.path ? -1 : 1;
  stacks.sort(
    (a, b) => b.geometry.grid.size[2] - a.geometry.grid.size[2] || (pathOfStack(a) < pathOfStack(b) ? -1 : 1),
  );
  const loaded = new Set(stacks.map(({ images }) => images[0]?.seriesUid));
  const onLoaded = ({ found }: Linked<FoundStructures>): number =>
    found.referencedSeriesUids.some((uid) => loaded.has(uid)) ? 0 : 1;
  structures.sort(
    (a, b) =>
      onLoaded(a) - onLoaded(b) || (a.found.when > b.found.when ? -1 : a.found.when < b.found.when ? 1 : byPath(a, b)),
  );
  const rank = ({ found }: Linked<FoundDose>): number => {
    const at = summations.indexOf(found.summationType);
    return (found.doseType === 'ERROR' ? 100 : 0) + (at < 0 ? summations.length : at);
  };
  const planned = new Set(plans.map(({ found }) => found.sopInstanceUid));
  const unplanned = ({ found }: Linked<FoundDose>): number =>
    found.planUid !== null && planned.has(found.planUid) ? 0 : 1;
  doses.sort((a, b) => rank(a) - rank(b) || unplanned(a) - unplanned(b) || byPath(a, b));
  const active = doses[0]?.found.planUid;
  const inactive = ({ found }: Linked<FoundPlan>): number => (found.sopInstanceUid === active ? 0 : 1);
  plans.sort((a, b) => inactive(a) - inactive(b) || byPath(a, b));
}

const pathOfStack = ({ images }: Stack<FoundImage>): string => images[0]?.source.path ?? '';
