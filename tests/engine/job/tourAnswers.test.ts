import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { layTourAnswers, tourMadeFile, TourMade } from '../../../main/engine/job/tourAnswers';
import { openNetwork } from '../../../main/engine/network/open';
import { generator } from '../../../main/engine/phantom/truth';
import { readResults } from '../../../main/engine/result/readResults';
import { tourStops } from '../../../renderer/panels/start/questionTour';
import { analysisDefinitions } from '../../../shared/analysis/list';
import { makeTourAnswers } from './tourMaker';

const demo = join(import.meta.dirname, '../../../resources/demo');
const shipped = join(demo, 'results');

// UPDATE_TOUR=1 npx vitest run tests/engine/job/tourAnswers.test.ts makes them anew; ISOLENS_DEMO_PATIENTS names a folder for the patients.
const update = process.env['UPDATE_TOUR'] === '1';

const made = (folder: string): TourMade => TourMade.parse(JSON.parse(readFileSync(join(folder, tourMadeFile), 'utf8')));
const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));

describe('the answers that ship with the tour', () => {
  it.runIf(update)(
    'are made anew (only where UPDATE_TOUR=1 asks for it: it takes minutes)',
    async () => {
      await makeTourAnswers(
        demo,
        shipped,
        process.env['ISOLENS_DEMO_PATIENTS'] ?? mkdtempSync(join(tmpdir(), 'tour-')),
      );
    },
    3_600_000,
  );

  it('are of this version of each analysis, and of the patients that are made today', () => {
    const { generator: from, versions } = made(shipped);
    expect(from).toBe(generator);
    expect(versions).toEqual(Object.fromEntries(analysisDefinitions.map(({ id, version }) => [id, version])));
  });

  it.each(tourStops.filter(({ network }) => existsSync(join(demo, 'networks', network))))(
    'answer $key with the network that ships',
    async ({ network, patient, mode, beside }) => {
      const opened = await openNetwork(join(demo, 'networks', network, 'model.json'));
      const { sha256 } = opened;
      opened.close();
      const own = filesIn(join(shipped, `${network}-${sha256.slice(0, 8)}`)).filter(
        (file) => basename(file) === 'results.json' && basename(dirname(file)).startsWith(`${mode}-`),
      );
      const found = await Promise.all(own.map((file) => readResults(dirname(file))));
      const about = found.filter(({ analyses, network: told }) =>
        mode === 'filters'
          ? told?.sha256 === sha256
          : analyses[0]?.inputs[0]?.id === patient && (beside !== undefined || told?.sha256 === sha256),
      );
      expect(about).toHaveLength(1);
      const [{ analyses, errors }] = about as [(typeof about)[number]];
      expect(analyses.map(({ id, partial }) => [id, partial === true])).toEqual([[mode, false]]);
      expect(analyses[0]?.verdict).not.toBeNull();
      expect(errors).toEqual([]);
    },
  );

  it('tell nothing of the machine that made them', () => {
    for (const file of filesIn(shipped).filter((name) => /\.(json|html|nrrd)$/.test(name))) {
      const places = /["'\s=](\/(tmp|home|root|work|usr|var)\/|[A-Z]:\\)[^"'\s]*/;
      expect(places.exec(readFileSync(file, 'latin1'))?.[0], file).toBeUndefined();
    }
  });
});

describe('laying the answers out', () => {
  let folder: string;
  const lay = (): Promise<void> => layTourAnswers(join(folder, 'from'), join(folder, 'to'));
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  const read = (path: string): string => readFileSync(join(folder, path), 'utf8');
  const tell = (by: string): void => {
    write(`from/${tourMadeFile}`, JSON.stringify({ schema: 'isolens/tour@1', generator: by, versions: {} }));
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'isolens-lay-'));
    write('from/net-1/HN-1/maps-1/results.json', '1');
    write('from/net-1/HN-1/maps-1/maps/map.nrrd', 'm');
    write('from/net-1/HN-1/search-1/results.json', '2');
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('puts each folder whole where the window looks, and leaves what the user has there', async () => {
    tell(generator);
    write('to/net-1/HN-1/search-1/results.json', 'mine');
    await lay();
    await lay();
    expect(read('to/net-1/HN-1/maps-1/results.json')).toBe('1');
    expect(read('to/net-1/HN-1/maps-1/maps/map.nrrd')).toBe('m');
    expect(read('to/net-1/HN-1/search-1/results.json')).toBe('mine');
    expect(filesIn(join(folder, 'to'))).toHaveLength(3);
  });

  it('begins a folder anew that was cut short', async () => {
    tell(generator);
    write('to/net-1/HN-1/maps-1.part/results.json', 'ha');
    await lay();
    expect(read('to/net-1/HN-1/maps-1/results.json')).toBe('1');
    expect(existsSync(join(folder, 'to/net-1/HN-1/maps-1.part'))).toBe(false);
  });

  it('lays nothing about patients of another generator, or where it is not said which', async () => {
    await lay();
    tell('isolens/phantom@0');
    await lay();
    expect(existsSync(join(folder, 'to'))).toBe(false);
  });
});
