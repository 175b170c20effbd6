import dicomParser from 'dicom-parser';
import { createHash } from 'node:crypto';
import { mkdtempSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Volume } from '../../../shared/volume';
import { writeStudy } from '../../../main/engine/dicom/writer/writeStudy';
import { makePatients, patientSeed } from '../../../main/engine/phantom/makePatients';
import { phantomPatient, type PhantomPatient } from '../../../main/engine/phantom/phantomPatient';
import { studyOf } from '../../../main/engine/phantom/study';
import { boxedMask, maskOfRuns, truthOf } from '../../../main/engine/phantom/truth';
import { openStudyFolder } from '../../../main/engine/study/openStudyFolder';
import {
  doseAtVolume,
  doseVolumeHistogram,
  type DoseVolumeHistogram,
} from '../../../main/engine/volume/doseVolumeHistogram';
import { maskOf } from '../../../main/engine/volume/mask';

const seed = 11;
const scratch = mkdtempSync(join(tmpdir(), 'isolens-phantom-'));
let patient: PhantomPatient;
let masks: PhantomPatient['masks'];
beforeAll(async () => {
  patient = await phantomPatient(seed, { matrix: 128, sliceMm: 3 });
  masks = { ...patient.masks }; // each is worked out when it is asked for
  mkdirSync(join(scratch, 'study'));
  for await (const { name, bytes } of writeStudy(studyOf(patient, 'HN-0001'))) {
    writeFileSync(join(scratch, 'study', name), bytes);
  }
}, 240_000);
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const hashOf = ({ values }: Volume): string => createHash('sha256').update(values).digest('hex');
function histogramOf(name: string): DoseVolumeHistogram {
  const structure = patient.structures.find((one) => one.name === name);
  if (structure === undefined) throw new Error(`${name} is not there`);
  const { mask, grid } = boxedMask(structure, patient.ct.grid);
  return doseVolumeHistogram(patient.dose, mask, grid);
}
const overlap = (a: string, b: string): number => {
  const [one, other] = [masks[a], masks[b]];
  let n = 0;
  if (one && other) for (let at = one.indexOf(1); at >= 0; at = one.indexOf(1, at + 1)) n += other[at] ?? 0;
  return n;
};

describe('a synthetic patient', () => {
  it('is the same for the same seed, bit for bit', async () => {
    const again = await phantomPatient(seed, { matrix: 128, sliceMm: 3 });
    expect(hashOf(again.ct)).toBe(hashOf(patient.ct));
    expect(hashOf(again.dose)).toBe(hashOf(patient.dose));
    const files = studyOf(again, 'HN-0001');
    let n = 0;
    for await (const { name, bytes } of writeStudy(files)) {
      if (n++ % 40 === 0 || name.startsWith('R')) {
        expect(Buffer.compare(bytes, readFileSync(join(scratch, 'study', name)))).toBe(0);
      }
    }
  }, 240_000);

  it('has the structures that planners draw, none left out', () => {
    const names = patient.structures.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        'BODY', 'Brain', 'Brainstem', 'SpinalCord', 'Eye_L', 'Eye_R', 'Parotid_L', 'Parotid_R', 'Glnd_Submand_L',
        'Glnd_Submand_R', 'Larynx', 'Esophagus', 'Bone_Mandible', 'Airway', 'PTV_7000', 'PTV_5600',
      ]),
    ); // prettier-ignore
    expect(names.every((name) => name.length <= 16)).toBe(true);
  });

  it('keeps left on the left: larger x in the patient', () => {
    const truth = truthOf(patient, 'x') as { structures: { name: string; centroidMm: number[] }[] };
    const x = (name: string): number => truth.structures.find((one) => one.name === name)?.centroidMm[0] ?? Number.NaN;
    for (const organ of ['Parotid', 'Glnd_Submand', 'Eye'])
      expect(x(`${organ}_L`)).toBeGreaterThan(x(`${organ}_R`) + 40);
  });

  it('keeps organs and dose levels apart, and everything in the body', () => {
    const apart = [
      'Brain',
      'Brainstem',
      'SpinalCord',
      'Parotid_L',
      'Parotid_R',
      'Bone_Mandible',
      'Eye_L',
      'Eye_R',
      'Larynx',
    ];
    for (const [n, a] of apart.entries())
      for (const b of apart.slice(n + 1)) expect([a, b, overlap(a, b)]).toEqual([a, b, 0]);
    const levels = patient.plan.levels.map(({ name }) => name);
    for (const [n, a] of levels.entries()) for (const b of levels.slice(n + 1)) expect(overlap(a, b)).toBe(0);
    for (const { name } of patient.structures) {
      const voxels = masks[name]?.reduce((sum, is) => sum + is, 0);
      expect([name, overlap(name, 'BODY')]).toEqual([name, voxels]);
    }
  });

  it('has tissues at the HU that they have', () => {
    const median = (name: string): number => {
      const mask = masks[name];
      const values = patient.ct.values.filter((_, at) => mask?.[at] === 1).sort();
      return values[values.length >> 1] ?? Number.NaN;
    };
    // Within three of the population's standard deviations: 36 ± 5, 34 ± 11, 690 ± 150 (Babier et al. 2021, 42 patients).
    expect(Math.abs(median('Brain') - 36)).toBeLessThan(15);
    expect(Math.abs(median('SpinalCord') - 34)).toBeLessThan(33);
    expect(Math.abs(median('Bone_Mandible') - 690)).toBeLessThan(450);
    expect(median('Airway')).toBeLessThan(-800);
  });

  it('has a dose with D95 of the highest target at its prescription, hot spots and spared cord as in published plans', () => {
    const high = histogramOf('PTV_7000');
    expect(doseAtVolume(high, 95)).toBeCloseTo(70, 2);
    // D2 73.5 ± 1.8 and body maximum 74.4 ± 1.8, cord maximum 36 ± 6: within four standard deviations.
    expect(doseAtVolume(high, 2)).toBeLessThan(73.5 + 4 * 1.8);
    expect(histogramOf('SpinalCord').max).toBeLessThan(36 + 4 * 6);
    expect(histogramOf('BODY').max).toBeLessThan(74.4 + 4 * 1.8 + 2);
    for (const { name, gy } of patient.plan.levels.slice(1)) {
      expect(doseAtVolume(histogramOf(name), 95)).toBeGreaterThan(0.94 * gy);
      expect(doseAtVolume(histogramOf(name), 95)).toBeLessThan(1.06 * gy);
    }
  });

  it('comes back from its files: HU, masks by the centre rule, dose and plan', async () => {
    const study = await openStudyFolder(join(scratch, 'study'));
    const image = await study.images[0]?.load();
    const read = image?.values ?? new Int16Array();
    expect(read.length).toBe(patient.ct.values.length);
    expect(read.every((hu, at) => hu === patient.ct.values[at])).toBe(true);
    image?.grid.affine.forEach((mm, n) => expect(mm).toBeCloseTo(patient.ct.grid.affine[n] ?? Number.NaN, 3));
    const structures = study.structureSets[0]?.structures ?? [];
    expect(structures.map(({ name }) => name)).toEqual(patient.structures.map(({ name }) => name));
    for (const structure of structures) {
      const wanted = masks[structure.name] ?? new Uint8Array();
      expect([structure.name, Buffer.compare(maskOf(structure, patient.ct.grid), wanted)]).toEqual([structure.name, 0]);
    }
    const dose = study.doses[0];
    expect(dose?.volume.grid.size).toEqual(patient.dose.grid.size);
    let worst = 0;
    dose?.volume.values.forEach((gy, at) => (worst = Math.max(worst, Math.abs(gy - (patient.dose.values[at] ?? 0)))));
    expect(worst).toBeLessThan(1e-5);
    expect(study.plans[0]?.shape.beams.length).toBe(9);
  }, 120_000);

  it('is marked synthetic in every file', () => {
    for (const name of readdirSync(join(scratch, 'study'))) {
      const set = dicomParser.parseDicom(readFileSync(join(scratch, 'study', name)), { untilTag: 'x7fe00010' });
      expect(set.string('x00020010')).toBe('1.2.840.10008.1.2.1');
      expect(set.string('x00100010')).toBe('SYNTHETIC^HN-0001');
      expect(set.string('x00120062')).toBe('YES');
      expect(set.string('x00104000')).toContain('SYNTHETIC PATIENT');
      expect(set.string('x00080018')).toMatch(/^2\.25\.\d+$/u);
      if (name.startsWith('CT')) {
        expect(set.string('x00080008')).toBe('DERIVED\\SECONDARY\\AXIAL');
        expect(set.string('x00204000')).toContain('SYNTHETIC');
      }
    }
  });

  it('carries a marker in the couch where that is asked for, and is the same person', async () => {
    const withMarker = await phantomPatient(seed, { matrix: 128, sliceMm: 3, marker: true });
    const body = masks['BODY'] ?? new Uint8Array();
    const [nx, ny] = patient.ct.grid.size;
    const changed = [...withMarker.ct.values.keys()].filter((v) => withMarker.ct.values[v] !== patient.ct.values[v]);
    expect(changed.filter((v) => body[v] === 1)).toEqual([]);
    const left = Math.min(...changed.map((v) => v % nx));
    expect(new Set(changed.map((v) => Math.floor(v / (nx * ny)))).size).toBe(patient.ct.grid.size[2]);
    expect(left).toBeGreaterThan(nx / 2);
    expect(Math.max(...changed.map((v) => withMarker.ct.values[v] ?? 0))).toBeGreaterThan(1200);
    expect(hashOf(withMarker.dose)).toBe(hashOf(patient.dose));
    expect([truthOf(withMarker, 'HN-0001')['marker'], truthOf(patient, 'HN-0001')['marker']]).toEqual([
      'a bright bar in the couch, outside the body',
      undefined,
    ]);
  }, 240_000);

  it('tells its truth: the runs of truth.json fill the grid and give the masks', () => {
    const truth = JSON.parse(JSON.stringify(truthOf(patient, 'HN-0001'))) as {
      synthetic: boolean;
      structures: { name: string; runs: number[] }[];
    };
    expect(truth.synthetic).toBe(true);
    for (const { name, runs } of truth.structures) {
      const mask = maskOfRuns(runs, patient.ct.values.length);
      expect([name, Buffer.compare(mask, masks[name] ?? new Uint8Array())]).toEqual([name, 0]);
    }
  });
});

describe('a cohort', () => {
  it('keeps a patient that is there whole, and leaves nothing of one that was cancelled', async () => {
    const out = join(scratch, 'cohort');
    const wish = { out, patients: 1, seed: 5, matrix: 128, sliceMm: 3 } as const;
    const stop = new AbortController();
    await expect(
      makePatients({ ...wish, signal: stop.signal, progress: (done) => (done > 0.3 ? stop.abort() : undefined) }),
    ).rejects.toThrow();
    expect(readdirSync(scratch).includes('cohort') ? readdirSync(out) : []).toEqual([]);
    const [folder = ''] = await makePatients(wish);
    const files = readdirSync(folder);
    expect(files.filter((name) => !name.startsWith('CT_')).sort()).toEqual([
      'RD.dcm',
      'RP.dcm',
      'RS.dcm',
      'truth.json',
    ]);
    const before = statSync(join(folder, 'RS.dcm')).mtimeMs;
    await makePatients(wish);
    expect(statSync(join(folder, 'RS.dcm')).mtimeMs).toBe(before);
    await makePatients({ ...wish, marker: true });
    expect(statSync(join(folder, 'RS.dcm')).mtimeMs).toBeGreaterThan(before);
  }, 240_000);

  it('gives every patient a seed of its own', () => {
    const seeds = new Set(
      [1, 2].flatMap((cohort) => Array.from({ length: 500 }, (_, n) => patientSeed(cohort, n + 1))),
    );
    expect(seeds.size).toBe(1000);
  });
});
