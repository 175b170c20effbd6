import type { FillChoice } from '../../../../../shared/analysis/occlusion';

/**
 * Seconds that fillings take, roughly, on one core: they share out the progress bar beside the forward passes, and no result hangs on
 * them.
 */
const perVoxel = { harmonic: 3.5e-6, shell: 2e-7, blur: 1e-7, noise: 1e-6, product: 2e-9, copy: 1e-8 } as const;

const product = (sizes: readonly number[]): number => sizes.reduce((all, n) => all * n, 1);

/** A Gaussian of half the window, out to four of its widths on both sides, axis by axis. */
const tapsOf = (window: readonly number[]): number => window.reduce((sum, w) => sum + 4 * w + 1, 0);

/** To make a filling ready for an image. */
export const secondsToPrepare = (choice: FillChoice, voxels: number, window: readonly number[]): number =>
  choice === 'blur' ? perVoxel.product * voxels * tapsOf(window) : perVoxel.copy * voxels;

/** To fill one box of the lattice, in a copy of the entry. */
export function secondsOfBox(choice: FillChoice, window: readonly number[], entryVoxels: number): number {
  const voxels = product(window);
  const copy = perVoxel.copy * (voxels + entryVoxels);
  if (typeof choice !== 'string') return copy;
  switch (choice) {
    case 'harmonic':
      return copy + perVoxel.harmonic * voxels;
    case 'local-mean':
      return copy + perVoxel.shell * product(window.map((w) => w + 4));
    case 'noise':
      return copy + perVoxel.noise * product(window.map((w) => w + 8));
    case 'blur':
      return copy + perVoxel.blur * voxels;
    case 'mean':
      return copy;
  }
}

/** To fill a region of `hidden` voxels of an image. */
export function secondsOfRegion(choice: FillChoice, hidden: number, voxels: number): number {
  if (choice === 'harmonic') return perVoxel.copy * voxels + perVoxel.harmonic * hidden;
  return (choice === 'noise' ? perVoxel.noise : perVoxel.blur) * voxels;
}

/** To put a coalition together from what has been filled. */
export const secondsOfCoalition = (voxels: number): number => 5 * perVoxel.copy * voxels;
