import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { openStudyFolder } from '../../main/engine/study/openStudyFolder';
import type { ImageVolume, Study } from '../../main/engine/study/study';
import { doseAtVolume, doseVolumeHistogram, volumeAtDose } from '../../main/engine/volume/doseVolumeHistogram';
import { containsPoint, maskOf } from '../../main/engine/volume/mask';
import { samplerOf } from '../../main/engine/volume/sample';
import type { Vec3 } from '../../shared/geometry';
import type { Structure } from '../../shared/structure';

/** The folder of published data beside the checkout; tests that need it skip where it is absent. */
export const dataFolder = fileURLToPath(new URL('../../../shared/data/', import.meta.url));

interface Row {
  readonly voxels: number;
  readonly volumeCc: number;
  readonly doseCoveragePercent: number;
  readonly DminGy?: number;
  readonly DmaxGy?: number;
  readonly DmeanGy?: number;
  readonly D95Gy?: number;
  readonly D50Gy?: number;
  readonly D2Gy?: number;
  readonly V20GyPercent?: number;
}

/** Readings of one study by independent programs; definitions in data/README.md. */
export interface Reference {
  readonly ct: { size: Vec3; spacingMm: Vec3; originMm: Vec3; huMin: number; huMax: number; huMean: number };
  readonly dose: { shapeFramesRowsColumns: Vec3; originMm: Vec3; spacingMm: Vec3; maxGy: number; meanGy: number };
  readonly structures: Readonly<Record<string, Row>>;
  readonly points: readonly {
    readonly mm: Vec3;
    readonly huNearest: number | null;
    readonly huTrilinear?: number;
    readonly doseGyTrilinear: number | null;
    readonly structures: readonly string[];
  }[];
}

export const referenceOf = (name: string): Reference =>
  JSON.parse(readFileSync(`${dataFolder}reference/${name}.json`, 'utf8')) as Reference;

/** A study's active objects, read. */
export interface ReadStudy {
  readonly study: Study;
  readonly image: ImageVolume;
  readonly structures: readonly Structure[];
}

export async function readStudy(folder: string): Promise<ReadStudy> {
  const study = await openStudyFolder(folder);
  const image = await (study.images[0] as (typeof study.images)[number]).load();
  return { study, image, structures: study.structureSets[0]?.structures ?? [] };
}

/** What is read at a patient point: null where the reference has null. */
export interface PointReading {
  readonly hu: number | null;
  readonly huTrilinear: number | null;
  readonly gy: number | null;
  readonly structures: readonly string[];
}

export function readPoint({ study, image, structures }: ReadStudy, mm: Vec3): PointReading {
  const known = (value: number): number | null => (Number.isNaN(value) ? null : value);
  const dose = study.doses[0];
  return {
    hu: known(samplerOf(image, 'nearest')(mm)),
    huTrilinear: known(samplerOf(image, 'trilinear')(mm)),
    gy: dose === undefined ? null : known(samplerOf(dose.volume, 'trilinear')(mm)),
    structures: structures
      .filter((structure) => containsPoint(structure, mm, 1))
      .map(({ name }) => name)
      .sort(),
  };
}

/** Expects every number of a reference within its stated tolerance. */
export function expectReference(read: ReadStudy, reference: Reference): void {
  const { study, image, structures } = read;
  const dose = study.doses[0];
  expect(image.grid.size).toEqual(reference.ct.size);
  expect(image.range).toEqual([reference.ct.huMin, reference.ct.huMax]);
  let sum = 0;
  for (const value of image.values) sum += value;
  expect(sum / image.values.length).toBeCloseTo(reference.ct.huMean, 4);
  expect(dose?.maximum).toBeCloseTo(reference.dose.maxGy, 5);
  const single = image.grid.size[2] === 1;
  const grid = single && dose !== undefined ? dose.volume.grid : image.grid;
  for (const [name, row] of Object.entries(reference.structures)) {
    const structure = structures.find((one) => one.name === name) as Structure;
    expect(structure, name).toBeDefined();
    if (dose === undefined) continue;
    const histogram = doseVolumeHistogram(dose.volume, maskOf(structure, grid), grid);
    expect(histogram.voxels, name).toBe(row.voxels);
    expect(Math.abs(histogram.volumeCc - row.volumeCc), name).toBeLessThanOrEqual(1e-4 * row.volumeCc + 1e-4);
    expect(100 * histogram.coverage, name).toBeCloseTo(row.doseCoveragePercent, 2);
    const within = (mine: number | null, theirs: number | undefined, tolerance: number, what: string): void => {
      if (theirs !== undefined) expect(Math.abs((mine ?? NaN) - theirs), `${name} ${what}`).toBeLessThan(tolerance);
    };
    within(histogram.mean, row.DmeanGy, 0.01, 'Dmean');
    within(histogram.min, row.DminGy, 0.01, 'Dmin');
    within(histogram.max, row.DmaxGy, 0.01, 'Dmax');
    within(doseAtVolume(histogram, 95), row.D95Gy, 0.01, 'D95');
    within(doseAtVolume(histogram, 50), row.D50Gy, 0.01, 'D50');
    within(doseAtVolume(histogram, 2), row.D2Gy, 0.01, 'D2');
    // A voxel that has 20 Gy to the last digit falls on either side: one voxel of the structure.
    within(volumeAtDose(histogram, 20), row.V20GyPercent, 100 / histogram.doses.length + 0.001, 'V20');
  }
  for (const point of reference.points) {
    const mine = readPoint(read, point.mm);
    const where = point.mm.join(' ');
    if (!single) expect(mine.hu, where).toBe(point.huNearest);
    else if (point.huNearest !== null) expect(mine.hu, where).toBe(point.huNearest);
    if (point.huTrilinear !== undefined) {
      expect(Math.abs((mine.huTrilinear ?? NaN) - point.huTrilinear), where).toBeLessThan(0.05);
    }
    if (point.doseGyTrilinear === null) expect(mine.gy, where).toBeNull();
    else expect(Math.abs((mine.gy ?? NaN) - point.doseGyTrilinear), where).toBeLessThan(0.001);
    expect(mine.structures, where).toEqual([...point.structures].sort());
  }
}
