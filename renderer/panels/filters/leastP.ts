import type { LayerTests } from '../../../shared/analysis/filters';

/** The smallest p of a layer after Holm's correction: at the level or below, the layer is structured. */
export function leastOf({ holm }: Pick<LayerTests, 'holm'>): number | null {
  const ps = holm.filter((p) => p !== null);
  return ps.length === 0 ? null : Math.min(...ps);
}
