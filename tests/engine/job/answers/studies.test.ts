import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { studyAnswers } from '../../../../main/engine/job/answers/studies';
import { blobStore } from '../../../../main/engine/job/blobs';
import { openStudies } from '../../../../main/engine/job/openStudies';
import type { Answering } from '../../../../main/engine/job/session';
import { engineRequests } from '../../../../shared/contract/engine';
import { ctImage, dicomFile, doseGrid, longWords, square, structureSet } from '../../../samples/dicomFile';
import { testFolder, type TestFolder } from '../../../samples/folder';

let folder: TestFolder;
beforeEach(() => (folder = testFolder()));
afterEach(() => folder.remove());

const answering = (signal = new AbortController().signal): Answering => ({
  signal,
  progress: () => undefined,
  blobs: blobStore(),
  tell: () => undefined,
});

/** Four CT slices of 1.5 × 2 mm, a box of 2 × 2 voxels on two of them, and a dose of 1 … 8 Gy around them. */
function patient(zs: readonly number[] = [0, 2.5, 5, 7.5]): void {
  for (const z of zs) folder.write(`ct${z}`, dicomFile(ctImage(z)));
  const box = [0, 2.5].map((z) => square(-9.25, -19, z, 1.4));
  folder.write(
    's',
    dicomFile(
      structureSet([
        { name: 'Box', contours: box },
        { name: 'Empty', contours: [] },
      ]),
    ),
  );
  folder.write(
    'd',
    dicomFile(
      doseGrid({ PixelSpacing: [2, 1.5], DoseGridScaling: '1', PixelData: longWords([1, 2, 3, 4, 5, 6, 7, 8]) }),
    ),
  );
}

describe('the window’s requests for studies', () => {
  it('find, open and measure a study, as the contract says', async () => {
    patient();
    const answers = studyAnswers(openStudies());
    const found = engineRequests['engine/openFolder'].gives.parse(
      await answers['engine/openFolder']({ path: folder.path }, answering()),
    );
    expect(found.studies).toHaveLength(1);
    const id = found.studies[0]?.id ?? '';
    const asked = answering();
    const detail = engineRequests['engine/openStudy'].gives.parse(
      await answers['engine/openStudy']({ study: id }, asked),
    );
    expect(detail.image).toMatchObject({ type: 'int16', unit: 'HU', grid: { size: [4, 3, 4] } });
    expect(detail.dose).toMatchObject({ type: 'float32', unit: 'Gy', range: [1, 8] });
    expect(detail.modality).toBe('CT');
    const [box, empty] = detail.structures;
    // 2 × 2 voxels on 2 slices of 1.5 × 2 × 2.5 mm.
    expect(box?.volumeCc).toBeCloseTo((8 * 7.5) / 1000, 9);
    expect(box?.centroidMm).toEqual([-9.25, -19, 1.25]);
    expect(empty).toMatchObject({ volumeCc: null, centroidMm: null, notes: [{ code: 'dicom/structure-empty' }] });
    const { rows } = engineRequests['engine/doseVolumeHistograms'].gives.parse(
      await answers['engine/doseVolumeHistograms']({ study: id }, answering()),
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      structure: 'Box',
      voxels: 8,
      coverage: 1,
      dMinGy: 1,
      dMeanGy: 4.5,
      dMaxGy: 8,
      d95Gy: 1,
      d50Gy: 5,
      d2Gy: 8,
    });
    expect(rows[0]?.curve[0]).toEqual([0, 100]);
  });

  it('keep an id through another scan, and forget nothing that was found when a study is closed', async () => {
    patient();
    const studies = openStudies();
    const answers = studyAnswers(studies);
    const once = await answers['engine/openFolder']({ path: folder.path }, answering());
    const again = await answers['engine/openFolder']({ path: folder.path }, answering());
    expect(again.studies[0]?.id).toBe(once.studies[0]?.id);
    const id = once.studies[0]?.id ?? '';
    expect(() => studies.get(id)).toThrow(/not open/);
    await answers['engine/openStudy']({ study: id }, answering());
    expect(studies.get(id).images).toHaveLength(1);
    studies.close(id);
    expect(() => studies.get(id)).toThrow(/not open/);
    expect((await answers['engine/openStudy']({ study: id }, answering())).id).toBe(id);
  });

  it('are refused with a way on: no study, no DICOM, no dose, missing slices', async () => {
    const answers = studyAnswers(openStudies());
    const refused = (code: string) => ({ problem: { code } });
    await expect(answers['engine/openStudy']({ study: 'x' }, answering())).rejects.toMatchObject(
      refused('study/not-open'),
    );
    await expect(answers['engine/openFolder']({ path: folder.path }, answering())).rejects.toMatchObject(
      refused('study/nothing'),
    );
    for (const z of [0, 2.5, 5]) folder.write(`ct${z}`, dicomFile(ctImage(z)));
    const { studies } = await answers['engine/openFolder']({ path: folder.path }, answering());
    await expect(
      answers['engine/doseVolumeHistograms']({ study: studies[0]?.id ?? '' }, answering()),
    ).rejects.toMatchObject(refused('study/no-dose'));
    patient([0, 2.5, 5, 12.5, 15]);
    const gap = await answers['engine/openFolder']({ path: folder.path }, answering());
    await expect(
      answers['engine/doseVolumeHistograms']({ study: gap.studies[0]?.id ?? '' }, answering()),
    ).rejects.toMatchObject(refused('dicom/slice-missing'));
  });

  it('open structures and dose where the images are compressed, and say why there is no image', async () => {
    patient();
    for (const z of [0, 2.5, 5, 7.5])
      folder.write(`ct${z}`, dicomFile(ctImage(z), 'explicit', '1.2.840.10008.1.2.4.50'));
    const answers = studyAnswers(openStudies());
    const { studies } = await answers['engine/openFolder']({ path: folder.path }, answering());
    const detail = await answers['engine/openStudy']({ study: studies[0]?.id ?? '' }, answering());
    expect(detail.image).toBeNull();
    expect(detail.notes.map(({ code }) => code)).toContain('dicom/transfer-syntax-unsupported');
    expect(detail.structures).toHaveLength(2);
    expect(detail.dose).not.toBeNull();
  });

  it('stop when they are cancelled', async () => {
    patient();
    const answers = studyAnswers(openStudies());
    await expect(answers['engine/openFolder']({ path: folder.path }, answering(AbortSignal.abort()))).rejects.toThrow(
      /abort/i,
    );
    const { studies } = await answers['engine/openFolder']({ path: folder.path }, answering());
    await expect(
      answers['engine/openStudy']({ study: studies[0]?.id ?? '' }, answering(AbortSignal.abort())),
    ).rejects.toThrow(/abort/i);
  });
});
