import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { StructureName } from '../../../main/engine/openkbp/csvFolder';
import { measuredCohort } from '../../samples/okbp';
import { population } from '../../samples/population';

const published: Readonly<Record<keyof typeof population, StructureName>> = {
  Brainstem: 'Brainstem',
  SpinalCord: 'SpinalCord',
  Parotid_L: 'LeftParotid',
  Parotid_R: 'RightParotid',
  Esophagus: 'Esophagus',
  Larynx: 'Larynx',
  Bone_Mandible: 'Mandible',
  PTV_7000: 'PTV70',
  PTV_5600: 'PTV56',
};

function meanAndDeviation(values: readonly number[]): readonly [number, number] {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return [mean, Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)];
}

const data = new URL('../../../../shared/data/openkbp', import.meta.url).pathname;
describe.skipIf(!existsSync(join(data, 'index.json')))('the real cohort (needs ../shared/data)', () => {
  const cohort = existsSync(join(data, 'index.json')) ? measuredCohort(data) : [];

  it('has 42 patients', () => {
    expect(cohort.length).toBe(42);
  });

  // The constants are rounded to whole cc and mm; the two parotids share one figure.
  it.each(Object.keys(population) as (keyof typeof population)[])(
    'has %s of the size and at the height that made patients are held to',
    (name) => {
      const placed = cohort.flatMap((patient) => patient.get(published[name]) ?? []);
      for (const figure of ['cc', 'z'] as const) {
        const [mean, deviation] = meanAndDeviation(placed.map((one) => one[figure]));
        const slack = name.startsWith('Parotid') ? 1.5 : 1;
        expect([name, figure, Math.abs(mean - population[name][figure][0]) <= slack]).toEqual([name, figure, true]);
        expect([name, figure, Math.abs(deviation - population[name][figure][1]) <= slack + 0.02 * deviation]).toEqual([
          name,
          figure,
          true,
        ]);
      }
    },
  );
});
