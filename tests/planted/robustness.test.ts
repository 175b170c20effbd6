import { describe, expect, it } from 'vitest';
import { testRobustness } from '../engine/analysis/robustness/affine';
import { marginNetworks, own } from './affines';
import { Tally } from './tally';

describe('affine classifiers whose margin is written (P11, P12)', () => {
  it('change their answer and are confidently wrong at the severities of the closed form, and nowhere else', async () => {
    const [flips, wrong] = [new Tally(), new Tally()];
    const sayings = (changed: boolean): string => (changed ? 'changes' : 'holds');
    const errors = (error: boolean): string => (error ? 'confidently wrong' : 'right or unsure');
    for (const { name, network, input, families, truth, crossing } of marginNetworks()) {
      flips.networks += 1;
      const { values } = await testRobustness([input], network, own, { families, tau: 0.9 });
      const found = values[0]!;
      for (const { id, steps } of found.families)
        for (const { severity, flippedShare, confidentWrong } of steps) {
          const planted = truth[`${id} ${String(severity)}`]!;
          flips.add(sayings(planted.flips), sayings(flippedShare === 1), `${name} ${id} ${String(severity)}`);
          wrong.add(
            errors(planted.confidentlyWrong),
            errors(confidentWrong === true),
            `${name} ${id} ${String(severity)}`,
          );
        }
      const first = found.firstFlip.offset;
      if (crossing === null) expect(first, name).toBeNull();
      else {
        // The bad end of six halvings between neighbouring severities.
        expect(Math.sign(first as number), name).toBe(Math.sign(crossing));
        expect((first as number) / crossing, name).toBeGreaterThanOrEqual(1 - 1e-4);
        expect((first as number) / crossing, name).toBeLessThan(2 ** (1 / 64) + 1e-4);
      }
    }
    wrong.networks = flips.networks;
    flips.print('answers under offset and slope');
    wrong.print('errors under offset and slope');
    expect(flips.wrong()).toEqual([]);
    expect(wrong.wrong()).toEqual([]);
  });
});
