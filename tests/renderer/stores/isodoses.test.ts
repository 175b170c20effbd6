// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, describe, expect, it } from 'vitest';
import { useIsodoses } from '../../../renderer/stores/isodoses';
import { usePreferences } from '../../../renderer/stores/preferences';
import { useView, type Opening } from '../../../renderer/stores/view';
import { standInOutside } from '../standInOutside';

const opening: Opening = {
  studyId: 'a',
  centreMm: [10, 20, 30],
  modality: 'CT',
  range: [-1000, 2000],
  prescriptionGy: 70,
  hidden: [],
};

beforeEach(() => {
  setActivePinia(createPinia());
  standInOutside({ 'desktop/preferences': () => ({}) });
});

describe('isodoses', () => {
  it('are 95 % of the prescription, 45 Gy and 30 Gy until others are chosen', () => {
    useView().open(opening);
    expect(useIsodoses().levels.map(({ doseGy }) => doseGy)).toEqual([66.5, 45, 30]);
  });
  it('leave out a share of a prescription that is not known', () => {
    useView().open({ ...opening, prescriptionGy: null });
    expect(useIsodoses().levels.map(({ doseGy }) => doseGy)).toEqual([45, 30]);
  });
  it('of a plan of few Gy are shares of its prescription', () => {
    useView().open({ ...opening, prescriptionGy: 14 });
    expect(useIsodoses().levels.map(({ doseGy }) => Math.round(10 * doseGy) / 10)).toEqual([13.3, 7, 2.8]);
  });
  it('are drawn from the highest dose down, each rank with a line of its own', async () => {
    useView().open(opening);
    const isodoses = useIsodoses();
    await isodoses.set(2, { value: 110, of: 'percent', colour: '#ff0000' });
    expect(isodoses.levels[0]).toMatchObject({ colour: '#ff0000', dash: [] });
    expect(isodoses.levels[1]).toMatchObject({ doseGy: 66.5, dash: [6, 4] });
  });
  it('are kept for good, can be hidden, added, removed and set back', async () => {
    useView().open(opening);
    const isodoses = useIsodoses();
    await isodoses.set(1, { shown: false });
    expect(isodoses.levels.map(({ doseGy }) => doseGy)).toEqual([66.5, 30]);
    await isodoses.add();
    expect(isodoses.levels.map(({ doseGy }) => doseGy)).toEqual([66.5, 30, 20]);
    await isodoses.remove(0);
    expect(usePreferences().preferences.isodoses?.map(({ value }) => value)).toEqual([45, 30, 20]);
    await isodoses.restore();
    expect(usePreferences().preferences.isodoses).toBeUndefined();
    expect(isodoses.lines.map(({ value }) => value)).toEqual([95, 45, 30]);
  });
});
