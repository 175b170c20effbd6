import { warningOf } from '../../../../shared/warning';
import type { OcclusionParameters } from '../../../../shared/analysis/occlusion';
import { choicesOf } from './cost';
import { featuresOf, mostHidden, mostIntact, penultimate } from './features';
import type { HidingSetting } from './hiding';
import { nothingToAsk, type FurtherSetting, type Inquiries, type Inquiry } from './inquiry';
import type { LatticeOnInput } from './places';

/** Forward passes in batch entries, at most. */
export const distanceCost = (
  { lattice }: LatticeOnInput,
  parameters: OcclusionParameters,
  { prepared }: Pick<HidingSetting, 'prepared'>,
): { readonly passes: number; readonly seconds: number } => ({
  passes:
    Math.min(mostIntact, prepared.array.shape[0] ?? 1) +
    choicesOf(parameters).length * Math.min(mostHidden, lattice.count),
  seconds: 0,
});

/** How far hidden inputs lie from those of the database: the rows here, the distances once all inputs are done. */
export function distanceInquiry(setting: FurtherSetting): Inquiries {
  const { analysis, parameters, prepared, anatomy, on, readers, secondsAPass } = setting;
  if (!parameters.databaseDistance || !prepared.toTensor) return nothingToAsk;
  const node = penultimate(analysis.network.graph, readers(null).fetch);
  if (node === null) return { inquiries: [], warnings: [warningOf('analysis/no-penultimate-layer')] };
  const body = prepared.toTensor(anatomy.body);
  const inquiry: Inquiry = {
    seconds: distanceCost(on, parameters, setting).passes * secondsAPass,
    async *run(mapped) {
      const features = yield* featuresOf(setting, node, mapped, body);
      if (!features) return { found: {}, stopped: true };
      const { intact, hidden } = features;
      const figures = {
        node,
        channels: intact[0]?.length ?? 0,
        intact: intact.length,
        hidden: hidden[0]?.rows.length ?? 0,
      };
      return { found: { databaseDistance: figures }, features, stopped: false };
    },
  };
  return { inquiries: [inquiry], warnings: [] };
}
