import { describe, expect, it } from 'vitest';
import { attributionVolume, supportsIn, thresholdsOf } from '../../../../main/engine/analysis/occlusion/histogram';
import { interaction, necessity, shapley, sufficiency } from '../../../../main/engine/analysis/occlusion/shapley';
import { gameFigures } from '../../../../main/engine/analysis/occlusion/structureGame';
import { occlusionVerdict } from '../../../../main/engine/analysis/occlusion/verdict';
import { ruling, type PatientGame } from '../../../../main/engine/analysis/occlusion/verdictRules';
import { valueAtVolume } from '../../../../main/engine/analysis/statistics/valueAtVolume';

const close = (values: readonly number[], expected: readonly number[]) => {
  expect(values).toHaveLength(expected.length);
  values.forEach((value, n) => {
    expect(value).toBeCloseTo(expected[n] ?? NaN, 10);
  });
};

// Stored figures: closed forms of the methods page (checked there against an independent Shapley implementation).
describe('the structure game', () => {
  const four = Array.from({ length: 16 }, (_, mask) => {
    const [a, b, , d] = [0, 1, 2, 3].map((k) => (mask >> k) & 1) as [number, number, number, number];
    return 0.1 + 0.5 * a + 0.1 * b + 0.2 * d + 0.3 * a * b - 0.2 * a * b * d;
  });

  it('shares four players by Shapley, summing to the effect', () => {
    close(shapley(four), [0.5833333333333334, 0.18333333333333335, 0, 0.13333333333333333]);
    expect(shapley(four).reduce((a, b) => a + b, 0)).toBeCloseTo(0.9, 12);
  });

  it('tells interactions, and that leaving one out shows 0 for a player that matters', () => {
    expect(interaction(four, 0, 1)).toBeCloseTo(0.2, 12);
    expect(interaction(four, 0, 3)).toBeCloseTo(-0.1, 12);
    expect(interaction(four, 1, 3)).toBeCloseTo(-0.1, 12);
    expect(interaction(four, 0, 2)).toBeCloseTo(0, 12);
    close(
      necessity(four).map((n) => n * 0.9),
      [0.6, 0.2, 0, 0],
    );
    close(
      sufficiency(four).map((s) => s * 0.9),
      [0.5, 0.1, 0, 0.2],
    );
  });

  it('knows AND and OR of two players apart where their Shapley values are alike', () => {
    const [and, or] = [
      [0, 0, 0, 1],
      [0, 1, 1, 1],
    ];
    close(necessity(and), [1, 1]);
    close(sufficiency(and), [0, 0]);
    close(necessity(or), [0, 0]);
    close(sufficiency(or), [1, 1]);
    close(shapley(and), [0.5, 0.5]);
    close(shapley(or), [0.5, 0.5]);
  });
});

describe('the attribution–volume histogram', () => {
  it('is a step for an even map', () => {
    const values = new Float32Array(10).fill(2);
    const mask = new Uint8Array(10).fill(1);
    expect(attributionVolume(supportsIn(values, mask), [0, 1, 2, 2.5])).toEqual([1, 1, 1, 0]);
  });

  it('is 1 − a for a ramp from 0 to 1', () => {
    const n = 1000;
    const values = Float32Array.from({ length: n }, (_, v) => (v + 0.5) / n);
    const mask = new Uint8Array(n).fill(1);
    for (const a of [0, 0.1, 0.25, 0.5, 0.9])
      expect(attributionVolume(supportsIn(values, mask), [a])[0]).toBeCloseTo(1 - a, 6);
    expect(valueAtVolume(supportsIn(values, mask), 50)).toBeCloseTo(0.5005, 6);
  });

  it('leaves out other parts and what no window covered, and takes sizes without their sign', () => {
    const values = Float32Array.of(-3, NaN, 1, 100);
    const mask = Uint8Array.of(1, 1, 1, 0);
    expect(attributionVolume(supportsIn(values, mask), [2])).toEqual([0.5]);
    expect(thresholdsOf(values, 3)).toEqual([0, 50, 100]);
  });

  it('takes D95 of 20 doses as the 19th largest, 55 Gy', () => {
    const doses = [60, 59, 58, 61, 62, 57, 55, 63, 60, 60, 50, 64, 61, 60, 59, 58, 62, 61, 60, 59];
    expect(
      valueAtVolume(
        [...doses].sort((a, b) => b - a),
        95,
      ),
    ).toBe(55);
  });
});

/** A patient of a planted network: worth of a coalition by a function of who is kept. */
const planted = (
  n: number,
  worth: (t: number, c: number, o: number, patient: number) => number,
  { specific = true, ownLabel = false }: { specific?: boolean | null; ownLabel?: boolean } = {},
): PatientGame[] =>
  Array.from({ length: n }, (_, patient) => {
    const game = Array.from({ length: 8 }, (_, mask) => worth(mask & 1, (mask >> 1) & 1, (mask >> 2) & 1, patient));
    const fills = ['local-mean', 'blur', 'harmonic'].map((fill) => gameFigures(fill, game));
    return { usable: true, fills, specific, ownLabel };
  });

describe('what the verdict tells of the map', () => {
  type Row = Parameters<typeof occlusionVerdict>[1][number]['structures'][number];
  const row = (name: string, kind: Row['kind'], share: number): Row =>
    ({ name, kind, share, perVolume: 1, mean: share, peak: share }) as Row;
  const told = (...structures: Row[]) => {
    const kept = { patient: 'P', structures, fillAgreement: null, ownLabel: false, hasStructures: true };
    return occlusionVerdict(
      ruling([]),
      [kept as unknown as Parameters<typeof occlusionVerdict>[1][number]],
      null,
      false,
    ).detail;
  };
  const inside = [row('unlabelled tissue', 'unlabelled', 0.7), row('Skull', 'structure', 0.1)];

  it('names what carries most in the body, and what lies outside it only where that is no edge effect', () => {
    expect(told(row('outside the body', 'outside', 0.06), ...inside)).toEqual({
      en: 'Of the support in the body: unlabelled tissue 70\u202f%, Skull 10\u202f%.',
      fr: "De l'appui dans le corps : tissu hors contours 70\u202f%, Skull 10\u202f%.",
    });
    expect(told(row('outside the body', 'outside', 10.3), ...inside)?.en).toBe(
      'Outside the body: 10 × the support of the whole body. Of the support in the body: unlabelled tissue 70\u202f%, Skull 10\u202f%.',
    );
    expect(told(row('outside the body', 'outside', 0.5), ...inside)?.fr).toMatch(
      /^Hors du corps : 50\u202f% de l'appui de tout le corps\. De l'appui/,
    );
  });
});

describe('the verdict over patients', () => {
  const additive = (t: number, c: number, o: number) => (t0: number, c0: number, o0: number, patient: number) =>
    (1 + 0.1 * Math.sin(patient)) * (t * t0 + c * c0 + o * o0);

  it('is structure-driven for planted parts 8 : 2 : 0', () => {
    const ruled = ruling(planted(12, additive(8, 2, 0)));
    expect(ruled.code).toBe('structure-driven');
    expect(ruled.figures.players.structure).toMatchObject({ value: expect.closeTo(0.8, 10) as number });
  });

  it('is context-driven for 2 : 8 : 0', () => {
    expect(ruling(planted(12, additive(2, 8, 0))).code).toBe('context-driven');
  });

  it('finds the outside-body shortcut in 7 : 1 : 2', () => {
    expect(ruling(planted(12, additive(7, 1, 2))).code).toBe('outside-body');
  });

  it('finds it too where only some patients lean on it', () => {
    const some = planted(24, (t, c, o, patient) => 8 * t + 2 * c + (patient % 4 === 0 ? 4 * o : 0));
    expect(ruling(some).code).toBe('outside-body');
  });

  it('is mixed and conjunctive for AND, redundant for OR, additive for halves', () => {
    const and = ruling(planted(12, (t, c) => Math.min(t, c)));
    expect([and.code, and.figures.subtype]).toEqual(['mixed', 'conjunctive']);
    const or = ruling(planted(12, (t, c) => Math.max(t, c)));
    expect([or.code, or.figures.subtype]).toEqual(['mixed', 'redundant']);
    const halves = ruling(planted(12, additive(5, 5, 0)));
    expect([halves.code, halves.figures.subtype]).toEqual(['mixed', 'additive']);
  });

  it('is not structure-driven unless the structure matters more than its shifted copies', () => {
    expect(ruling(planted(12, additive(8, 2, 0), { specific: false })).code).toBe('mixed');
    expect(ruling(planted(12, additive(8, 2, 0), { specific: null })).code).toBe('mixed');
  });

  it('cannot tell below ten usable patients, or where most are unusable', () => {
    expect(ruling(planted(9, additive(8, 2, 0)))).toMatchObject({ code: 'undetermined', because: 'few' });
    const games = planted(24, additive(8, 2, 0)).map((game, n) => ({ ...game, usable: n < 11 }));
    expect(ruling(games)).toMatchObject({ code: 'undetermined', because: 'unusable' });
  });

  it('cannot tell where the fillings taken alone disagree', () => {
    const [a, b] = [planted(12, additive(8, 2, 0)), planted(12, additive(2, 8, 0))];
    const games = a.map((game, n) => ({
      ...game,
      fills: [...game.fills.slice(0, 2), ...(b[n]?.fills.slice(2) ?? [])],
    }));
    expect(ruling(games)).toMatchObject({ code: 'undetermined', because: 'fills' });
  });

  it('applies no rule about a structure to its own label', () => {
    expect(ruling(planted(12, additive(8, 2, 0), { ownLabel: true })).code).toBe('mixed');
    expect(ruling(planted(12, additive(7, 1, 2), { ownLabel: true })).code).toBe('outside-body');
  });
});
