// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, describe, expect, it } from 'vitest';
import { useDatabases } from '../../../renderer/stores/databases';
import { useStudies } from '../../../renderer/stores/studies';
import { studyDetail, studySummary } from '../plausible';
import { standInOutside } from '../standInOutside';

beforeEach(async () => {
  setActivePinia(createPinia());
  standInOutside({
    'engine/openFolder': ({ path }) => ({
      studies:
        path === '/a'
          ? [studySummary('s1'), studySummary('s2')]
          : [studySummary('s3'), studySummary('listed', { objects: [] })],
      notDicom: 0,
      notes: [],
    }),
    'engine/openStudy': ({ study }) => studyDetail(study),
  });
  await useStudies().openFolder('/a');
  await useStudies().openFolder('/b');
  await useStudies().open('s2');
});

const ids = (): string[] => useDatabases().included.map(({ id }) => id);

describe('databases', () => {
  it('are the folders that were opened, with what has an image', () => {
    expect(useDatabases().databases.map(({ path, studies }) => [path, studies.map(({ id }) => id)])).toEqual([
      ['/a', ['s1', 's2']],
      ['/b', ['s3']],
    ]);
  });
  it('all take part until one is unticked, the open study first', () => {
    expect(ids()).toEqual(['s2', 's1', 's3']);
    useDatabases().include(['s3'], false);
    expect(ids()).toEqual(['s2', 's1']);
    useDatabases().include(['s3'], true);
    expect(ids()).toEqual(['s2', 's1', 's3']);
  });
  it('never leave out the open study', () => {
    useDatabases().include(['s1', 's2', 's3'], false);
    expect(ids()).toEqual(['s2']);
  });
});
