import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { writeOkbpStudy } from '../../samples/okbpStudy';
import { dataFolder, expectReference, readStudy, referenceOf } from '../../samples/reference';

const there = existsSync(`${dataFolder}reference`);
const patients = ['pt_001', 'pt_002', 'pt_006', 'pt_013', 'pt_029', 'pt_031', 'pt_201', 'pt_203'];

describe.skipIf(!there)('readings of real patients (needs ../shared/data)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'isolens-reference-'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it.each(patients)(
    '%s: HU, Gy, structures at 20 points, volumes and DVH equal the independent readings',
    async (name) => {
      const reference = referenceOf(name);
      const study = join(folder, name);
      await writeOkbpStudy(`${dataFolder}openkbp/${name}.okbp.gz`, reference, study);
      expect(reference.points).toHaveLength(20);
      expectReference(await readStudy(study), reference);
      rmSync(study, { recursive: true });
    },
    60_000,
  );

  it("reads a planning system's own export as the independent programs do", async () => {
    const read = await readStudy(`${dataFolder}eclipse`);
    const reference = referenceOf('eclipse');
    expect(reference.points).toHaveLength(20);
    expectReference(read, reference);
    const { plans, doses, summary } = read.study;
    // The system's own curves are of its own structures, and reach the prescribed volume's dose.
    const target = doses[0]?.planning?.histograms.find(({ structureNumber }) => structureNumber === 9);
    expect(doses[0]?.planning?.histograms).toHaveLength(9);
    expect(target?.curve[0]).toEqual([0, 100]);
    expect(target?.curve.findLast(([, volume]) => volume >= 95)?.[0]).toBeCloseTo(14.1, 0);
    expect(plans[0]?.shape.prescriptions[0]).toEqual({ structure: null, doseGy: 14, from: 'plan' });
    expect(plans[0]?.shape.fractions).toBe(7);
    expect(plans[0]?.shape.beams).toHaveLength(4);
    expect(doses[0]?.summationType).toBe('PLAN');
    expect(summary.objects.map(({ kind, usable }) => [kind, usable])).toEqual([
      ['image', true],
      ['structures', true],
      ['dose', true],
      ['plan', true],
    ]);
    const areola = read.structures.find(({ name }) => name === 'Areola');
    expect(areola?.notes?.map(({ code }) => code)).toContain('dicom/structure-empty');
  }, 60_000);
});
