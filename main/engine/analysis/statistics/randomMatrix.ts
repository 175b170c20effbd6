import { gammaTail } from './gamma';

/** Above this the largest squared singular value of a matrix of noise lies in 1 of 100. Source: Tracy & Widom, β = 1. */
export const tracyWidom99 = 2.0234;

/** N ≥ M. */
const sides = (a: number, b: number): readonly [number, number] => (a >= b ? [a, b] : [b, a]);

/** Where the squared singular values of iid noise of variance 1 end, for large matrices. Source: Marchenko & Pastur 1967. */
export function marchenkoPasturEdge(a: number, b: number): number {
  const [n, m] = sides(a, b);
  return (Math.sqrt(n) + Math.sqrt(m)) ** 2;
}

/** How a squared singular value of noise of variance 1 is scaled to the Tracy–Widom law. Source: Johnstone 2001. */
export function tracyWidomScale(a: number, b: number): { readonly centre: number; readonly width: number } {
  const [n, m] = sides(a, b);
  const sum = Math.sqrt(n - 1) + Math.sqrt(m);
  return { centre: sum ** 2, width: sum * (1 / Math.sqrt(n - 1) + 1 / Math.sqrt(m)) ** (1 / 3) };
}

/** Chance of a scaled value above t, by a shifted gamma law. Source: Chiani 2014. */
export const tracyWidomTail = (t: number): number => gammaTail(46.446, (t + 9.84801) / 0.186054);
