import { z } from 'zod';
import { languages } from '../words';
import { request } from './request';

const nothing = z.strictObject({});

/** An isodose that the user chose: its level, in what, its colour, and whether it is drawn. */
export const IsodoseLine = z.strictObject({
  value: z.number().positive().max(1000),
  of: z.enum(['percent', 'Gy']),
  colour: z.string().regex(/^#[0-9a-f]{6}$/i),
  shown: z.boolean(),
});
export type IsodoseLine = z.infer<typeof IsodoseLine>;

export const Preferences = z.strictObject({
  language: z.enum(languages),
  scale: z.number().min(0.9).max(1.5),
  hidePatientData: z.boolean(),
  tourSeen: z.boolean(),
  /** Where the tour of the questions was left; null or absent: it begins anew. */
  tourStop: z.string().nullable().optional(),
  resultsFolder: z.string().nullable(),
  /** Absent: the standard ones. */
  isodoses: z.array(IsodoseLine).max(12).optional(),
  /** Memory that a run's tensors may take at once. Absent: half of what is free, 8 GiB at the most. */
  memoryGib: z.number().min(0.5).max(1024).optional(),
});
export type Preferences = z.infer<typeof Preferences>;

/** What the window may ask of Electron's main process. */
export const desktopRequests = {
  'desktop/start': request(
    nothing,
    z.strictObject({
      version: z.string(),
      /** Folders and networks named on the command line. */
      open: z.array(z.string()),
      /** The demo: its folder of patients, shipped networks (folder) and where its results go. */
      demo: z.strictObject({ patients: z.string(), networks: z.string(), results: z.string() }),
      preferences: Preferences,
      /** Where results may go if the user has no other wish. */
      proposedResults: z.string().optional(),
    }),
  ),
  'desktop/choose': request(
    z.strictObject({
      what: z.enum([
        'studyFolder',
        'network',
        'networkFolder',
        'resultsFolder',
        'job',
        'database',
        'newDatabase',
        'databaseFolder',
      ]),
      /** What the dialog is for, in the window's language. */
      title: z.string().optional(),
    }),
    z.strictObject({ path: z.string().nullable() }),
  ),
  'desktop/preferences': request(z.strictObject({ preferences: Preferences }), nothing),
  /** Saves a PNG (bytes) where the user chooses; null when they changed their mind. */
  'desktop/savePicture': request(
    z.strictObject({ name: z.string(), png: z.instanceof(Uint8Array) }),
    z.strictObject({ path: z.string().nullable() }),
  ),
  /** Pins a PNG to a results folder's report; gives how many it has now. */
  'desktop/pinPicture': request(
    z.strictObject({ folder: z.string(), caption: z.string().max(500), png: z.instanceof(Uint8Array) }),
    z.strictObject({ count: z.number().int() }),
  ),
  /** Prints a results folder's report.html to report.pdf beside it. */
  'desktop/printReport': request(z.strictObject({ folder: z.string() }), z.strictObject({ path: z.string() })),
  /** Opens a results folder's report in the system's browser, or a documentation page that ships with the program. */
  'desktop/show': request(z.strictObject({ path: z.string() }), nothing),
} as const;

export const desktopStreams = {
  /** `lost`: it died and is being started again; `refused`: it will not be started again for this job. */
  'desktop/engine': z.strictObject({
    state: z.enum(['starting', 'ready', 'lost', 'refused']),
    reason: z.string().nullable(),
  }),
  'desktop/open': z.strictObject({ paths: z.array(z.string()) }),
  'desktop/menu': z.strictObject({ action: z.string() }),
} as const;
