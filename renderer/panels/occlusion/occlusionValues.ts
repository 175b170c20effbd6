import { occlusion, type OcclusionValues, type StructureFigures } from '../../../shared/analysis/occlusion';

/** The figures of one study of an occlusion result; null where they cannot be read. */
export function occlusionValues(values: unknown): OcclusionValues | null {
  const read = occlusion.values.safeParse(values);
  return read.success ? read.data : null;
}

/** Structures by their share of Σ|support|, the largest first; what has none comes last. */
export const ranked = ({ structures }: OcclusionValues): readonly StructureFigures[] =>
  [...structures].sort((a, b) => (b.share ?? -1) - (a.share ?? -1));
