import { IsolensError, problemOf, type Problem } from '../../../shared/problem/problem';
import type { StudyChoices } from '../../../shared/studyChoices';
import type { FoundStudy } from '../study/scanFolder';
import type { ImageVolume, Study } from '../study/study';

/** A study as the window has it open: its voxels stay until it is closed. */
export interface HeldStudy {
  readonly study: Study;
  readonly choices: StudyChoices;
  /** The first series that can be read; null where there is none. */
  readonly image: ImageVolume | null;
  /** Why the series before it cannot. */
  readonly notes: readonly Problem[];
}

/** Studies by id: those that a scan found, and those of them that are open. */
export interface OpenStudies {
  found(studies: readonly FoundStudy[]): void;
  /**
   * Reads a study that was found, once for each set of choices; null: as it is open. *Problems* `study/not-open` where no
   * scan found it, and those of reading it.
   */
  open(id: string, choices: StudyChoices | null, signal: AbortSignal): Promise<HeldStudy>;
  /** A study that is open. *Problems* `study/not-open`. */
  get(id: string): Study;
  held(id: string): HeldStudy;
  close(id: string): void;
}

export function openStudies(): OpenStudies {
  const known = new Map<string, FoundStudy>();
  const open = new Map<string, HeldStudy>();
  const held = (id: string): HeldStudy => {
    const one = open.get(id);
    if (one === undefined) throw new IsolensError('study/not-open');
    return one;
  };
  return {
    found(studies) {
      for (const one of studies) known.set(one.summary.id, one);
    },
    async open(id, choices, signal) {
      const before = open.get(id);
      const wanted = choices ?? before?.choices ?? {};
      if (before !== undefined && JSON.stringify(before.choices) === JSON.stringify(wanted)) return before;
      const one = known.get(id);
      if (one === undefined) throw new IsolensError('study/not-open');
      const read = await one.open(wanted, signal);
      // The voxels are the same, whatever is laid over them.
      const study = before === undefined ? read : { ...read, images: before.study.images };
      const opened = { study, choices: wanted, ...(await firstImage(study, signal)) };
      open.set(id, opened);
      return opened;
    },
    get: (id) => held(id).study,
    held,
    close(id) {
      // It stays known, so that it can be opened again without another scan.
      open.delete(id);
    },
  };
}

/** Structures, dose and plan still open where the images cannot be read. */
async function firstImage(study: Study, signal: AbortSignal): Promise<Pick<HeldStudy, 'image' | 'notes'>> {
  const notes: Problem[] = [];
  for (const series of study.images) {
    try {
      return { image: await series.load(signal), notes };
    } catch (thrown) {
      if (signal.aborted || !(thrown instanceof IsolensError)) throw thrown;
      notes.push(problemOf(thrown));
    }
  }
  return { image: null, notes };
}
