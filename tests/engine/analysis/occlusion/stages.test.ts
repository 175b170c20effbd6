import { describe, expect, it } from 'vitest';
import { stagesOf } from '../../../../main/engine/analysis/occlusion/stages';

describe('the share of a run of several stages', () => {
  it('grows evenly where stages take what was expected', () => {
    let ms = 0;
    const stages = stagesOf([10, 30], () => ms);
    const shares = Array.from({ length: 40 }, (_, second) => {
      if (second === 10) stages.next();
      ms = (second + 1) * 1000;
      return stages.at(second < 10 ? (second + 1) / 10 : (second - 9) / 30);
    });
    shares.forEach((share, second) => {
      expect(share).toBeCloseTo((second + 1) / 40, 9);
    });
  });

  it('forgets an expectation that was wrong, and never falls', () => {
    let ms = 0;
    const stages = stagesOf([90, 10], () => ms);
    const first = [0.1, 0.5, 1].map((share) => {
      ms = 10_000 * share;
      return stages.at(share);
    });
    // 10 s in place of 90: half of the run, whose second stage is expected to take 10 s more.
    expect(first[2]).toBeCloseTo(0.5, 9);
    stages.next();
    const second = [0.01, 0.5, 1].map((share) => {
      ms = 10_000 + 30_000 * share;
      return stages.at(share);
    });
    const all = [...first, ...second];
    expect(all).toEqual([...all].sort((a, b) => a - b));
    expect(second[2]).toBe(1);
  });
});
