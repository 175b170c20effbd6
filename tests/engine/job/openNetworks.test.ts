import { copyFile, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openNetworks } from '../../../main/engine/job/openNetworks';

const demo = 'resources/demo/networks/organs-unet-final';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isolens-networks-'));
  for (const name of ['one', 'two']) {
    await cp(demo, join(folder, name), { recursive: true });
    await copyFile(`${demo}.recipe.json`, join(folder, `${name}.recipe.json`));
  }
  const recipe = JSON.parse(await readFile(`${demo}.recipe.json`, 'utf8')) as { grid: object };
  const finer = { ...recipe, grid: { ...recipe.grid, spacingMm: [2, 2, 2] } };
  await writeFile(join(folder, 'two.recipe.json'), JSON.stringify(finer));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('the same weights from another folder bring the recipe that lies there', async () => {
  const networks = openNetworks();
  const one = await networks.open(join(folder, 'one'), undefined);
  const two = await networks.open(join(folder, 'two'), undefined);
  expect(two.id).toBe(one.id);
  expect([one.recipe?.grid.spacingMm, two.recipe?.grid.spacingMm]).toEqual([
    [3, 3, 3],
    [2, 2, 2],
  ]);
  expect(two.recipePath).toBe(join(folder, 'two.recipe.json'));
  expect(networks.at(join(folder, 'one'))).toBeUndefined();
  expect(networks.get(two.id).loaded.graph.nodes.length).toBeGreaterThan(3);
  expect(networks.close(two.id)).toBe(true);
});
