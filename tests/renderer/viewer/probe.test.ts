// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest';
import { packContours } from '../../../shared/packedContours';
import type { StudyDetail } from '../../../shared/study';
import { probeAt } from '../../../renderer/viewer/probeAt';
import { doseText, mapText, pointText } from '../../../renderer/viewer/probeText';
import { placeStructure } from '../../../renderer/viewer/placedStructure';
import { stacksOf, type Scene } from '../../../renderer/viewer/scene';
import { coordinateText } from '../../../renderer/viewer/viewerWords';
import type { Voxels } from '../../../renderer/viewer/voxels';
import { viewerEn } from '../../../renderer/locales/viewer.en';
import type { BlobVolume } from '../../../shared/study';
import type { VoxelArray } from '../../../shared/volume';
import { blobOf, upright } from './grids';

const t = (key: keyof typeof viewerEn, facts: Readonly<Record<string, string | number>> = {}): string =>
  viewerEn[key].replace(/\{(\w+)\}/g, (_, name: string) => String(facts[name]));

const wholeOf = (source: BlobVolume, values: VoxelArray): Voxels => ({
  source,
  values,
  come: new Uint8Array(source.grid.size[2]).fill(1),
  version: 1,
  slicesCome: source.grid.size[2],
  whole: true,
  failure: null,
});

const image = blobOf(upright([4, 4, 4], [2, 2, 2]), 'int16', [0, 63]);
const dose = { ...blobOf(upright([3, 3, 3], [2, 2, 2]), 'float32', [0, 60]), unit: 'Gy' };
const map = blobOf(upright([2, 2, 2], [4, 4, 4], [1, 1, 1]), 'float32', [-1, 1]);
const study: StudyDetail = {
  id: 's',
  image,
  gapsMm: [],
  modality: 'CT',
  structures: [],
  dose,
  doseType: 'PHYSICAL',
  structureSetId: null,
  doseId: null,
  framesAccepted: [],
  objects: [],
  prescriptionGy: 60,
  plan: null,
  notes: [],
};
const square = Float64Array.from([1, 1, 2, 5, 1, 2, 5, 5, 2, 1, 5, 2]);
const scene: Scene = {
  study,
  stacks: stacksOf(image.grid),
  image: wholeOf(
    image,
    Int16Array.from({ length: 64 }, (_, n) => n),
  ),
  dose: wholeOf(
    dose,
    Float32Array.from({ length: 27 }, (_, n) => 10 * (n % 3)),
  ),
  map: {
    overlay: { kind: 'support', volume: map, name: { en: 'support', fr: 'appui' }, unit: '1', range: [-1, 1] },
    voxels: wholeOf(map, new Float32Array([0.14, 0.2, 0.3, NaN, 0.5, 0.6, 0.7, 0.8])),
  },
  structures: [
    placeStructure(
      {
        number: 1,
        name: 'Box',
        type: '',
        colour: [1, 2, 3],
        contours: packContours([square]),
        volumeCc: null,
        centroidMm: null,
        notes: [],
      },
      2,
    ),
  ],
  bodyMm: null,
};

describe('the values under the cursor', () => {
  it('are the voxel’s own HU, the trilinear dose and the map’s true cell', () => {
    const found = probeAt(scene, [2.9, 2, 2], 'en');
    expect(found.image).toEqual({ value: 1 + 4 + 16, unit: 'HU' });
    expect(found.dose?.value).toBeCloseTo(14.5, 6);
    expect(found.dose?.percent).toBeCloseTo((14.5 / 60) * 100, 6);
    expect(found.map).toMatchObject({ name: 'support', value: expect.closeTo(0.14, 6) as number, cellMm: [4, 4, 4] });
    expect(found.inside).toEqual(['Box']);
    expect(mapText(found, 'en', t)).toBe('support +0.14 · 4 mm cell');
    expect(doseText(found, 'fr', t)).toBe('14,5\u202fGy (24\u202f%)');
  });

  it('say so outside of the dose grid, where the map was not computed, and outside of everything', () => {
    const outsideDose = probeAt(scene, [4.5, 2, 2], 'en');
    expect(outsideDose.dose).toEqual({ value: null, unit: 'Gy', percent: null });
    expect(doseText(outsideDose, 'en', t)).toBe('outside dose grid');
    expect(mapText(probeAt(scene, [5, 5, 1], 'en'), 'en', t)).toBe('support not computed');
    const away = probeAt(scene, [100, 0, 0], 'en');
    expect(away.image).toBeNull();
    expect(mapText(away, 'en', t)).toBe('support outside map');
    expect(away.inside).toEqual([]);
  });

  it('are placed by letters sideways and front to back, by sign along the body', () => {
    expect(pointText({ pointMm: [50.6, 24.4, -12.5] }, 'en')).toBe('L 50.6 · P 24.4 · S −12.5\u202fmm');
    expect(pointText({ pointMm: [-50.64, -0.04, 3] }, 'fr')).toBe('R 50,6 · P 0,0 · S 3,0\u202fmm');
    expect(coordinateText('LA', -3, 'en')).toBe('LA −3.0');
  });
});
