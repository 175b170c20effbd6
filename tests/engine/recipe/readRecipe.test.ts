import { describe, expect, it } from 'vitest';
import { parseRecipe, readRecipe } from '../../../main/engine/recipe/readRecipe';
import type { IsolensError } from '../../../shared/problem/problem';

const example = {
  schema: 'isolens/recipe@1',
  dims: 2,
  plane: 'axial',
  slices: 'all',
  context: 0,
  grid: { spacingMm: [3.0, 3.0, 3.0], size: [128, 128, 128], centre: 'body' },
  channels: [
    { image: 'CT', clip: [-1000, 1000], scale: [0, 1], outside: -1000 },
    { structure: 'PTV70', aliases: ['PTV_7000', 'PTV 70'] },
    { dose: 'plan', unitGy: 70 },
  ],
  output: { kind: 'segmentation', labels: ['background', 'Parotid_L', 'Parotid_R'], activation: 'softmax' },
};

const problemOf = (change: (recipe: Record<string, unknown>) => void) => {
  const recipe = structuredClone(example) as Record<string, unknown>;
  change(recipe);
  try {
    readRecipe(recipe, 'net.recipe.json');
  } catch (thrown) {
    return (thrown as IsolensError).problem;
  }
  throw new Error('it was read');
};

describe('reading a recipe', () => {
  it('takes the published example and fills in the defaults', () => {
    const recipe = readRecipe(example, 'x.recipe.json');
    expect(recipe.orientation).toBe('LPS');
    expect(recipe.gaps).toBe('refuse');
    expect(recipe.channels[1]).toMatchObject({ structure: 'PTV70', mask: 'centre' });
    const least = readRecipe(
      {
        schema: 'isolens/recipe@1',
        dims: 3,
        grid: {},
        channels: [{ image: 'CT' }],
        output: { kind: 'classification', labels: ['a', 'b'] },
      },
      'y',
    );
    expect(least.grid).toEqual({ spacingMm: 'native', size: [null, null, null], centre: 'volume' });
    expect(least.output).toMatchObject({ unit: 'slice', activation: 'softmax' });
  });

  it('names the nearest known key of an unknown one, at any depth', () => {
    expect(problemOf((r) => (r['grids'] = {}))).toMatchObject({
      code: 'recipe/unknown-key',
      facts: { key: 'grids', nearest: 'grid', file: 'net.recipe.json' },
    });
    expect(problemOf((r) => ((r['grid'] as Record<string, unknown>)['spacing'] = 3))).toMatchObject({
      facts: { key: 'grid.spacing', nearest: 'spacingMm' },
    });
    expect(problemOf((r) => ((r['channels'] as Record<string, unknown>[])[0]!['outsides'] = 3))).toMatchObject({
      facts: { key: 'channels[0].outsides', nearest: 'outside' },
    });
    expect(problemOf((r) => ((r['output'] as Record<string, unknown>)['activations'] = 'none'))).toMatchObject({
      facts: { key: 'output.activations', nearest: 'activation' },
    });
  });

  it.each([
    ['dims', (r: Record<string, unknown>) => (r['dims'] = 4)],
    ['orientation', (r: Record<string, unknown>) => (r['orientation'] = 'LLS')],
    ['context', (r: Record<string, unknown>) => ((r['dims'] = 3), (r['context'] = 1))],
    ['plane', (r: Record<string, unknown>) => ((r['dims'] = 3), (r['plane'] = 'coronal'))],
    ['slices', (r: Record<string, unknown>) => (r['slices'] = [5, 2])],
    ['channels[0].clip', (r: Record<string, unknown>) => (r['channels'] = [{ image: 'CT', clip: [1000, -1000] }])],
    ['channels[0].scale', (r: Record<string, unknown>) => (r['channels'] = [{ image: 'CT', scale: [0, 1] }])],
    ['channels[0]', (r: Record<string, unknown>) => (r['channels'] = [{ clip: [0, 1] }])],
    ['channels[0]', (r: Record<string, unknown>) => (r['channels'] = [{ image: 'CT', dose: 'plan' }])],
    [
      'output.labels',
      (r: Record<string, unknown>) => ((r['output'] as Record<string, unknown>)['labels'] = ['a', 'a']),
    ],
    ['schema', (r: Record<string, unknown>) => (r['schema'] = 'isolens/recipe@2')],
  ])('refuses a recipe whose %s cannot be, and names it', (key, change) => {
    expect(problemOf(change)).toMatchObject({ where: { key, file: 'net.recipe.json' } });
  });

  it('says that a file is not JSON', () => {
    expect(() => parseRecipe('{ "dims": 2,', 'cut.recipe.json')).toThrow(/cut\.recipe\.json is not readable as JSON/);
  });
});
