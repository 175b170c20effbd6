import { describe, expect, it } from 'vitest';
import type { Part } from '../../main/engine/analysis/analysis';
import { maps } from '../../main/engine/analysis/maps/maps';
import { maps as definition } from '../../shared/analysis/maps';
import { Recipe } from '../../shared/recipe';
import { assembledNetwork } from '../engine/analysis/assembledNetwork';
import { arrayInput, contextOf, memoryWriter, runToEnd } from '../engine/analysis/writtenNetwork';
import { statusNetworks, type PlantedStatuses } from './filterStatuses';
import { Tally } from './tally';

const recipeOf = (dims: 2 | 3): Recipe =>
  Recipe.parse({
    schema: 'isolens/recipe@1',
    grid: {},
    dims,
    channels: [{ image: 'CT', clip: [-1000, 1000], scale: [0, 1] }],
    output: { kind: 'classification', labels: ['a', 'b'] },
  });

async function look({ dims, shape, draft, node, inputs }: PlantedStatuses) {
  const network = await assembledNetwork(draft);
  const context = contextOf(network, { recipe: recipeOf(dims), inputCount: inputs.length });
  const parameters = definition.parameters.parse({ nodes: [node], split: 'scanner' });
  const parts: Part[] = [];
  for (const [n, { values, scanner, patient }] of inputs.entries()) {
    const id = `P${String(n)}`;
    const input = {
      ...arrayInput(values, shape, { id, patient: patient ?? id }),
      tags: { ManufacturerModelName: scanner },
    };
    const run = maps.onInput(input, context, parameters, memoryWriter().writer, new AbortController().signal);
    parts.push((await runToEnd(run)).part);
  }
  const { summary, verdict } = maps.conclude(parts, context, parameters);
  network.close();
  const read = definition.summary.parse(JSON.parse(JSON.stringify(summary)));
  return { channels: read.layers[0]?.channels ?? [], split: read.split?.layers[0]?.channels ?? [], verdict };
}

describe('filters whose fate is written (P1 to P5)', () => {
  it('are found, each of them, with their causes and for the scanner that they are dead for', async () => {
    const tally = new Tally();
    const dead = new Tally();
    const tags = new Tally();
    for (const planted of statusNetworks()) {
      tally.networks += 1;
      const { channels, split, verdict } = await look(planted);
      const isDead = (status: string): string =>
        /dead|silent/.test(status) && status !== 'nearly-dead' ? 'dead' : 'lives';
      planted.truth.forEach((truth, c) => {
        const found = channels[c]!;
        tally.add(truth.status, found.status, `${planted.name} · ${String(c)}`);
        dead.add(isDead(truth.status), isDead(found.status));
        if (truth.cause !== undefined)
          expect(found.cause?.compatibleWith, `${planted.name} · ${String(c)}`).toContain(truth.cause);
        expect(found.certified, planted.name).toBe(truth.status === 'dead-certified');
        if (truth.flat) {
          const { share, of } = truth.flat;
          const slack = 3.3 * Math.sqrt((share * (1 - share)) / of);
          expect(Math.abs((found.saturatedShare ?? NaN) - share), planted.name).toBeLessThan(slack);
        }
        const tested = split.find(({ channel }) => channel === c);
        tags.add(
          truth.p === undefined ? 'alike' : 'differs by scanner',
          tested?.differs === true ? 'differs by scanner' : 'alike',
        );
        if (truth.p !== undefined) expect(tested?.p).toBeCloseTo(truth.p, 12);
      });
      if (planted.truth.some(({ status }) => status === 'invalid')) expect(verdict?.code).toBe('invalid');
    }
    tally.print('status of filters');
    dead.networks = tags.networks = tally.networks;
    dead.print('dead or alive');
    tags.print('split by scanner');
    expect(tally.wrong()).toEqual([]);
    expect(tags.wrong()).toEqual([]);
  });
});
