import { identity, multiply, applyAffine, invert, dot, type Vec3 } from '../../../shared/geometry';
import { IsolensError, problemOf, type Problem } from '../../../shared/problem/problem';
import type { Structure } from '../../../shared/structure';
import type { ObjectSummary, StudySummary } from '../../../shared/study';
import type { StudyChoices } from '../../../shared/studyChoices';
import type { Grid } from '../../../shared/volume';
import { cornersOf, readDose } from '../dicom/dose';
import { parseInstance } from '../dicom/instance';
import { readStructureSet, type ReadStructure, type ReadStructureSet } from '../dicom/structures';
import type { ByteSource } from '../files/source';
import { chosen, withFramesAccepted } from './choose';
import type { FoundDose, FoundPlan, FoundStructures } from './found';
import { imageSeriesOf, type PlacedStack } from './imageSeries';
import type { Linked, LinkedStudy } from './link';
import { checkStructure, moved, wrongSides } from './structureChecks';
import type { Dose, Plan, Study } from './study';
import { sumOfBeams } from './sumOfBeams';
import { summaryOf } from './summary';

type OpenStructureSet = Study['structureSets'][number];

/**
 * Reads the structures, doses and plans of a linked study; images stay unread until they are asked for. What cannot be read
 * is listed with its reason and leaves the rest alone. *Problems* `study/no-such-object`.
 */
export async function openLinked(
  found: LinkedStudy,
  path: string,
  choices: StudyChoices = {},
  signal?: AbortSignal,
): Promise<Study> {
  const linked = withFramesAccepted(found, choices.framesAccepted);
  const failed = new Map<string, Problem>();
  const images = linked.stacks.map(imageSeriesOf);
  const stack = linked.stacks[0];
  const read = async <T extends { source: ByteSource; sopInstanceUid: string }, R>(
    one: Linked<T>,
    open: (one: Linked<T>) => Promise<R>,
  ): Promise<R[]> => {
    signal?.throwIfAborted();
    try {
      return [await open(one)];
    } catch (thrown) {
      if (signal?.aborted === true) throw thrown;
      failed.set(one.found.sopInstanceUid, problemOf(thrown, { file: one.found.source.path }));
      return [];
    }
  };
  const structureSets: OpenStructureSet[] = [];
  const setNotes = new Map<string, readonly Problem[]>();
  for (const one of linked.structures) {
    for (const { set, notes } of await read(one, (item) => openStructures(item, linked, stackFor(item, linked)))) {
      structureSets.push(set);
      setNotes.set(set.sopInstanceUid, notes);
    }
  }
  const doses: Dose[] = [];
  for (const one of linked.doses) {
    for (const dose of await read(one, (item) => openDose(item, linked, stack))) {
      if (dose.doseType !== 'ERROR') doses.push(dose);
      else failed.set(dose.uid, { code: 'dicom/dose-error', facts: {}, where: {} });
    }
  }
  const plans = linked.plans.map((one) => openPlan(one, structureSets));
  const sums = plans.flatMap((plan) => sumOfBeams(doses, plan) ?? []);
  const checked = [...sums, ...doses].map((dose) => checkedAgainstPlan(dose, plans));
  const notes = notesOf(linked);
  const opened = withOpened(summaryOf(linked, path), failed, [
    ...checked.map(({ uid, notes: found }) => [uid, found] as const),
    ...setNotes,
    ...plans.map(({ uid, notes: found }) => [uid, found] as const),
  ]);
  const summary = { ...opened, objects: [...opened.objects, ...sums.map(summaryOfSum)] };
  return chosen({ summary, images, structureSets, doses: checked, plans, notes }, choices);
}

/** A sum has no file: it stands in the tree after those that have. */
const summaryOfSum = ({ uid, label, doseType, notes }: Dose): ObjectSummary => ({
  id: uid,
  kind: 'dose',
  modality: 'RTDOSE',
  label,
  detail: ['PLAN', doseType].filter((part) => part !== '').join(' · '),
  usable: true,
  notes: notes.map(({ code, facts, where }) => ({ code, facts, where })),
});

/** Puts what opening found into the study's tree. */
function withOpened(
  summary: StudySummary,
  failed: ReadonlyMap<string, Problem>,
  noted: readonly (readonly [uid: string, notes: readonly Problem[]])[],
): StudySummary {
  const notesOfObject = new Map(noted);
  const objects = summary.objects.map((object): ObjectSummary => {
    const failure = failed.get(object.id);
    if (failure !== undefined) return { ...object, usable: false, notes: [...object.notes, failure] };
    const more = notesOfObject.get(object.id) ?? [];
    return {
      ...object,
      notes: [...object.notes, ...more.filter((note) => !object.notes.some(({ code }) => code === note.code))],
    };
  });
  return { ...summary, objects };
}

export function notesOf(linked: LinkedStudy): readonly Problem[] {
  return linked.stacks.length === 0 ? [{ code: 'study/no-images', facts: {}, where: {} }] : [];
}

/** The stack that a structure set names, else the active one. */
function stackFor({ found }: Linked<FoundStructures>, { stacks }: LinkedStudy): PlacedStack | undefined {
  return stacks.find(({ images }) => found.referencedSeriesUids.includes(images[0]?.seriesUid ?? '')) ?? stacks[0];
}

async function wholeOf(source: ByteSource) {
  const instance = parseInstance(await source.read(0, source.bytes), { upTo: 'end', file: source.path });
  if (instance === null) throw new IsolensError('dicom/not-dicom', {}, { file: source.path });
  if (!instance.complete && instance.pixelData === null)
    throw new IsolensError('dicom/cut-short', {}, { file: source.path });
  return instance;
}

async function openStructures(
  { found, toImages, notes: linkNotes }: Linked<FoundStructures>,
  linked: LinkedStudy,
  stack: PlacedStack | undefined,
): Promise<{ set: OpenStructureSet; notes: readonly Problem[] }> {
  const { elements } = await wholeOf(found.source);
  const read = readStructureSet(elements);
  const notes: Problem[] = [...linkNotes, ...read.notes];
  const setFrame = found.frameOfReference;
  const structures = read.structures.map((structure): Structure => placedStructure(structure));
  const sides = wrongSides(structures);
  const withSides = structures.map((structure) => {
    const side = sides.get(structure.number);
    const problem: Problem = { code: 'dicom/structure-side', facts: { side: side ?? '' }, where: {} };
    return side === undefined ? structure : { ...structure, notes: [...(structure.notes ?? []), problem] };
  });
  const foreign = structures.filter(({ notes: own }) => own?.some(({ code }) => code === 'study/frame-differs')).length;
  if (foreign > 0) notes.push({ code: 'dicom/frames-differ-in-set', facts: {}, where: {} });
  const series = stack?.images[0]?.seriesUid;
  const object = read.label || 'RTSTRUCT';
  if (stack !== undefined && series !== undefined) {
    if (read.referencedSeriesUids.length > 0 && !read.referencedSeriesUids.includes(series)) {
      notes.push({ code: 'study/other-series', facts: { object }, where: {} });
    }
    if (!structuresMeet(withSides, stack.geometry.grid))
      notes.push({ code: 'study/outside-images', facts: { object }, where: {} });
  }
  const set: OpenStructureSet = {
    sopInstanceUid: read.sopInstanceUid,
    label: read.label,
    structures: withSides,
    referencedSeriesUid: read.referencedSeriesUids[0] ?? null,
  };
  return { set, notes };

  function placedStructure(structure: ReadStructure): Structure {
    const { number, name, type, colour, hints } = structure;
    const own: Problem[] = [...structure.notes];
    const elsewhere = structure.frameOfReference !== '' && structure.frameOfReference !== setFrame && setFrame !== '';
    const inImages = structure.frameOfReference === linked.frameOfReference;
    const visible = !elsewhere || inImages;
    if (!visible) own.push({ code: 'study/frame-differs', facts: { object: name }, where: {} });
    const still = toImages === identity || inImages;
    const contours = visible ? (still ? structure.contours : moved(structure.contours, toImages)) : [];
    const planes =
      stack === undefined || stack.geometry.spacingMm === null || !still
        ? undefined
        : { normal: stack.geometry.normal, spacingMm: stack.geometry.spacingMm };
    const placed: Structure = {
      number, name, type, colour, contours,
      frameOfReference: linked.frameOfReference,
      ...(planes === undefined ? {} : { planes }),
    }; // prettier-ignore
    own.push(...checkStructure(placed));
    if (stack !== undefined && still)
      own.push(
        ...checkHints(
          contours.map(({ points }) => points),
          hints,
          stack,
        ),
      );
    return { ...placed, notes: own };
  }
}

/** The image that a contour names is a hint: where it lies more than half a step away, the contour's own position is right. */
function checkHints(
  contours: readonly Float64Array[],
  hints: ReadStructureSet['structures'][number]['hints'],
  { images, geometry }: PlacedStack,
): readonly Problem[] {
  if (geometry.spacingMm === null || contours.length === 0) return [];
  const at = new Map(
    images.map(({ sopInstanceUid, positionMm }) => [
      sopInstanceUid,
      positionMm === null ? NaN : dot(positionMm, geometry.normal),
    ]),
  );
  const half = geometry.spacingMm / 2 + 0.01;
  const wrong = hints.filter(({ imageUid, contour }) => {
    const points = contours[contour];
    const image = at.get(imageUid);
    if (points === undefined || image === undefined) return false;
    const first: Vec3 = [points[0] as number, points[1] as number, points[2] as number];
    return Math.abs(dot(first, geometry.normal) - image) > half;
  });
  return wrong.length > 0 ? [{ code: 'dicom/structure-hint', facts: { count: wrong.length }, where: {} }] : [];
}

async function openDose(
  { found, toImages, notes }: Linked<FoundDose>,
  linked: LinkedStudy,
  stack?: PlacedStack,
): Promise<Dose> {
  const read = readDose(await wholeOf(found.source), found.source.path);
  const { grid } = read.volume;
  const placed: Grid = toImages === identity ? grid : { size: grid.size, affine: multiply(toImages, grid.affine) };
  const label = read.label || `${read.summationType} ${read.doseType}`.trim();
  const own: Problem[] = [...notes, ...read.notes];
  if (stack !== undefined && !gridsMeet(placed, stack.geometry.grid)) {
    own.push({ code: 'study/outside-images', facts: { object: label }, where: {} });
  }
  return {
    uid: read.sopInstanceUid,
    volume: { ...read.volume, grid: placed, frameOfReference: linked.frameOfReference },
    maximum: read.maximum,
    doseType: read.doseType,
    summationType: read.summationType,
    planUid: read.planUid,
    beamNumber: read.beamNumber,
    label,
    ...(read.structureSetUid !== null && read.histograms.length > 0
      ? { planning: { structureSetUid: read.structureSetUid, histograms: read.histograms } }
      : {}),
    notes: own,
  };
}

/** Prescriptions by ROI number get the structure's name from the plan's own set. */
function openPlan({ found, notes }: Linked<FoundPlan>, sets: readonly OpenStructureSet[]): Plan {
  const { plan } = found;
  const set = sets.find(({ sopInstanceUid }) => sopInstanceUid === plan.structureSetUid) ?? sets[0];
  const prescriptions = plan.shape.prescriptions.map((one, n) => {
    const number = plan.prescribedTo[n];
    const name = set?.structures.find((structure) => structure.number === number)?.name;
    return name === undefined ? one : { ...one, structure: name };
  });
  return {
    uid: plan.uid,
    structureSetUid: plan.structureSetUid,
    shape: { ...plan.shape, prescriptions },
    isocentresMm: plan.isocentresMm,
    notes: [...notes, ...plan.notes],
  };
}

/** A dose far from its plan's prescription may be of one fraction, or of another plan. */
function checkedAgainstPlan(dose: Dose, plans: readonly Plan[]): Dose {
  const plan = plans.find(({ uid }) => uid === dose.planUid);
  const prescriptionGy = plan?.shape.prescriptions[0]?.doseGy;
  if (prescriptionGy === undefined || dose.volume.unit !== 'Gy' || dose.summationType === 'BEAM') return dose;
  if (dose.maximum >= prescriptionGy / 2 && dose.maximum <= 1.6 * prescriptionGy) return dose;
  const facts = { maximumGy: Math.round(dose.maximum * 100) / 100, prescriptionGy };
  return { ...dose, notes: [...dose.notes, { code: 'dicom/dose-unlike-prescription', facts, where: {} }] };
}

interface Box {
  readonly low: readonly number[];
  readonly high: readonly number[];
}

function boxAround(points: readonly Vec3[]): Box {
  const ends = (choose: (...all: number[]) => number): number[] =>
    [0, 1, 2].map((axis) =>
      points.reduce((found, point) => choose(found, point[axis] as number), points[0]?.[axis] ?? NaN),
    );
  return { low: ends(Math.min), high: ends(Math.max) };
}

const boxesMeet = (a: Box, b: Box): boolean =>
  [0, 1, 2].every(
    (axis) =>
      (a.low[axis] as number) <= (b.high[axis] as number) && (b.low[axis] as number) <= (a.high[axis] as number),
  );

/** Whether the boxes around two grids meet in patient mm; a one-slice image only asks for the same plane's box. */
function gridsMeet(one: Grid, other: Grid): boolean {
  return boxesMeet(boxAround(cornersOf(one)), boxAround(cornersOf(other)));
}

function structuresMeet(structures: readonly Structure[], grid: Grid): boolean {
  const toVoxel = invert(grid.affine);
  let any = false;
  const points: Vec3[] = [];
  for (const { contours } of structures) {
    for (const { points: p } of contours) {
      any = true;
      const ends = boxAround(
        Array.from({ length: p.length / 3 }, (_, n): Vec3 => [
          p[3 * n] as number,
          p[3 * n + 1] as number,
          p[3 * n + 2] as number,
        ]),
      );
      points.push(ends.low as unknown as Vec3, ends.high as unknown as Vec3);
    }
  }
  if (!any) return true;
  const inVoxels = boxAround(points.map((point) => applyAffine(toVoxel, point)));
  return boxesMeet(inVoxels, { low: [-1, -1, -1], high: grid.size });
}
