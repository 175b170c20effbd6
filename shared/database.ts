import { z } from 'zod';
import { StudyChoices } from './studyChoices';

const known = {
  id: z.string().min(1).optional(),
  /** Entries of one patient count once, and are never split over two lists. Default: the entry's id. */
  patient: z.string().optional(),
  series: z.string().optional(),
  /** A classification's truth. */
  label: z.string().optional(),
  /** False: listed with its reason, and not run. */
  included: z.boolean().default(true),
  reason: z.string().optional(),
  /** What is known of it by name: DICOM attributes by keyword (`KVP`, `ManufacturerModelName`), or anything of one's own. */
  tags: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
};

/** One study or array of a list. Paths are relative to the list's file. */
export const DatabaseEntry = z.union([
  z.strictObject({ study: z.string(), choices: StudyChoices.optional(), ...known }),
  z.strictObject({ array: z.string(), truth: z.string().optional(), ...known }),
  z.strictObject({ arrays: z.record(z.string(), z.string()), truth: z.string().optional(), ...known }),
]);
export type DatabaseEntry = z.output<typeof DatabaseEntry>;

/** `isolens/database@1`: a saved list of studies. */
export const Database = z.strictObject({
  schema: z.literal('isolens/database@1'),
  name: z.string().min(1),
  entries: z.array(DatabaseEntry),
});
export type Database = z.output<typeof Database>;

/** What an entry is called: as given, else the last part of its path. */
export function nameOfEntry(entry: DatabaseEntry): string {
  if (entry.id !== undefined) return entry.id;
  const path = 'study' in entry ? entry.study : 'array' in entry ? entry.array : (Object.values(entry.arrays)[0] ?? '');
  const last = path.split(/[/\\]/).findLast((part) => part !== '') ?? '';
  return 'study' in entry ? last : last.replace(/\.[^.]*$/, '');
}

/** Whose it is: entries of one patient belong together. */
export const patientOfEntry = (entry: DatabaseEntry): string => entry.patient ?? nameOfEntry(entry);
