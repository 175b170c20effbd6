import { stepsFrom, type Tint } from './tint';

const doseSteps = stepsFrom('dose', () => 1);

/** Dose as ordered colour from 0 to the plan's maximum; below the threshold the image shows. */
export function washTint(maximumGy: number, thresholdGy: number): Tint {
  return { low: 0, high: maximumGy, steps: doseSteps, hiddenBelow: Math.max(thresholdGy, 1e-6) };
}
