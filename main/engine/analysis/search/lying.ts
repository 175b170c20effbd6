import type { SearchLying } from '../../../../shared/analysis/search';
import type { Entrant } from './fold';

/** Chance of at least `hits` among independent events of these chances. Exact: the distribution of their sum, event by event. */
export function atLeast(hits: number, chances: readonly number[]): number {
  let distribution = [1];
  for (const p of chances) {
    const next = new Array<number>(distribution.length + 1).fill(0);
    distribution.forEach((q, n) => {
      next[n] = (next[n] as number) + q * (1 - p);
      next[n + 1] = (next[n + 1] as number) + q * p;
    });
    distribution = next;
  }
  return Math.min(
    1,
    distribution.slice(hits).reduce((sum, q) => sum + q, 0),
  );
}

/**
 * Structures that hold a strongest place, the least likely by chance first; where none does, the one that chance would have met most.
 * In how many patients the strongest place lies in each structure, against a voxel drawn at random in the same patient's body. Patients
 * without the structure are left out of its row. *Source* methods §1.3, Structures.
 */
export function lyingOf(top: readonly Entrant[]): SearchLying[] {
  const strongest = new Map<string, Entrant>();
  for (const entrant of top) if (!strongest.has(entrant.patient)) strongest.set(entrant.patient, entrant);
  const rows = new Map<string, { name: string; chances: number[]; inside: number }>();
  for (const { kept, place } of strongest.values())
    kept.regions.forEach(({ name, kind, ofBody }, region) => {
      if (kind !== 'structure') return;
      const row = rows.get(name.toLowerCase()) ?? { name, chances: [], inside: 0 };
      rows.set(name.toLowerCase(), row);
      row.chances.push(Math.min(1, ofBody));
      if (place.overlaps.some((overlap) => overlap.region === region && overlap.centre)) row.inside += 1;
    });
  const all = [...rows.values()].map(({ name, chances, inside }): SearchLying => {
    const expected = chances.reduce((sum, p) => sum + p, 0);
    return {
      name,
      patients: chances.length,
      inside,
      expected,
      lift: expected > 0 ? inside / expected : null,
      p: inside === 0 ? 1 : Math.min(1, rows.size * atLeast(inside, chances)),
    };
  });
  const met = all.filter(({ inside }) => inside > 0);
  if (met.length === 0) return all.sort((a, b) => b.expected - a.expected || (a.name < b.name ? -1 : 1)).slice(0, 1);
  return met.sort((a, b) => a.p - b.p || b.inside - a.inside || (a.name < b.name ? -1 : 1));
}
