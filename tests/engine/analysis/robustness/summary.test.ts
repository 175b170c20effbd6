import { describe, expect, it } from 'vitest';
import { robustness as definition } from '../../../../shared/analysis/robustness';
import { familyFacts, familyIds, metadataFaults } from '../../../../shared/analysis/robustnessFamilies';
import { familyOf } from '../../../../main/engine/analysis/robustness/list';
import { affine, arrayOf, recipe, testRobustness } from './affine';

const weights = Array.from({ length: 16 }, () => 1);
const flat = (level: number): number[] => Array.from({ length: 16 }, () => level);
/** The margin is 16·(level − 0.5); an offset of q HU adds 16·q/2000. */
const network = affine(weights, -8, [4, 4, 1]);
const own = recipe();
const patient = (n: number, marginHu: number, label = 'yes') =>
  arrayOf(flat(0.5 + marginHu / 2000), [4, 4, 1], own, { id: `p${String(n)}`, label });

describe('breaking points over patients', () => {
  it('count those who never broke as censored', async () => {
    const margins = [3, 7, 7, 15, 100, 100, 100, 100];
    const { summary } = await testRobustness(
      margins.map((margin, n) => patient(n, margin)),
      network,
      own,
      { families: [{ id: 'offset', severities: [-5, -10, -20] }] },
    );
    const [family] = summary.families;
    expect(family!.flip).toMatchObject({ n: 8, reached: 4, recovers: 0 });
    expect(family!.flip.steps.map(({ survival }) => survival)).toEqual(
      [0.875, 0.625, 0.5].map((s) => expect.closeTo(s, 12) as number),
    );
    expect(family!.flip.median! / 15).toBeCloseTo(1, 1);
    expect(family!.curve.map(({ severity, flipRate }) => [severity, (flipRate as { value: number }).value])).toEqual([
      [-5, 0.125],
      [-10, 0.375],
      [-20, 0.5],
    ]);
    const [line] = summary.tolerance;
    expect(line!.holds).toEqual([]);
    expect(line!.firstFlip!.patients).toBe(4);
    expect((line!.firstFlip!.severity as number) / -3).toBeCloseTo(1, 1);
    // p at the flip is near ½: nobody is confidently wrong.
    expect(line!.firstConfidentlyWrong).toBeNull();
    expect(line!.sentence.en).toContain('in 4 of 8 patients');
  });

  it('keep apart who was wrong from the start', async () => {
    const { summary, values } = await testRobustness(
      [patient(1, 50), patient(2, 50, 'no')],
      affine(
        weights.map((w) => 100 * w),
        -800,
        [4, 4, 1],
      ),
      own,
      { families: [{ id: 'offset', severities: [-100] }], tau: 0.9 },
    );
    expect(values[1]!.families[0]).toMatchObject({ alreadyWrong: true, confidentlyWrong: { severity: null } });
    expect(values[0]!.firstConfidentlyWrong.offset).toBeLessThan(-50);
    expect(summary.families[0]).toMatchObject({ alreadyWrong: 1, confidentlyWrong: { n: 1, reached: 1 } });
    expect(summary.clean).toMatchObject({ n: 2, accuracy: { value: 0.5 }, confidentWrongRate: { value: 0.5 } });
  });

  it('of the least size count where both signs break', async () => {
    // Right between −20 and 40 HU: two boundaries by |x|, written as a margin that falls on both sides.
    const { values } = await testRobustness([patient(1, 20)], network, own, {
      families: [{ id: 'offset', severities: [-80, -5, 5, 80] }],
    });
    expect(values[0]!.firstFlip.offset as number).toBeLessThanOrEqual(-20 + 1e-3);
    expect(values[0]!.firstFlip.offset as number).toBeGreaterThan(-20 * 16 ** (1 / 64));
  });

  it('know that an answer that comes back has recovered', async () => {
    const back = affine(weights, -8, [4, 4, 1]);
    const folded = {
      ...back,
      run: async (...asked: Parameters<typeof back.run>) => {
        const found = await back.run(...asked);
        return new Map(
          [...found].map(([key, array]) => [
            key,
            { ...array, values: array.values.map((z, n) => (n % 2 === 1 ? Math.abs(z + 0.24) - 0.16 : z)) },
          ]),
        );
      },
    };
    const { values } = await testRobustness([patient(1, 0)], folded, own, {
      families: [{ id: 'offset', severities: [-10, -30, -60] }],
    });
    expect(values[0]!.families[0]!.flip).toMatchObject({ reached: 1, recovers: 1 });
  });

  it('of several draws are their median, and the first is told', async () => {
    const { values } = await testRobustness([patient(1, 12)], network, own, {
      families: [{ id: 'white-noise', severities: [10, 40, 160] }],
      seeds: 9,
    });
    const { flip } = values[0]!.families[0]!;
    expect(flip.draws).toBe(9);
    if (flip.severity !== null) expect(flip.first as number).toBeLessThanOrEqual(flip.severity as number);
    expect(flip.severity === null).toBe(flip.reached <= 4);
    expect(values[0]!.firstFlip['white-noise']).toBe(flip.severity);
  });
});

describe('figures of the clean inputs', () => {
  it('alone, where no family is asked for', async () => {
    const inputs = Array.from({ length: 120 }, (_, n) =>
      patient(n, n % 2 === 0 ? 60 : -60, n % 6 === 0 ? 'no' : 'yes'),
    );
    const { summary, verdict } = await testRobustness(inputs, network, own, { families: [] });
    expect(verdict).toBeNull();
    expect(summary.families).toEqual([]);
    const wrong = Array.from({ length: 120 }, (_, n) => (n % 2 === 0) === (n % 6 === 0)).filter(Boolean).length;
    const p = 1 / (1 + Math.exp((-16 * 60) / 2000));
    expect((summary.clean.accuracy as { value: number }).value).toBeCloseTo(1 - wrong / 120, 12);
    // Two bins' worth of equal confidences: "yes", two thirds right, and "no", always wrong.
    expect(summary.clean.ece).toBeCloseTo((Math.abs(2 / 3 - p) + p) / 2, 5);
    expect(summary.clean.calibration!.p).toBeLessThan(0.05);
    const brier = (wrong * 2 * p * p + (120 - wrong) * 2 * (1 - p) ** 2) / 120;
    expect((summary.clean.brier as { value: number }).value).toBeCloseTo(brier, 5);
    expect(summary.clean.confidentWrongRate).toMatchObject({ value: 0 });
    expect(summary.clean.confidentWrongBound).toBeCloseTo(1 - 0.05 ** (1 / 120), 10);
    expect(summary.clean.temperature).not.toBeNull();
  });

  it('without labels say that they are missing', async () => {
    const { summary, warnings, said, values } = await testRobustness(
      [arrayOf(flat(0.6), [4, 4, 1], own)],
      network,
      own,
      {
        families: [{ id: 'offset', severities: [-400] }],
      },
    );
    expect(values[0]!.clean.right).toBeNull();
    expect(values[0]!.firstFlip.offset).not.toBeNull();
    expect(values[0]!.firstConfidentlyWrong.offset).toBeNull();
    expect(warnings[0]!.map(({ code }) => code)).toContain('robustness/no-label');
    expect(said.map(({ code }) => code)).toContain('robustness/no-truth');
    expect(summary.clean).toMatchObject({ accuracy: null, confidentWrongRate: null, ece: null, judged: 0 });
  });

  it('of an array without a recipe are by class number, its severities in network units', async () => {
    const bare = arrayOf(flat(0.6), [4, 4, 1], null, { label: '1' });
    const { values, warnings } = await testRobustness([bare], network, null, {
      families: [{ id: 'offset', severities: [-0.2] }, { id: 'slope' }, { id: 'dose-scale' }],
    });
    expect(values[0]!.clean).toMatchObject({ class: '1', right: true });
    expect(values[0]!.firstFlip.offset as number).toBeCloseTo(-0.1, 2);
    expect(warnings[0]!.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['robustness/network-units', 'robustness/needs-units', 'robustness/needs-dose']),
    );
  });
});

describe('the verdict', () => {
  const sharp = affine(
    weights.map((w) => 100 * w),
    -800,
    [4, 4, 1],
  );
  const verdictOf = async (
    inputs: Parameters<typeof testRobustness>[0],
    severities: readonly number[],
    net = network,
  ) => (await testRobustness(inputs, net, own, { families: [{ id: 'offset', severities }] })).verdict;

  it.each([
    ['watch', 'changes-its-mind', network, 'yes', 10, [-20]],
    ['problem', 'confidently-wrong', sharp, 'yes', 10, [-60]],
    ['problem', 'already-wrong', sharp, 'no', 60, [-5]],
  ] as const)('is %s (%s)', async (level, code, net, label, marginHu, severities) => {
    const found = await verdictOf([patient(1, marginHu, label)], severities, net);
    expect(found).toMatchObject({ level, code, confidence: 'moderate' });
    expect(found!.caveats.map(({ en }) => en)).toContain('one patient');
  });

  it('that no answer changed is good news from ten patients on, and says what it leaves open', async () => {
    const of = (count: number) =>
      verdictOf(
        Array.from({ length: count }, (_, n) => patient(n, 900)),
        [-5],
      );
    expect(await of(9)).toMatchObject({ level: 'cannot-say', code: 'no-flip', confidence: 'low' });
    const found = await of(10);
    expect(found).toMatchObject({ level: 'fine', code: 'no-flip', confidence: 'moderate' });
    expect(found!.sentence.en).toContain('in 10 of 10 patients');
    expect(found!.detail!.en).toContain('at most 26\u202f% of such patients');
  });

  it('cannot be said where nothing of what was asked applies', async () => {
    const { verdict } = await testRobustness([patient(1, 10)], network, own, { families: [{ id: 'dose-scale' }] });
    expect(verdict).toMatchObject({ level: 'cannot-say', code: 'not-tested', confidence: 'low' });
  });
});

describe('the words of a job', () => {
  const parse = (families: unknown) => definition.parameters.safeParse({ families });

  it('know every family, and give each its own grid', () => {
    for (const id of familyIds) {
      expect(familyOf(id).id).toBe(id);
      expect(parse([{ id }]).success).toBe(true);
      expect(parse([{ id, severities: familyFacts[id].severities }]).success).toBe(true);
      for (const severity of familyFacts[id].severities)
        for (const language of ['en', 'fr'] as const)
          expect(familyFacts[id].said(severity)[language]).not.toMatch(/undefined|NaN/);
    }
    expect(familyFacts['low-dose'].said(0.5)).toEqual({
      en: 'as if the mAs were halved',
      fr: 'comme si les mAs étaient divisés par deux',
    });
  });

  it.each([
    ['low-dose', 1.5, 'fraction'],
    ['low-dose', 0, 'fraction'],
    ['white-noise', -5, 'HU'],
    ['slope', 2, 'fraction'],
    ['contour-margin', 80, 'mm'],
    ['rotation', 200, '°'],
  ])('refuse a severity of %s of %d, with the range', (id, severity, unit) => {
    const refused = parse([{ id, severities: [severity] }]);
    expect(refused.success).toBe(false);
    expect(refused.error!.issues[0]).toMatchObject({ path: ['families', 0, 'severities', 0] });
    expect(refused.error!.issues[0]!.message).toContain(unit);
    expect(refused.error!.issues[0]!.message).toContain('out of range');
  });

  it('refuse unknown families, unknown faults and a family twice', () => {
    expect(parse([{ id: 'whitenoise' }]).success).toBe(false);
    expect(parse([{ id: 'metadata', severities: ['mirored'] }]).error!.issues[0]!.message).toContain('mirrored');
    expect(parse([{ id: 'metadata', severities: [metadataFaults[0], 1] }]).success).toBe(true);
    expect(parse([{ id: 'blur' }, { id: 'blur' }]).error!.issues[0]!.message).toContain('twice');
  });
});
