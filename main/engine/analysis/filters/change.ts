import type { ChangeFigures } from '../../../../shared/analysis/filters';

/** How far weights are from those they began with. null where the two cannot be laid over each other. */
export function changeOf(values: Float32Array, before: Float32Array): ChangeFigures | null {
  if (values.length !== before.length) return null;
  let apart = 0;
  let along = 0;
  let now = 0;
  let then = 0;
  for (let at = 0; at < values.length; at++) {
    const [a, b] = [values[at] as number, before[at] as number];
    apart += (a - b) ** 2;
    along += a * b;
    now += a * a;
    then += b * b;
  }
  if (!Number.isFinite(apart + now + then) || then === 0) return null;
  return {
    relativeDistance: Math.sqrt(apart / then),
    cosine: now === 0 ? null : Math.min(1, Math.max(-1, along / Math.sqrt(now * then))),
  };
}
