import { gammaTail } from './gamma';

/** Share of the standard normal distribution above z; exact far out in the tail too. */
export const normalTail = (z: number): number =>
  z >= 0 ? gammaTail(0.5, (z * z) / 2) / 2 : 1 - gammaTail(0.5, (z * z) / 2) / 2;

export const normalCdf = (z: number): number => normalTail(-z);

export const normalDensity = (z: number): number => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);

/** p of a standard normal figure that may lie on either side. */
export const twoSided = (z: number): number => Math.min(1, 2 * normalTail(Math.abs(z)));

/** The z below which a share p lies: Hastings' first guess, then Halley's steps on the tail itself. */
export function normalQuantile(p: number): number {
  if (p <= 0) return -Infinity;
  if (p >= 1) return Infinity;
  if (p > 0.5) return -normalQuantile(1 - p);
  const t = Math.sqrt(-2 * Math.log(p));
  let z = -(t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))));
  for (let step = 0; step < 4; step += 1) {
    const off = (normalCdf(z) - p) / normalDensity(z);
    z -= off / (1 + (z * off) / 2);
  }
  return z;
}
