import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contestOf, enter, type Contender } from '../../../../main/engine/analysis/search/contest';
import { drawsOf } from '../../../../main/engine/analysis/statistics/draws';

const run = (all: readonly Contender[], most: number, perPatient: number): readonly Contender[] => {
  const contest = contestOf<Contender>(most, perPatient);
  for (const one of all) enter(contest, one);
  return contest.best;
};

/** The whole list sorted, then cut: what the streaming list must equal. */
function sorted(all: readonly Contender[], most: number, perPatient: number): readonly Contender[] {
  const order = [...all].sort((a, b) => b.rank - a.rank || a.order - b.order);
  const taken = new Map<string, number>();
  return order
    .filter(({ patient }) => {
      const before = taken.get(patient) ?? 0;
      taken.set(patient, before + 1);
      return before < perPatient;
    })
    .slice(0, most);
}

describe('the best of a stream', () => {
  it('is what a full sort of a hundred thousand values with ties gives', () => {
    const draws = drawsOf(7, 'contest');
    const all = Array.from({ length: 100_000 }, (_, order) => ({
      rank: draws.below(2000),
      order,
      patient: String(draws.below(500)),
    }));
    expect(run(all, 9, 1)).toEqual(sorted(all, 9, 1));
    expect(run(all, 50, 3)).toEqual(sorted(all, 50, 3));
    const alone = all.map((one, n) => ({ ...one, patient: String(n) }));
    expect(run(alone, 9, 1)).toEqual(sorted(alone, 9, 1));
  });

  it('does not hang on the order in which places come', () => {
    const places = fc.array(
      fc.record({ rank: fc.integer({ min: 0, max: 6 }), patient: fc.constantFrom('a', 'b', 'c', 'd') }),
    );
    fc.assert(
      fc.property(
        places,
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 3 }),
        fc.array(fc.nat(), { minLength: 100, maxLength: 100 }),
        (some, most, each, keys) => {
          const all = some.map((one, order) => ({ ...one, order }));
          const mixed = all.map((one, n) => ({ one, key: keys[n] ?? 0 })).sort((a, b) => a.key - b.key);
          expect(
            run(
              mixed.map(({ one }) => one),
              most,
              each,
            ),
          ).toEqual(sorted(all, most, each));
        },
      ),
    );
  });
});
