/** When something happened, or that it had not when the looking ended. */
export interface Lifetime {
  readonly time: number;
  readonly happened: boolean;
}

export interface SurvivalStep {
  readonly time: number;
  /** Share that is left after this time. */
  readonly survival: number;
  readonly atRisk: number;
}

/** The product-limit estimate: one step for each time at which it happened. Source: Kaplan & Meier 1958. */
export function survivalOf(lifetimes: readonly Lifetime[]): readonly SurvivalStep[] {
  const times = [...new Set(lifetimes.filter(({ happened }) => happened).map(({ time }) => time))].sort(
    (a, b) => a - b,
  );
  let survival = 1;
  return times.map((time) => {
    // What was lost from sight at this very time was still there when it happened to the others.
    const atRisk = lifetimes.filter((one) => one.time >= time).length;
    const events = lifetimes.filter((one) => one.happened && one.time === time).length;
    survival *= 1 - events / atRisk;
    return { time, survival, atRisk };
  });
}

/** The first time at which at most half are left; null where more than half last to the end. */
export const medianSurvival = (steps: readonly SurvivalStep[]): number | null =>
  steps.find(({ survival }) => survival <= 0.5 + 1e-12)?.time ?? null;
