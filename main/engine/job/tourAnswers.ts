import { existsSync } from 'node:fs';
import { cp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { generator } from '../phantom/truth';
import { diskProblem } from '../result/writeWhole';

/** What shipped answers were made with: the generator of the patients, and each analysis' version. */
export const TourMade = z.strictObject({
  schema: z.literal('isolens/tour@1'),
  generator: z.string(),
  versions: z.record(z.string(), z.number().int()),
});
export type TourMade = z.infer<typeof TourMade>;

/** The file that says so, beside the answers. */
export const tourMadeFile = 'made.json';

async function madeIn(shipped: string): Promise<TourMade | null> {
  try {
    return TourMade.parse(JSON.parse(await readFile(join(shipped, tourMadeFile), 'utf8')));
  } catch {
    // None ship, or not whole: the tour's questions are then asked anew.
    return null;
  }
}

/**
 * Lays the answers that ship with the demo where the window looks for its own, so that the tour waits for nothing. What lies there
 * already stays; answers about patients of another generator are left out. *Problems* result/disk-full, result/cannot-write.
 */
export async function layTourAnswers(shipped: string, results: string): Promise<void> {
  const made = await madeIn(shipped);
  if (made?.generator !== generator) return;
  const files = await readdir(shipped, { recursive: true });
  // Network, patients and question name an answer's folder.
  const answers = files.filter((file) => basename(file) === 'results.json').map(dirname);
  for (const answer of answers) {
    const place = join(results, answer);
    if (existsSync(place)) continue;
    const part = `${place}.part`;
    try {
      await rm(part, { recursive: true, force: true });
      await cp(join(shipped, answer), part, { recursive: true });
      await rename(part, place);
    } catch (thrown) {
      throw diskProblem(thrown, place);
    }
  }
}
