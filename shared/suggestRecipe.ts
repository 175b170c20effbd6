import type { Description } from './network';
import { Recipe } from './recipe';

type Shape = readonly (number | null)[] | null;

/** Width of the field of view, in mm, that a network of fixed size is first assumed to see: a head and neck with its shoulders cut. */
const fieldMm = 384;

/** Voxels that would make the field as wide as that, to the half millimetre. */
const spacingFor = (size: number): number => Math.max(0.5, Math.round((2 * fieldMm) / size) / 2);

function gridOf(shape: Shape, dims: 2 | 3): Record<string, unknown> {
  // Tensor order is (slice,) row, column; the recipe's is (i, j, k).
  const spatial = (shape ?? []).slice(1, -1);
  const [i, j] = [spatial.at(-1) ?? null, spatial.at(-2) ?? null];
  const k = dims === 3 ? (spatial.at(-3) ?? null) : null;
  if (i === null && j === null && k === null)
    return { spacingMm: 'native', size: [null, null, null], centre: 'volume' };
  const inPlane = spacingFor(Math.max(i ?? j ?? 1, j ?? i ?? 1));
  return { spacingMm: [inPlane, inPlane, 3], size: [i, j, k], centre: 'body' };
}

function channelsOf(count: number, dims: 2 | 3): { channels: unknown[]; context: number } {
  const image = { image: 'CT', clip: [-1000, 1000], scale: [0, 1], outside: -1000 };
  if (count === 2) return { channels: [image, { dose: 'plan', unitGy: 70 }], context: 0 };
  if (dims === 2 && count > 1 && count % 2 === 1) return { channels: [image], context: (count - 1) / 2 };
  const structures = Array.from({ length: Math.max(0, count - 1) }, (_, n) => ({
    structure: `structure ${String(n + 1)}`,
  }));
  return { channels: [image, ...structures], context: 0 };
}

function outputOf(shape: Shape, activation: string | null): Record<string, unknown> {
  const classes = shape?.at(-1) ?? 1;
  const own = activation === 'softmax' || activation === 'sigmoid' ? activation : classes > 1 ? 'softmax' : 'sigmoid';
  const names = (word: string, count: number): string[] =>
    Array.from({ length: count }, (_, n) => `${word} ${String(n)}`);
  if ((shape?.length ?? 2) <= 2)
    return { kind: 'classification', labels: names('class', Math.max(2, classes)), unit: 'patient', activation: own };
  if (classes === 1 && activation !== 'sigmoid') return { kind: 'regression', quantity: 'dose', unitGy: 1 };
  const labels = ['background', ...names('label', Math.max(2, classes)).slice(1)];
  return { kind: 'segmentation', labels, activation: own };
}

/**
 * A first draft of a recipe from what the file says of the network's shapes: the window asks about the rest. Names of structures and
 * labels stand for what only the user knows.
 */
export function suggestRecipe({ network, nodes }: Description): Recipe {
  const shape = network.inputs[0]?.shape ?? null;
  const dims = (shape?.length ?? 4) >= 5 ? 3 : 2;
  const { channels, context } = channelsOf(shape?.at(-1) ?? 1, dims);
  return Recipe.parse({
    schema: 'isolens/recipe@1',
    dims,
    context,
    grid: gridOf(shape, dims),
    channels,
    output: outputOf(network.outputs[0]?.shape ?? null, nodes.at(-1)?.activation ?? null),
  });
}
