/** From this share of a stage on its own speed tells how long it will take. */
const tellingShare = 0.02;

/** The share done of a run of several stages, one after the other. */
export interface Stages {
  /** `share` of the stage at hand. Never falls. */
  at(share: number): number;
  /** The stage at hand is done. */
  next(): void;
}

/**
 * Stages are weighed by the seconds that they are expected to take and, from when they run, by those that they do take: an expectation that was
 * wrong does not stay in the bar.
 */
export function stagesOf(expectedSeconds: readonly number[], now: () => number = () => performance.now()): Stages {
  let stage = 0;
  let before = 0;
  let begun = now();
  let last = 0;
  return {
    at(share) {
      const elapsed = (now() - begun) / 1000;
      const expected = expectedSeconds[stage] ?? 0;
      const lasts = share >= tellingShare ? elapsed / share : Math.max(expected, elapsed);
      const done = share >= tellingShare ? elapsed : share * lasts;
      const later = expectedSeconds.slice(stage + 1).reduce((sum, seconds) => sum + seconds, 0);
      const whole = before + lasts + later;
      last = Math.max(last, Math.min(1, whole > 0 ? (before + done) / whole : 0));
      return last;
    },
    next() {
      before += (now() - begun) / 1000;
      begun = now();
      stage += 1;
    },
  };
}
