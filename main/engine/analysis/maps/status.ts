import type { ChannelStatus } from '../../../../shared/analysis/channelStatuses';
import type { MapsParameters } from '../../../../shared/analysis/maps';
import type { ActivationRule } from '../activationRule';
import type { PooledChannel } from './pool';

export type Thresholds = Omit<MapsParameters, 'nodes' | 'save' | 'volumes'>;

/** What the status of a channel hangs on beside its own figures. */
export interface ChannelSetting {
  readonly rule: ActivationRule;
  readonly patients: number;
  readonly certified: boolean;
  /** Largest |A| of the layer. */
  readonly layerMax: number;
  readonly dormancy: number | null;
  readonly borderMass: number | null;
}

/** The first of the closed, ordered list that holds. Source: methods §1.1, Status. */
export function statusOf(
  channel: PooledChannel,
  { rule, patients, certified, layerMax, dormancy, borderMass }: ChannelSetting,
  thresholds: Thresholds,
): ChannelStatus {
  const { min, max, output } = channel;
  const silentEverywhere = rule.silent.of !== 'never' && channel.silentShare === 1;
  const spread = max - min;
  const small = thresholds.frozenSpread * Math.max(layerMax, 1e-12);

  if (channel.notFinite > 0) return 'invalid';
  if (certified) return 'dead-certified';
  if (silentEverywhere) return patients >= thresholds.deadPatients ? 'dead' : 'silent-so-far';
  // One value alone (a dense unit of one input) cannot show whether it moves.
  if (output.n > 1 && spread <= small && max !== 0) return 'frozen';
  if (channel.positionShare !== null && channel.positionShare > thresholds.positionShare) return 'position-only';
  if (borderMass !== null && borderMass >= thresholds.borderMass) return 'border-only';
  if (channel.flatShare >= thresholds.saturatedShare && channel.flat > 0) return 'saturated';
  if (rule.silent.of !== 'never' && channel.silentShare >= thresholds.silentShare) return 'nearly-dead';
  if (dormancy !== null && dormancy <= thresholds.dormancy) return 'dormant';
  if (rule.kind === 'leaky' && max <= 0) return 'one-sided';
  if (rule.linearBelow !== null && min > 0 && max < rule.linearBelow) return 'always-on';
  return 'alive';
}
