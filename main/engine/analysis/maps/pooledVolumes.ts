import {
  volumePercents,
  type MapsVolumes,
  type PooledRegion,
  type SummaryVolumes,
} from '../../../../shared/analysis/mapsVolumes';
import { quantileSorted } from '../statistics/quantile';

/** Curves of one region of one channel, by patient: the sum over the patient's inputs that have the region, and their number. */
interface Pool {
  readonly name: string;
  readonly kind: PooledRegion['kind'];
  readonly patients: Map<string, { readonly sum: Float64Array; inputs: number }>;
}

/** Over patients, the unit: inputs of one patient are averaged first. Inputs are folded in the job's order, one at a time. */
export function pooledVolumes(
  inputs: Iterable<{ readonly patient: string; readonly volumes: readonly MapsVolumes[] }>,
): SummaryVolumes {
  const layers = new Map<string, Map<number, Map<string, Pool>>>();
  for (const { patient, volumes } of inputs)
    for (const { node, channels } of volumes) {
      const layer = layers.get(node) ?? new Map<number, Map<string, Pool>>();
      layers.set(node, layer);
      for (const { channel, regions } of channels) {
        const pools = layer.get(channel) ?? new Map<string, Pool>();
        layer.set(channel, pools);
        for (const { name, kind, curve } of regions) {
          const key = `${kind} ${name.toLowerCase()}`;
          const pool: Pool = pools.get(key) ?? { name, kind, patients: new Map() };
          pools.set(key, pool);
          const own = pool.patients.get(patient) ?? { sum: new Float64Array(volumePercents.length), inputs: 0 };
          pool.patients.set(patient, own);
          curve.forEach((value, n) => (own.sum[n] = (own.sum[n] as number) + value));
          own.inputs++;
        }
      }
    }
  return {
    percents: [...volumePercents],
    layers: [...layers].map(([node, channels]) => ({
      node,
      channels: [...channels].map(([channel, pools]) => ({
        channel,
        regions: [...pools.values()].map(regionOf),
      })),
    })),
  };
}

/** Quantiles between which nine patients in ten lie. */
const band = [0.05, 0.95] as const;

function regionOf({ name, kind, patients }: Pool): PooledRegion {
  const curves = [...patients.values()].map(({ sum, inputs }) => sum.map((value) => value / inputs));
  const columns = volumePercents.map((_, n) => Float64Array.from(curves, (curve) => curve[n] as number).sort());
  const at = (p: number): number[] => columns.map((column) => Number(quantileSorted(column, p).toPrecision(7)));
  return { name, kind, patients: patients.size, median: at(0.5), low: at(band[0]), high: at(band[1]) };
}
