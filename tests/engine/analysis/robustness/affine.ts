import { robustness } from '../../../../main/engine/analysis/robustness/robustness';
import type { Context, OpenInput, Part } from '../../../../main/engine/analysis/analysis';
import { prepareArray } from '../../../../main/engine/recipe/prepareArray';
import { readRecipe } from '../../../../main/engine/recipe/readRecipe';
import type { LoadedNetwork } from '../../../../main/engine/network/network';
import {
  robustness as definition,
  type RobustnessSummary,
  type RobustnessValues,
} from '../../../../shared/analysis/robustness';
import type { Recipe } from '../../../../shared/recipe';
import { contextOf, memoryWriter, runToEnd, writtenNetwork } from '../writtenNetwork';

/** Two classes whose margin is w·x + b, as scores (0, w·x + b) of an image of weights. */
export const affine = (weights: readonly number[], bias: number, shape: readonly number[], gain = 1): LoadedNetwork =>
  writtenNetwork(
    shape,
    [
      {
        name: 'scores',
        inputs: ['x'],
        shape: [2],
        op: 'dense',
        compute: ([x]) => [
          0,
          gain * ((x ?? new Float32Array(0)).reduce((sum, value, v) => sum + value * (weights[v] as number), 0) + bias),
        ],
      },
    ],
    { batch: 64 },
  );

/** A network unit is 2000 HU; voxels are 2 mm wide. */
export const recipe = (more: Record<string, unknown> = {}): Recipe =>
  readRecipe(
    {
      schema: 'isolens/recipe@1',
      dims: 2,
      grid: { spacingMm: [2, 2, 2] },
      channels: [{ image: 'CT', clip: [-1000, 1000], scale: [0, 1] }],
      output: { kind: 'classification', labels: ['no', 'yes'] },
      ...more,
    },
    'r',
  );

export function arrayOf(
  values: ArrayLike<number>,
  shape: readonly number[],
  own: Recipe | null,
  { id = 'a', label = null as string | null } = {},
): OpenInput {
  const read = { shape, values: Float32Array.from(values), sha256: id, file: `${id}.npy` };
  const prepared = prepareArray(read, own, [{ name: 'x', shape: null, multiple: [1, 1] }], { id, patient: id });
  return { prepared, spec: { array: `${id}.npy` }, study: null, label, truth: null };
}

/** Every input through the analysis, its values and the summary checked against their schemas. */
export async function testRobustness(
  inputs: readonly OpenInput[],
  network: LoadedNetwork,
  own: Recipe | null,
  parameters: Record<string, unknown>,
) {
  const context: Context = contextOf(network, { recipe: own, inputCount: inputs.length });
  const parsed = definition.parameters.parse(parameters);
  const parts: Part[] = [];
  const memory = memoryWriter();
  for (const input of inputs) {
    const run = robustness.onInput(input, context, parsed, memory.writer, new AbortController().signal);
    parts.push((await runToEnd(run)).part);
  }
  const { summary, verdict, warnings } = robustness.conclude(parts, context, parsed);
  return {
    values: parts.map(({ result }): RobustnessValues => definition.values.parse(result.values)),
    warnings: parts.map(({ result }) => result.warnings),
    said: warnings ?? [],
    summary: definition.summary.parse(summary) satisfies RobustnessSummary,
    verdict,
    memory,
  };
}
