import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { publishedSchema, schemaNames, type SchemaName } from './publishedSchemas';

const pathOf = (name: SchemaName): string =>
  fileURLToPath(new URL(`../../resources/schemas/${name}.schema.json`, import.meta.url));

const stored = (name: SchemaName): unknown => JSON.parse(readFileSync(pathOf(name), 'utf8'));

// UPDATE_SCHEMAS=1 npx vitest run tests/shared/publishedSchemas.test.ts writes them anew.
const update = process.env['UPDATE_SCHEMAS'] === '1';

const examples: Readonly<Record<SchemaName, Record<string, unknown>>> = {
  job: {
    schema: 'isolens/job@1',
    network: 'organs-unet.keras',
    recipe: 'organs-unet.recipe.json',
    inputs: [{ study: 'patients/OKBP-001' }, { array: 'x.npy', label: 'yes' }],
    analyses: [{ id: 'predict' }, { id: 'maps', parameters: { nodes: ['conv1'] } }],
  },
  recipe: {
    schema: 'isolens/recipe@1',
    dims: 2,
    plane: 'axial',
    slices: 'all',
    context: 0,
    grid: { spacingMm: [3, 3, 3], size: [128, 128, null], centre: 'body' },
    channels: [
      { image: 'CT', clip: [-1000, 1000], scale: [0, 1], outside: -1000 },
      { structure: 'PTV70', aliases: ['PTV_7000', 'PTV 70'] },
      { dose: 'plan', unitGy: 70 },
    ],
    output: { kind: 'segmentation', labels: ['background', 'Parotid_L'], activation: 'softmax' },
  },
  database: {
    schema: 'isolens/database@1',
    name: 'Site A',
    entries: [
      { study: 'patients/OKBP-001', patient: 'P1', tags: { KVP: 120 } },
      { array: 'x.npy', included: false, reason: 'hip prosthesis' },
    ],
  },
  describe: {
    schema: 'isolens/describe@1',
    network: {
      name: 'n',
      format: 'keras3',
      sha256: 'ab',
      parameters: 80,
      inputs: [{ name: 'x', shape: [null, 64, 64, 1] }],
      outputs: [{ name: 'y', shape: [null, 3] }],
    },
    nodes: [
      {
        name: 'conv1',
        op: 'conv2d',
        inputs: ['input'],
        outputShape: [null, 64, 64, 8],
        parameters: 80,
        activation: 'relu',
        receptiveField: { size: [3, 3], step: [1, 1], start: [-1, -1] },
      },
    ],
    unsupported: [{ node: 'l', op: 'Lambda', reason: 'custom' }],
  },
  results: {
    schema: 'isolens/results@1',
    isolens: '0.1.0',
    backend: { rung: 'native', versions: {}, threads: 2 },
    job: {},
    network: { sha256: 'ab' },
    seconds: 12.3,
    analyses: [
      {
        id: 'predict',
        parameters: {},
        verdict: null,
        summary: {
          metrics: { patients: 1, inputs: 1, dice: { Parotid_L: 0.8, Parotid_R: { value: 0.7, ci95: [0.6, 0.8] } } },
        },
        inputs: [
          {
            id: 'OKBP-001',
            values: { outputs: [{ name: 'y', min: 0, max: 1, mean: null }] },
            files: { output: { y: 'predict/OKBP-001/output.nrrd' }, labels: 'predict/OKBP-001/labels.nrrd' },
            warnings: [],
          },
        ],
      },
    ],
    errors: [{ code: 'recipe/no-dose', message: 'm', wayOn: 'w', where: { input: 'OKBP-002' } }],
  },
};

describe.each(schemaNames)('the published schema of %s', (name) => {
  it('is what the definitions say today', () => {
    const today = publishedSchema(name);
    if (update) writeFileSync(pathOf(name), `${JSON.stringify(today, null, 2)}\n`);
    expect(stored(name)).toEqual(JSON.parse(JSON.stringify(today)));
  });

  it('takes an example, and refuses one with a key too many or another schema', () => {
    const schema = z.fromJSONSchema(stored(name) as Parameters<typeof z.fromJSONSchema>[0]);
    const example = examples[name];
    expect(schema.safeParse(example).error?.issues ?? []).toEqual([]);
    expect(schema.safeParse({ ...example, surplus: 1 }).success).toBe(false);
    expect(schema.safeParse({ ...example, schema: 'isolens/other@1' }).success).toBe(false);
  });

  it('speaks of values only, not of the form', () => {
    expect(JSON.stringify(stored(name))).not.toMatch(/"control"|"help"/);
  });
});
