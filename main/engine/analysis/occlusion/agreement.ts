import { rankCorrelation } from '../statistics/rankCorrelation';

/** Values beyond this are correlated on an even choice of voxels: ranking millions tells no more. */
const mostVoxels = 200_000;

/**
 * Mean Spearman correlation between the maps of several fillings, inside the body where there is one; null with one filling or where a map is
 * even. *Source* methods §1.4, κ.
 */
export function fillAgreement(maps: readonly Float32Array[], body: Uint8Array | null): number | null {
  const [first] = maps;
  if (!first || maps.length < 2) return null;
  const inside = Uint32Array.from(first.keys()).filter(
    (v) => (!body || body[v] === 1) && maps.every((map) => !Number.isNaN(map[v])),
  );
  const every = Math.max(1, Math.ceil(inside.length / mostVoxels));
  const chosen = inside.filter((_, n) => n % every === 0);
  const picked = maps.map((map) => Float32Array.from(chosen, (v) => map[v] ?? NaN));
  const correlations: number[] = [];
  picked.forEach((a, i) => picked.slice(i + 1).forEach((b) => correlations.push(rankCorrelation(a, b))));
  const known = correlations.filter((r) => !Number.isNaN(r));
  return known.length === 0 ? null : known.reduce((sum, r) => sum + r, 0) / known.length;
}
