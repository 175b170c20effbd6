import { freemem } from 'node:os';

const gib = 2 ** 30;

/** Bytes that tensors may take at once: what was asked for, else half of what is free now, within 0.5 to 8 GiB. */
export const memoryBudget = (gibWished?: number): number =>
  gibWished === undefined ? Math.min(8 * gib, Math.max(gib / 2, freemem() / 2)) : gibWished * gib;
