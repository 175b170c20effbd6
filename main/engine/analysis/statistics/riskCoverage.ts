import type { Judged } from './calibration';

export interface RiskCoverage {
  /** Mean, over coverages, of the share of wrong answers among the most confident. */
  readonly aurc: number;
  /** The same for confidences that put every right answer before every wrong one. */
  readonly oracle: number;
  readonly excess: number;
}

/** Area under the risk–coverage curve; answers that tie take their mean risk, as over all orders. Source: Geifman & El-Yaniv 2019. */
export function riskCoverageOf(cases: readonly Judged[]): RiskCoverage {
  const sorted = [...cases].sort((a, b) => b.confidence - a.confidence);
  const n = sorted.length;
  let aurc = 0;
  let wrongBefore = 0;
  for (let start = 0; start < n;) {
    let end = start;
    while (end < n && sorted[end]?.confidence === sorted[start]?.confidence) end++;
    const wrong = sorted.slice(start, end).filter(({ right }) => right === 0).length;
    for (let at = start; at < end; at++) aurc += (wrongBefore + (wrong * (at + 1 - start)) / (end - start)) / (at + 1);
    wrongBefore += wrong;
    start = end;
  }
  let oracle = 0;
  for (let wrong = 1; wrong <= wrongBefore; wrong++) oracle += wrong / (n - wrongBefore + wrong);
  return { aurc: aurc / n, oracle: oracle / n, excess: (aurc - oracle) / n };
}
