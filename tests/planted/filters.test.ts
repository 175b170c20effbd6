import { describe, expect, it } from 'vitest';
import { filters } from '../../main/engine/analysis/filters/filters';
import { filters as definition } from '../../shared/analysis/filters';
import { assembledNetwork } from '../engine/analysis/assembledNetwork';
import { contextOf, memoryWriter, runToEnd } from '../engine/analysis/writtenNetwork';
import { kernelNetworks, type PlantedKernels } from './kernels';
import { Tally } from './tally';

async function look({ draft }: PlantedKernels) {
  const network = await assembledNetwork(draft);
  const asked = definition.parameters.parse({ twins: 1 });
  const context = contextOf(network);
  if (!filters.onNetwork) throw new Error('filters look at the network');
  const run = filters.onNetwork(context, asked, memoryWriter().writer, new AbortController().signal);
  const { part } = await runToEnd(run);
  const { summary, verdict } = filters.conclude([], { ...context, alone: part }, asked);
  network.close();
  return { layer: definition.summary.parse(summary).layers[0]!, verdict };
}

/** The largest number of false alarms that chance at 5 % leaves in n layers, 99.9 % of the time. */
function mostOf(n: number): number {
  let [below, at, k] = [0, 0.95 ** n, 0];
  while (below + at < 0.999) {
    below += at;
    at *= ((n - k) / (k + 1)) * (0.05 / 0.95);
    k += 1;
  }
  return k;
}

describe('layers of noise and of patterns (P6)', () => {
  it('are told apart: every pattern is found, and noise is taken for one no more often than the level allows', async () => {
    const tally = new Tally();
    for (const planted of kernelNetworks()) {
      tally.networks += 1;
      const { layer, verdict } = await look(planted);
      tally.add(planted.truth, layer.status, planted.name);
      expect(verdict?.code, planted.name).toBe(layer.status);
      if (planted.name.startsWith('Laplacian')) expect(layer.layer.moranMean, planted.name).toBeLessThan(0);
    }
    tally.print('filters');
    const rates = tally.rates();
    const [structured, noise] = ['structured', 'noise-like'].map((own) =>
      rates.find(({ verdict }) => verdict === own)!,
    );
    expect(structured!.recall).toBe(1);
    expect(noise!.precision).toBe(1);
    expect(noise!.planted - noise!.found).toBeLessThanOrEqual(mostOf(noise!.planted));
    expect(rates.map(({ verdict }) => verdict)).toEqual(['noise-like', 'structured']);
  });
});
