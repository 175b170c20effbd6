import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStudyFolder } from '../../../main/engine/study/openStudyFolder';
import { scanFolder } from '../../../main/engine/study/scanFolder';
import type { Study } from '../../../main/engine/study/study';
import { applyAffine } from '../../../shared/geometry';
import {
  ctImage,
  dicomFile,
  doseGrid,
  sop,
  square,
  structureSet,
  words,
  type Attributes,
} from '../../samples/dicomFile';
import { testFolder, type TestFolder } from '../../samples/folder';

let folder: TestFolder;
beforeEach(() => (folder = testFolder()));
afterEach(() => folder.remove());

const zs = [0, 2.5, 5, 7.5];
const stack = (changes: Attributes = {}, prefix = 'ct', positions: readonly number[] = zs): void => {
  for (const z of positions) folder.write(`${prefix}${z}`, dicomFile({ ...ctImage(z), ...changes }));
};
const contours = [0, 2.5, 5].map((z) => square(-8, -18, z, 1.2));
const set = (changes: Attributes = {}): Attributes => structureSet([{ name: 'A', contours }], changes);
const plan: Attributes = {
  SOPClassUID: sop.plan, SOPInstanceUID: '1.2.3.3', Modality: 'RTPLAN', PatientID: 'T1', PatientName: 'TEST^ONE', StudyInstanceUID: '1.2.9',
  SeriesInstanceUID: '1.2.22', RTPlanLabel: 'PLAN', ReferencedStructureSetSequence: [{ ReferencedSOPInstanceUID: '1.2.3.1' }],
  DoseReferenceSequence: [
    { DoseReferenceType: 'TARGET', DoseReferenceStructureType: 'VOLUME', ReferencedROINumber: 1, TargetPrescriptionDose: 4 },
  ],
}; // prettier-ignore
const inPlan: Attributes = { ReferencedRTPlanSequence: [{ ReferencedSOPInstanceUID: '1.2.3.3' }] };
const unlinked = (study: Study): (string | undefined)[][] =>
  study.summary.objects.filter(({ usable }) => !usable).map(({ kind, notes }) => [kind, notes[0]?.code]);

describe('scanning a folder', () => {
  it('links images, structures, dose and plan of one patient', async () => {
    stack();
    folder.write('s', dicomFile(set()));
    folder.write('d', dicomFile(doseGrid(inPlan)));
    folder.write('p', dicomFile(plan));
    folder.write('readme.txt', 'not DICOM');
    const { studies, notDicom, notes } = await scanFolder(folder.path);
    expect([studies.length, notDicom, notes]).toEqual([1, 1, []]);
    const study = await openStudyFolder(folder.path);
    expect(study.summary.objects.map(({ kind, usable }) => [kind, usable])).toEqual([
      ['image', true], ['structures', true], ['dose', true], ['plan', true],
    ]); // prettier-ignore
    expect(study.plans[0]?.shape.prescriptions).toEqual([{ structure: 'A', doseGy: 4, from: 'plan' }]);
    expect(study.structureSets[0]?.structures[0]?.planes).toEqual({ normal: [0, 0, 1], spacingMm: 2.5 });
    const image = await study.images[0]?.load();
    expect(image?.values.slice(0, 3)).toEqual(Int16Array.of(-24, -23, -22));
    expect(image?.range).toEqual([-24, 737]);
    expect(image?.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('gives the same study whatever the files are called', async () => {
    stack();
    const one = await openStudyFolder(folder.path);
    const first = await one.images[0]?.load();
    const other = testFolder();
    [...zs].reverse().forEach((z, n) => other.write(`x${n}/IM${n}`, dicomFile(ctImage(z))));
    const two = await openStudyFolder(other.path);
    const second = await two.images[0]?.load();
    expect(two.summary.id).toBe(one.summary.id);
    expect(second?.values).toEqual(first?.values);
    expect(second?.sha256).toBe(first?.sha256);
    other.remove();
  });

  it('keeps patients apart and asks which one is meant, without naming them', async () => {
    stack({}, 'one/');
    for (const z of zs) folder.write(`two/${z}`, dicomFile({ ...ctImage(z), PatientID: 'T2', PatientName: 'OTHER^TWO', SeriesInstanceUID: '1.5', SOPInstanceUID: `1.7.${z * 10}` })); // prettier-ignore
    const { studies } = await scanFolder(folder.path);
    expect(studies.map(({ summary }) => summary.patient.id)).toEqual(['T1', 'T2']);
    // Each is named by the folder that holds it and no other.
    expect(studies.map(({ summary }) => summary.path)).toEqual([join(folder.path, 'one'), join(folder.path, 'two')]);
    await expect(openStudyFolder(folder.path)).rejects.toMatchObject({
      problem: { code: 'study/several-patients', facts: { count: 2, choices: 'one, two' } },
    });
    const named = await openStudyFolder(folder.path, { series: '1.5' });
    expect(named.summary.patient.id).toBe('T2');
    await expect(openStudyFolder(folder.path, { series: '9.9' })).rejects.toMatchObject({
      problem: { code: 'study/series-missing' },
    });
  });

  it('does not link a dose to the plan of another patient', async () => {
    stack();
    folder.write('d', dicomFile(doseGrid(inPlan)));
    folder.write('p', dicomFile({ ...plan, PatientID: 'T2' }));
    const { studies } = await scanFolder(folder.path);
    expect(studies.every(({ summary }) => summary.path === folder.path)).toBe(true);
    const mine = studies.find(({ summary }) => summary.patient.id === 'T1');
    expect(mine?.summary.objects.find(({ kind }) => kind === 'dose')).toMatchObject({
      usable: false,
      notes: [{ code: 'study/other-patient' }],
    });
  });

  it('lists contours and dose of another frame of reference with the reason, and does not overlay them', async () => {
    stack();
    folder.write(
      's',
      dicomFile(
        structureSet([{ name: 'A', contours }], {
          StructureSetROISequence: [{ ROINumber: 1, ROIName: 'A', ReferencedFrameOfReferenceUID: '1.99' }],
        }),
      ),
    );
    folder.write('d', dicomFile(doseGrid({ FrameOfReferenceUID: '1.99' })));
    const study = await openStudyFolder(folder.path);
    expect([study.structureSets, study.doses]).toEqual([[], []]);
    expect(unlinked(study)).toEqual([['structures', 'study/frame-differs'], ['dose', 'study/frame-differs']]); // prettier-ignore
  });

  it('brings them over where a rigid registration says how', async () => {
    stack();
    folder.write('d', dicomFile(doseGrid({ FrameOfReferenceUID: '1.99' })));
    folder.write(
      's',
      dicomFile(
        structureSet([{ name: 'A', contours }], {
          StructureSetROISequence: [{ ROINumber: 1, ROIName: 'A', ReferencedFrameOfReferenceUID: '1.99' }],
        }),
      ),
    );
    const matrix = [1, 0, 0, 1, 0, 1, 0, 2, 0, 0, 1, 3, 0, 0, 0, 1];
    folder.write('r', dicomFile({
      SOPClassUID: sop.registration, SOPInstanceUID: '1.2.3.9', PatientID: 'T1', StudyInstanceUID: '1.2.9', FrameOfReferenceUID: '1.2.11',
      RegistrationSequence: [{ FrameOfReferenceUID: '1.99', MatrixRegistrationSequence: [{ MatrixSequence: [
        { FrameOfReferenceTransformationMatrixType: 'RIGID', FrameOfReferenceTransformationMatrix: matrix },
      ] }] }],
    })); // prettier-ignore
    const study = await openStudyFolder(folder.path);
    expect(study.doses[0]?.notes.map(({ code }) => code)).toEqual(['study/registered']);
    expect(study.doses[0] && applyAffine(study.doses[0].volume.grid.affine, [0, 0, 0])).toEqual([-9, -18, 3]);
    expect([...(study.structureSets[0]?.structures[0]?.contours[0]?.points ?? [])].slice(0, 3)).toEqual([
      -8.2, -17.2, 3,
    ]);
  });

  it('keeps the first of two equal copies, and neither of two files that differ', async () => {
    stack();
    folder.write('copy', dicomFile(ctImage(0)));
    expect((await scanFolder(folder.path)).notes).toEqual([]);
    folder.write('copy', dicomFile({ ...ctImage(0), PixelData: words(new Array<number>(12).fill(7)) }));
    const { notes, studies } = await scanFolder(folder.path);
    expect(notes.map(({ code }) => code)).toEqual(['dicom/same-image']);
    expect(studies[0]?.summary.objects[0]?.detail).toBe('4 × 3 × 3');
  });

  it('reads the folder of a DICOMDIR, and refuses an empty folder and one without DICOM', async () => {
    await expect(openStudyFolder(folder.path)).rejects.toMatchObject({
      problem: { code: 'study/nothing', facts: { files: 0 } },
    });
    folder.write('notes.txt', 'nothing here');
    await expect(openStudyFolder(folder.path)).rejects.toMatchObject({
      problem: { code: 'study/nothing', facts: { files: 1 } },
    });
    stack();
    const directory = folder.write(
      'DICOMDIR',
      dicomFile({ SOPClassUID: '1.2.840.10008.1.3.10', SOPInstanceUID: '1.1' }),
    );
    expect((await scanFolder(directory)).studies).toHaveLength(1);
    await expect(openStudyFolder(join(folder.path, 'nowhere'))).rejects.toMatchObject({
      problem: { code: 'files/missing' },
    });
  });

  it('refuses compressed images and multi-frame ones by name, and goes on', async () => {
    stack({}, 'jpeg', []);
    for (const z of zs) folder.write(`j${z}`, dicomFile(ctImage(z), 'explicit', '1.2.840.10008.1.2.4.90'));
    folder.write('e', dicomFile({ ...ctImage(99), SOPClassUID: sop.enhancedCt, SeriesInstanceUID: '1.8' }));
    folder.write('s', dicomFile(set()));
    const study = await openStudyFolder(folder.path);
    expect(unlinked(study)).toEqual([['image', 'dicom/transfer-syntax-unsupported'], ['other', 'dicom/multi-frame-unsupported']]); // prettier-ignore
    await expect(study.images[0]?.load()).rejects.toMatchObject({
      problem: { code: 'dicom/transfer-syntax-unsupported', facts: { name: 'JPEG 2000 Lossless' } },
    });
    expect(study.structureSets).toHaveLength(1);
  });

  it('says that a dose without scaling, or a cut file, cannot be used; the rest opens', async () => {
    stack();
    folder.write('d', dicomFile(doseGrid({ DoseGridScaling: '' })));
    const cut = dicomFile(set());
    folder.write('s', cut.subarray(0, cut.length - 40));
    const study = await openStudyFolder(folder.path);
    expect(unlinked(study)).toEqual([['dose', 'dicom/dose-no-scale'], ['other', 'dicom/cut-short']]); // prettier-ignore
    expect(study.images).toHaveLength(1);
  });

  it('counts a slice whose pixels are cut as missing, and says so', async () => {
    stack();
    const cut = dicomFile(ctImage(2.5));
    folder.write('ct2.5', cut.subarray(0, cut.length - 6));
    const image = await (await openStudyFolder(folder.path)).images[0]?.load();
    expect(image?.notes.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['dicom/slice-missing', 'dicom/slices-unreadable']),
    );
    expect(image?.gapsMm).toEqual([2.5]);
    // Half-way between the slices below and above.
    expect(image?.values[12]).toBe(Math.round((-24 + 476) / 2));
  });

  it('never lets an unsigned value wrap, and keeps fractions', async () => {
    stack({ PixelData: words([65535, ...new Array<number>(11).fill(1000)]) });
    const wide = await (await openStudyFolder(folder.path)).images[0]?.load();
    expect(wide?.values).toBeInstanceOf(Float32Array);
    expect(wide?.range).toEqual([-24, 64511]);
    stack({ RescaleSlope: 0.5 });
    const fractions = await (await openStudyFolder(folder.path)).images[0]?.load();
    expect(fractions?.values[1]).toBe(-523.5);
  });

  it('says what is uncalibrated', async () => {
    stack({ RescaleType: 'US' });
    const image = await (await openStudyFolder(folder.path)).images[0]?.load();
    expect(image?.unit).toBe('a.u.');
    expect(image?.notes.map(({ code }) => code)).toContain('dicom/not-hu');
  });

  it('warns of a name on the wrong side, a contour across the images, and one that names another slice', async () => {
    stack();
    const hinted = set({
      StructureSetROISequence: ['Parotid_L', 'Parotid_R', 'Across'].map((ROIName, n) => ({
        ROINumber: n + 1,
        ROIName,
        ReferencedFrameOfReferenceUID: '1.2.11',
      })),
      ROIContourSequence: [
        {
          ReferencedROINumber: 1,
          ContourSequence: [
            {
              ContourGeometricType: 'CLOSED_PLANAR',
              ContourData: square(-9, -18, 0, 0.6),
              ContourImageSequence: [{ ReferencedSOPInstanceUID: '1.2.3.1075' }],
            },
          ],
        },
        {
          ReferencedROINumber: 2,
          ContourSequence: [{ ContourGeometricType: 'CLOSED_PLANAR', ContourData: square(-6, -18, 0, 0.6) }],
        },
        {
          ReferencedROINumber: 3,
          ContourSequence: [
            { ContourGeometricType: 'CLOSED_PLANAR', ContourData: [-8, -19, 0, -8, -17, 0, -8, -17, 5] },
          ],
        },
      ],
    });
    folder.write('s', dicomFile(hinted));
    const notes = (await openStudyFolder(folder.path)).structureSets[0]?.structures.map((one) =>
      one.notes?.map(({ code }) => code).sort(),
    );
    expect(notes).toEqual([['dicom/structure-hint', 'dicom/structure-side'], ['dicom/structure-side'], ['dicom/structure-other-plane']]); // prettier-ignore
  });

  it('stops when it is cancelled, and tells how far it is', async () => {
    stack();
    const seen: number[] = [];
    await scanFolder(folder.path, { progress: ({ done }) => seen.push(done) });
    expect(seen).toEqual([1, 2, 3, 4]);
    await expect(scanFolder(folder.path, { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
  });

  it('puts no patient data into problems, whatever the files hold', async () => {
    const marked = {
      PatientID: 'MARKER-ID',
      PatientName: 'MARKER^NAME',
      StudyDescription: 'MARKER study',
      SeriesDescription: 'MARKER series',
    };
    stack(marked, 'ct', [0, 2.5, 10]);
    folder.write('d', dicomFile({ ...doseGrid({ DoseGridScaling: 'MARKER' }), ...marked }));
    folder.write('s', dicomFile({ ...set({ StructureSetLabel: 'L' }), ...marked }).subarray(0, 700));
    const { notes } = await scanFolder(folder.path);
    const study = await openStudyFolder(folder.path);
    const said = JSON.stringify([notes, study.notes, study.summary.objects.map((object) => object.notes)]);
    expect(said).not.toContain('MARKER');
    expect(study.summary.objects.length).toBeGreaterThan(1);
  });
});
