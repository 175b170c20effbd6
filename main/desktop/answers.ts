import { app, dialog, type BrowserWindow, type OpenDialogOptions } from 'electron';
import { writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, normalize, sep } from 'node:path';
import type { z } from 'zod';
import type { desktopRequests } from '../../shared/contract/desktop';
import { IsolensError } from '../../shared/problem/problem';
import type { Places } from './places';
import { readPreferences, writePreferences } from './preferences';
import { layPinned, pinPicture } from './pinPicture';
import { printReport } from './printReport';
import { showFile } from './showReport';

type Requests = typeof desktopRequests;
export type DesktopAnswers = {
  readonly [Name in keyof Requests]: (
    asked: z.output<Requests[Name]['asks']>,
  ) => Promise<z.input<Requests[Name]['gives']>>;
};

const listOfStudies = { name: 'Isolens', extensions: ['json'] };

const dialogs: Record<z.output<Requests['desktop/choose']['asks']>['what'], OpenDialogOptions> = {
  studyFolder: { properties: ['openDirectory'] },
  networkFolder: { properties: ['openDirectory'] },
  resultsFolder: { properties: ['openDirectory', 'createDirectory'] },
  network: {
    properties: ['openFile'],
    filters: [{ name: 'Keras, TensorFlow, ONNX', extensions: ['keras', 'h5', 'hdf5', 'json', 'pb', 'onnx'] }],
  },
  databaseFolder: { properties: ['openDirectory', 'createDirectory'] },
  database: { properties: ['openFile'], filters: [listOfStudies] },
  newDatabase: { filters: [listOfStudies] },
  job: { properties: ['openFile'], filters: [{ name: 'Isolens job', extensions: ['json'] }] },
};

/** What the main process itself answers: dialogs, preferences, pictures, printing. */
export function desktopAnswers(
  places: Places,
  window: () => BrowserWindow,
  open: () => readonly string[],
): DesktopAnswers {
  /** Only what the program made or ships may be handed to the system: reports and its own documentation. */
  const mayShow = (path: string): boolean => {
    const whole = normalize(path);
    return (
      isAbsolute(whole) &&
      (whole.endsWith(`${sep}report.html`) || whole.endsWith(`${sep}report.pdf`) || whole.startsWith(places.docs))
    );
  };
  return {
    'desktop/start': async () => ({
      version: app.getVersion(),
      open: [...open()],
      demo: { patients: places.demoPatients, networks: places.demoNetworks, results: places.demoResults },
      preferences: await readPreferences(places.preferences, app.getLocale()),
      proposedResults: places.proposedResults,
    }),
    'desktop/choose': async ({ what, title }) => {
      const asked = { ...dialogs[what], ...(title === undefined ? {} : { title, message: title }) };
      if (what === 'newDatabase') {
        const { canceled, filePath } = await dialog.showSaveDialog(window(), {
          filters: [listOfStudies],
          title: asked.title ?? '',
        });
        return { path: canceled || filePath === '' ? null : filePath };
      }
      const chosen = await dialog.showOpenDialog(window(), asked);
      return { path: chosen.filePaths[0] ?? null };
    },
    'desktop/preferences': async ({ preferences }) => {
      await writePreferences(places.preferences, preferences);
      return {};
    },
    'desktop/savePicture': async ({ name, png }) => {
      const chosen = await dialog.showSaveDialog(window(), {
        defaultPath: `${name.replace(/[^\p{L}\p{N} _-]/gu, '')}.png`,
        filters: [{ name: 'PNG', extensions: ['png'] }],
      });
      if (chosen.canceled || !chosen.filePath) return { path: null };
      await writeFile(chosen.filePath, png);
      return { path: chosen.filePath };
    },
    'desktop/pinPicture': async ({ folder, caption, png }) => ({ count: await pinPicture(folder, caption, png) }),
    'desktop/printReport': async ({ folder }) => {
      await layPinned(folder);
      return { path: await printReport(folder) };
    },
    'desktop/show': async ({ path }) => {
      const whole = isAbsolute(path) ? path : join(places.docs, path);
      if (!mayShow(whole)) throw new IsolensError('desktop/may-not-show', {}, { file: path });
      if (whole.endsWith(`${sep}report.html`)) await layPinned(dirname(whole));
      const refusal = await showFile(whole);
      if (refusal) throw new IsolensError('desktop/cannot-show', { reason: refusal }, { file: path });
      return {};
    },
  };
}
