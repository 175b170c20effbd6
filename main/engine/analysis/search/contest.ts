/** A place that takes part: `order` says which of equals was met first, `patient` whose it is. */
export interface Contender {
  readonly rank: number;
  readonly order: number;
  readonly patient: string;
}

/** The best `most` of all that were let in, at most `perPatient` of each patient, best first. */
export interface Contest<T extends Contender> {
  readonly most: number;
  readonly perPatient: number;
  readonly best: T[];
}

export const contestOf = <T extends Contender>(most: number, perPatient: number): Contest<T> => ({
  most,
  perPatient,
  best: [],
});

const ahead = (a: Contender, b: Contender): boolean => a.rank > b.rank || (a.rank === b.rank && a.order < b.order);

/** True where `entrant` would be among the best as they stand. */
export function mayEnter<T extends Contender>({ best, most, perPatient }: Contest<T>, entrant: Contender): boolean {
  const own = best.filter(({ patient }) => patient === entrant.patient);
  const rival = own.length >= perPatient ? own.at(-1) : best.length >= most ? best.at(-1) : undefined;
  return rival === undefined || ahead(entrant, rival);
}

/**
 * Lets a place in. Exact whatever the order of arrival: a patient whose places are all taken only replaces its own least, and one that is put
 * out by `most` better ones never returns. Memory is that of the list.
 */
export function enter<T extends Contender>(contest: Contest<T>, entrant: T): boolean {
  if (!mayEnter(contest, entrant)) return false;
  const { best, most, perPatient } = contest;
  const own = best.filter(({ patient }) => patient === entrant.patient);
  const out = own.length >= perPatient ? own.at(-1) : undefined;
  if (out) best.splice(best.indexOf(out), 1);
  const at = best.findIndex((other) => ahead(entrant, other));
  best.splice(at < 0 ? best.length : at, 0, entrant);
  if (best.length > most) best.pop();
  return true;
}
