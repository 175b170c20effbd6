// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, describe, expect, it } from 'vitest';
import { useDatabases } from '../../../renderer/stores/databases';
import { useStudies } from '../../../renderer/stores/studies';
import { studyDetail, studySummary } from '../plausible';
import { standInOutside, type StandIn } from '../standInOutside';

let outside: StandIn;

beforeEach(async () => {
  setActivePinia(createPinia());
  outside = standInOutside({
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

describe('a saved list', () => {
  it('holds who takes part, why others do not, and whose studies they are', async () => {
    const saved: unknown[] = [];
    outside.answer({
      'desktop/choose': () => ({ path: '/lists/site' }),
      'engine/saveDatabase': ({ path, database }) => {
        saved.push(path, database);
        return {};
      },
    });
    const databases = useDatabases();
    databases.include(['s3'], false);
    databases.because('s3', 'hip prosthesis');
    expect(databases.leftOut.map(({ id }) => id)).toEqual(['s3']);
    expect(await databases.save('title')).toBe('/lists/site.json');
    expect(saved).toEqual([
      '/lists/site.json',
      {
        schema: 'isolens/database@1',
        name: 'site',
        entries: [
          { study: '/studies/s1', patient: 's1', included: true },
          { study: '/studies/s2', patient: 's2', included: true },
          { study: '/studies/s3', patient: 's3', included: false, reason: 'hip prosthesis' },
        ],
      },
    ]);
  });

  it('opens what it can, ticked as it says, and lists what it cannot', async () => {
    outside.answer({
      'desktop/choose': () => ({ path: '/lists/site.json' }),
      'engine/openDatabase': () => ({
        database: {
          schema: 'isolens/database@1',
          name: 'Site A',
          entries: [
            { study: '/a', included: true },
            { study: '/b', included: false, reason: 'too short' },
            { study: '/gone', included: true },
          ],
        },
      }),
      'engine/openFolder': ({ path }) =>
        path === '/gone'
          ? { code: 'files/missing', facts: { reason: 'ENOENT' }, where: { file: path } }
          : {
              studies: path === '/a' ? [studySummary('s1'), studySummary('s2')] : [studySummary('s3')],
              notDicom: 0,
              notes: [],
            },
    });
    const opened = await useDatabases().open('title');
    expect(opened).toMatchObject({ name: 'Site A', studies: 3, problems: [{ code: 'files/missing' }] });
    expect(ids()).toEqual(['s2', 's1']);
    expect(useDatabases().reasons).toEqual({ s3: 'too short' });
    expect(useDatabases().databases.map(({ kind, name, studies }) => [kind, name, studies.length])).toEqual([
      ['folder', 'a', 2],
      ['folder', 'b', 1],
      ['list', 'Site A', 3],
    ]);
  });

  it('stands as one database: folders that were opened for it alone do not stand beside it', async () => {
    outside.answer({
      'desktop/choose': () => ({ path: '/lists/site.json' }),
      'engine/openDatabase': () => ({
        database: {
          schema: 'isolens/database@1',
          name: 'Site C',
          entries: [
            { study: '/a', included: true },
            { study: '/c', included: true },
          ],
        },
      }),
      'engine/openFolder': ({ path }) => ({
        studies: path === '/a' ? [studySummary('s1'), studySummary('s2')] : [studySummary('s4')],
        notDicom: 0,
        notes: [],
      }),
    });
    for (const _ of ['once', 'again']) await useDatabases().open('title');
    expect(useDatabases().databases.map(({ path, studies }) => [path, studies.length])).toEqual([
      ['/a', 2],
      ['/b', 1],
      ['/lists/site.json', 3],
    ]);
  });
});
