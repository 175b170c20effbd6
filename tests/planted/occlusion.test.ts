import { afterAll, describe, expect, it } from 'vitest';
import type { Part } from '../../main/engine/analysis/analysis';
import { occlusion } from '../../main/engine/analysis/occlusion/occlusion';
import { occlusion as definition } from '../../shared/analysis/occlusion';
import { contextOf } from '../engine/analysis/writtenNetwork';
import { occlude } from '../engine/analysis/occlusion/run';
import { games, plane, randomLabels, recipeOf, untrained, type PlantedGame } from './games';
import { Tally } from './tally';

async function play({ dims, network, inputs }: Pick<PlantedGame, 'dims' | 'network' | 'inputs'>) {
  const patients = await inputs();
  const context = contextOf(network, { recipe: recipeOf(dims), inputCount: patients.length });
  const asked = {
    windowVoxels: dims === 2 ? 5 : [3, 5, 5],
    strideVoxels: dims === 2 ? 5 : [3, 5, 5],
    target: { output: 0, channel: 0, voxel: dims === 2 ? [plane] : [] },
    structure: 'Organ',
  };
  const parts: Part[] = [];
  const played = [];
  for (const input of patients) {
    const { part, values } = await occlude(input, context, asked);
    parts.push(JSON.parse(JSON.stringify(part)) as Part);
    played.push(values.game);
  }
  const { summary, verdict } = occlusion.conclude(parts, context, definition.parameters.parse(asked));
  return { played, verdict, summary: definition.summary.parse(JSON.parse(JSON.stringify(summary))) };
}

describe('networks that are driven by what is written (P9, P16, P19)', () => {
  const [tally, subtypes] = [new Tally(), new Tally()];
  afterAll(() => {
    tally.print('structure, surroundings or outside');
    subtypes.print('how both act together');
  });

  it.each(games())('are told by what drives them: $name', async (planted) => {
    tally.networks += 1;
    const { played, verdict, summary } = await play(planted);
    tally.add(planted.truth, verdict?.code ?? '', planted.name);
    if (planted.truth === 'mixed') {
      subtypes.networks += 1;
      subtypes.add(String(planted.subtype), String(summary.verdict.subtype), planted.name);
    }
    planted.shapley?.forEach(({ structure, outside }, n) => {
      const fill = played[n]?.fills.find((own) => own.fill === 'local-mean');
      expect(fill?.shapley.structure, planted.name).toBeCloseTo(structure, 4);
      expect(fill?.shapley.outside, planted.name).toBeCloseTo(outside, 4);
    });
    if (planted.name.startsWith('0:0:10')) {
      const { outside } = summary.verdict.players;
      expect(outside !== null && typeof outside !== 'number' ? outside.value : outside, planted.name).toBeCloseTo(1, 6);
    }
    expect(verdict?.code).toBe(planted.truth);
    expect(summary.verdict.subtype).toBe(planted.subtype);
  });

  it('are never called driven by the structure where they were never trained, or trained on labels by lot', async () => {
    for (const dims of [2, 3] as const)
      for (const nothing of [untrained(80 + dims, dims), randomLabels(90 + dims, dims)]) {
        const { verdict } = await play(nothing);
        expect(verdict?.code, nothing.name).not.toBe('structure-driven');
      }
  });
});
