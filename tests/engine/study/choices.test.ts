import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStudyFolder } from '../../../main/engine/study/openStudyFolder';
import { openStudies } from '../../../main/engine/job/openStudies';
import { scanFolder } from '../../../main/engine/study/scanFolder';
import { planDoseFor } from '../../../main/engine/recipe/source';
import {
  ctImage,
  dicomFile,
  doseGrid,
  longWords,
  sop,
  square,
  structureSet,
  type Attributes,
} from '../../samples/dicomFile';
import { testFolder, type TestFolder } from '../../samples/folder';

let folder: TestFolder;
beforeEach(() => (folder = testFolder()));
afterEach(() => folder.remove());

const stack = (): void => {
  for (const z of [0, 2.5, 5, 7.5]) folder.write(`ct${z}`, dicomFile(ctImage(z)));
};
const contours = [0, 2.5, 5].map((z) => square(-8, -18, z, 1.2));
const set = (changes: Attributes = {}): Attributes => structureSet([{ name: 'A', contours }], changes);
const plan = (beams: readonly number[]): Attributes => ({
  SOPClassUID: sop.plan, SOPInstanceUID: '1.2.3.3', Modality: 'RTPLAN', PatientID: 'T1', PatientName: 'TEST^ONE', StudyInstanceUID: '1.2.9',
  SeriesInstanceUID: '1.2.22', RTPlanLabel: 'PLAN', FrameOfReferenceUID: '1.2.11',
  BeamSequence: beams.map((number) => ({ BeamNumber: number, BeamName: `B${number}`, RadiationType: 'PHOTON' })),
}); // prettier-ignore
const beamDose = (number: number, stored: readonly number[], changes: Attributes = {}): Uint8Array =>
  dicomFile(
    doseGrid({
      SOPInstanceUID: `1.2.3.2.${number}`,
      DoseSummationType: 'BEAM',
      PixelData: longWords(stored),
      ReferencedRTPlanSequence: [
        {
          ReferencedSOPInstanceUID: '1.2.3.3',
          ReferencedFractionGroupSequence: [{ ReferencedBeamSequence: [{ ReferencedBeamNumber: number }] }],
        },
      ],
      ...changes,
    }),
  );
const one = [1, 2, 3, 4, 5, 6, 7, 8];
const two = [10, 20, 30, 40, 50, 60, 70, 80];

describe('the doses of a plan’s beams', () => {
  it('are offered as their sum, voxel by voxel, when every beam has one', async () => {
    stack();
    folder.write('p', dicomFile(plan([1, 2])));
    folder.write('d1', beamDose(1, one));
    folder.write('d2', beamDose(2, two));
    const study = await openStudyFolder(folder.path);
    const [sum, ...others] = study.doses;
    expect([...(sum?.volume.values ?? [])]).toEqual([5.5, 11, 16.5, 22, 27.5, 33, 38.5, 44]);
    expect(sum).toMatchObject({ summationType: 'PLAN', maximum: 44, planUid: '1.2.3.3' });
    expect(sum?.notes.map(({ code, facts }) => [code, facts])).toEqual([['study/dose-summed', { count: 2 }]]);
    expect(others.map(({ summationType }) => summationType)).toEqual(['BEAM', 'BEAM']);
    expect(study.summary.objects.filter(({ kind }) => kind === 'dose').map(({ id }) => id)).toContain(sum?.uid);
    expect(planDoseFor(study, '1.2.11').uid).toBe(sum?.uid);
  });

  it.each([
    ['a beam has none', [1, 2, 3], {}],
    ['their grids differ', [1, 2], { PixelSpacing: [2, 2.5] }],
    ['one is of the whole plan', [1, 2], { DoseSummationType: 'PLAN' }],
    ['their types differ', [1, 2], { DoseType: 'EFFECTIVE' }],
  ] as const)('are not added where %s', async (_, beams, changes) => {
    stack();
    folder.write('p', dicomFile(plan(beams)));
    folder.write('d1', beamDose(1, one));
    folder.write('d2', beamDose(2, two, changes));
    const study = await openStudyFolder(folder.path);
    expect(study.doses).toHaveLength(2);
    expect(study.doses.flatMap(({ notes }) => notes.map(({ code }) => code))).not.toContain('study/dose-summed');
  });
});

describe('choosing', () => {
  it('makes another structure set and another dose the active ones', async () => {
    stack();
    folder.write('s1', dicomFile(set({ StructureSetDate: '20260102' })));
    folder.write('s2', dicomFile(set({ SOPInstanceUID: '1.2.3.9', StructureSetDate: '20260101' })));
    folder.write('d1', dicomFile(doseGrid()));
    folder.write('d2', dicomFile(doseGrid({ SOPInstanceUID: '1.2.3.8', DoseSummationType: 'FRACTION' })));
    const byRule = await openStudyFolder(folder.path);
    expect([byRule.structureSets[0]?.sopInstanceUid, byRule.doses[0]?.uid]).toEqual(['1.2.3.1', '1.2.3.2']);
    const study = await openStudyFolder(folder.path, { choices: { structureSet: '1.2.3.9', dose: '1.2.3.8' } });
    expect([study.structureSets[0]?.sopInstanceUid, study.doses[0]?.uid]).toEqual(['1.2.3.9', '1.2.3.8']);
    expect(study.structureSets).toHaveLength(2);
    expect(planDoseFor(study, '1.2.11').uid).toBe('1.2.3.8');
    expect(planDoseFor(byRule, '1.2.11').uid).toBe('1.2.3.2');
  });

  it('of what is not there is refused by name', async () => {
    stack();
    await expect(openStudyFolder(folder.path, { choices: { dose: '9.9' } })).rejects.toMatchObject({
      problem: { code: 'study/no-such-object', facts: { object: '9.9' } },
    });
  });

  it('reads the voxels once, whatever is laid over them', async () => {
    stack();
    folder.write('s1', dicomFile(set({ StructureSetDate: '20260102' })));
    folder.write('s2', dicomFile(set({ SOPInstanceUID: '1.2.3.9', StructureSetDate: '20260101' })));
    const studies = openStudies();
    studies.found((await scanFolder(folder.path)).studies);
    const signal = new AbortController().signal;
    const id = (await scanFolder(folder.path)).studies[0]?.summary.id ?? '';
    const before = await studies.open(id, null, signal);
    const after = await studies.open(id, { structureSet: '1.2.3.9' }, signal);
    expect(after.study.structureSets[0]?.sopInstanceUid).toBe('1.2.3.9');
    expect(after.image).toBe(before.image);
    expect(await studies.open(id, null, signal)).toBe(after);
  });
});

describe('an object of another frame of reference', () => {
  it('is laid over the images only when the user accepts it by name, and says so', async () => {
    stack();
    folder.write(
      's',
      dicomFile(
        set({ StructureSetROISequence: [{ ROINumber: 1, ROIName: 'A', ReferencedFrameOfReferenceUID: '7.7' }] }),
      ),
    );
    const refused = await openStudyFolder(folder.path);
    expect(refused.structureSets).toEqual([]);
    const study = await openStudyFolder(folder.path, { choices: { framesAccepted: ['1.2.3.1'] } });
    expect(study.structureSets[0]?.structures[0]?.contours).toHaveLength(3);
    expect(study.structureSets[0]?.structures[0]?.frameOfReference).toBe('1.2.11');
    const object = study.summary.objects.find(({ kind }) => kind === 'structures');
    expect(object).toMatchObject({ usable: true });
    expect(object?.notes.map(({ code }) => code)).toContain('study/frame-accepted');
    const other = await openStudyFolder(folder.path, { choices: { framesAccepted: ['1.2.3.2'] } });
    expect(other.structureSets).toEqual([]);
  });
});
