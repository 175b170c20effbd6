import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openNetworks } from '../../../main/engine/job/openNetworks';
import { networkInputsOf } from '../../../main/engine/recipe/networkInput';

const folder = 'resources/demo/networks';
const names = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
/** What ships stays small, bytes. */
const most = 1.5 * 2 ** 20;

it.each(['start', 'epoch-01', 'final', 'lr-too-high', 'half-database'])('organs-unet is there as %s', (checkpoint) => {
  expect(names).toContain(`organs-unet-${checkpoint}`);
});

it.each(['levels-classifier', 'shortcut-classifier', 'dose-unet3d', 'dose-unet3d-epoch-01'])('%s is there', (name) => {
  expect(names).toContain(name);
});

describe.each(names)('the demo network %s', (name) => {
  it('opens with its recipe, which fits its input and its output', async () => {
    const networks = openNetworks();
    const { recipe, notes, description, id, card } = await networks.open(join(folder, name, 'model.json'), undefined);
    const [input] = networkInputsOf(description);
    const [output] = networks.get(id).loaded.graph.outputs;
    networks.close(id);
    expect(notes).toEqual([]);
    expect(input?.shape?.length).toBe(recipe?.dims === 3 ? 5 : 4);
    expect(input?.shape?.at(-1)).toBe(recipe?.channels.length);
    const kinds = recipe?.output.kind === 'regression' ? 1 : recipe?.output.labels.length;
    expect(output?.shape?.at(-1)).toBe(kinds);
    expect(card).toContain(`# ${name}\n`);
  });

  it('says where its patients come from, how far it was trained, and is small', () => {
    const card = readFileSync(join(folder, `${name}.md`), 'utf8');
    expect(card).toMatch(name === 'organs-unet-start' ? /no training, no patient/ : /Medical Physics 48 \(2021\) 5549/);
    expect(card).toMatch(/not for any decision about a patient/i);
    expect(Object.keys(JSON.parse(readFileSync(join(folder, name, 'figures.json'), 'utf8')) as object)).toContain(
      'steps',
    );
    const bytes = readdirSync(join(folder, name)).map((file) => statSync(join(folder, name, file)).size);
    expect(Math.max(...bytes)).toBeLessThanOrEqual(most);
  });
});
