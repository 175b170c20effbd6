import { identity } from '../../../shared/geometry';
import { IsolensError, type Problem } from '../../../shared/problem/problem';
import type { StudyChoices } from '../../../shared/studyChoices';
import type { FoundDose, FoundStructures } from './found';
import type { Linked, LinkedStudy, Unlinked } from './link';
import type { Study } from './study';

/** Puts the chosen structure set and dose first: the first of a list is the active one. *Problems* `study/no-such-object`. */
export function chosen(study: Study, { structureSet, dose }: StudyChoices): Study {
  const structureSets = first(study.structureSets, ({ sopInstanceUid }) => sopInstanceUid, structureSet);
  const doses = first(study.doses, ({ uid }) => uid, dose).map((one) =>
    one.uid === dose ? { ...one, chosen: true } : one,
  );
  return { ...study, structureSets, doses };
}

function first<T>(list: readonly T[], idOf: (one: T) => string, id: string | undefined): readonly T[] {
  if (id === undefined) return list;
  const wanted = list.filter((one) => idOf(one) === id);
  if (wanted.length === 0) throw new IsolensError('study/no-such-object', { object: id });
  return [...wanted, ...list.filter((one) => idOf(one) !== id)];
}

/**
 * Takes structure sets and doses of another frame of reference as if it were the images', because the user says so. Each
 * carries the note for as long as it is open. *Source:* DICOM PS3.3 C.7.4.1.1.1: unlike frames of reference are not related.
 */
export function withFramesAccepted(linked: LinkedStudy, uids: readonly string[] = []): LinkedStudy {
  const accepted = linked.unlinked.filter((one) => isAccepted(one, uids));
  if (accepted.length === 0) return linked;
  const note = ({ problem }: Unlinked): Problem => ({ ...problem, code: 'study/frame-accepted' });
  const structures: Linked<FoundStructures>[] = [];
  const doses: Linked<FoundDose>[] = [];
  for (const one of accepted) {
    const { found } = one;
    if (found.kind === 'structures') structures.push({ found, toImages: identity, notes: [note(one)] });
    if (found.kind === 'dose') doses.push({ found, toImages: identity, notes: [note(one)] });
  }
  return {
    ...linked,
    structures: [...linked.structures, ...structures],
    doses: [...linked.doses, ...doses],
    unlinked: linked.unlinked.filter((one) => !accepted.includes(one)),
  };
}

const isAccepted = ({ found, problem }: Unlinked, uids: readonly string[]): boolean =>
  problem.code === 'study/frame-differs' &&
  (found.kind === 'structures' || found.kind === 'dose') &&
  uids.includes(found.sopInstanceUid);
