import type { ChannelFigures, DeathCause } from '../../../../shared/analysis/maps';
import { mergeMoments, noMoments, populationSd, type Moments } from '../statistics/moments';
import { silentBound95 } from '../statistics/proportion';
import { pooledChannel, type LayerPool } from './pool';
import { statusOf, type Thresholds } from './status';

/** What is known of a node's channels from its weights alone, one entry a channel; null where it cannot be told. */
export interface WeightEvidence {
  readonly certified: readonly boolean[] | null;
  readonly used: readonly number[] | null;
  /** The node whose channels the filters read. */
  readonly reads: string;
  /** `deadInputs`: channels that the filters read which were zero everywhere. */
  causeOf(
    channel: number,
    measured: { readonly preMax: number | null; readonly pre: Moments | null },
    deadInputs: readonly boolean[] | null,
  ): DeathCause | null;
}

const finite = (value: number | null): number | null => (value !== null && Number.isFinite(value) ? value : null);

const dead = new Set(['dead-certified', 'dead', 'silent-so-far', 'nearly-dead']);

/**
 * The figures of every channel of one node over the inputs given (one, or all of the job).
 * *Source* methods §1.1, Quantities.
 */
export function channelFigures(
  pool: LayerPool,
  evidence: WeightEvidence,
  thresholds: Thresholds,
  deadInputs: readonly boolean[] | null = null,
): ChannelFigures[] {
  const { rule } = pool;
  const count = pool.channels.length;
  const patients = new Set(pool.patients).size;
  const pooled = pool.channels.flatMap((_, c) => pooledChannel(pool, c, thresholds.saturatedShare) ?? []);
  const layerMax = Math.max(
    0,
    ...pooled.map(({ min, max }) => Math.max(Math.abs(min), Math.abs(max))).filter(Number.isFinite),
  );
  const sizes = pooled.map(({ sum, output }) => (output.n > 0 ? sum / output.n : 0));
  const meanSize = sizes.reduce((sum, size) => sum + size, 0) / Math.max(1, count);
  const layerPre = pooled.reduce((merged, { pre }) => mergeMoments(merged, pre ?? noMoments), noMoments);
  const layerPreSd = populationSd(layerPre);

  return pooled.map((channel, c): ChannelFigures => {
    const { output, pre, preMax } = channel;
    const certified = evidence.certified?.[c] ?? false;
    const dormancy = meanSize > 0 ? (sizes[c] ?? 0) / meanSize : null;
    const borderMass = channel.borderSum !== null && channel.sum > 0 ? channel.borderSum / channel.sum : null;
    const status = statusOf(channel, { rule, patients, certified, layerMax, dormancy, borderMass }, thresholds);
    return {
      min: finite(channel.min),
      max: finite(channel.max),
      mean: output.n > 0 ? output.mean : null,
      sd: finite(populationSd(output)),
      zeroVoxelShare: channel.zeros !== null && output.n > 0 ? channel.zeros / output.n : null,
      zeroMapShare: channel.silentShare,
      status,
      bound95: channel.silentShare === 1 ? silentBound95(patients) : null,
      certified,
      cause: dead.has(status) ? evidence.causeOf(c, { preMax, pre }, deadInputs) : null,
      used: finite(evidence.used?.[c] ?? null),
      notFinite: channel.notFinite,
      margin: preMax !== null ? finite(preMax / layerPreSd) : null,
      meanOffset: pre ? finite(pre.mean / populationSd(pre)) : null,
      preMean: pre ? finite(pre.mean) : null,
      preSd: pre ? finite(populationSd(pre)) : null,
      dormancy,
      saturatedShare: rule.flatBelow > -Infinity || rule.flatAbove < Infinity ? channel.flat / output.n : null,
      borderMass,
      positionShare: channel.positionShare,
    };
  });
}
