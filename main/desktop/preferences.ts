import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Preferences } from '../../shared/contract/desktop';

const defaults = (locale: string): Preferences => ({
  language: locale.startsWith('fr') ? 'fr' : 'en',
  scale: 1,
  hidePatientData: false,
  tourSeen: false,
  resultsFolder: null,
});

/** What the user chose last time; anything unreadable is as if nothing had been chosen. */
export async function readPreferences(file: string, locale: string): Promise<Preferences> {
  try {
    const read = Preferences.safeParse({
      ...defaults(locale),
      ...(JSON.parse(await readFile(file, 'utf8')) as object),
    });
    return read.success ? read.data : defaults(locale);
  } catch {
    // The first start, or a file that somebody broke: the defaults serve.
    return defaults(locale);
  }
}

export async function writePreferences(file: string, preferences: Preferences): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.new`, JSON.stringify(preferences, null, 2), { mode: 0o600 });
  await rename(`${file}.new`, file);
}
