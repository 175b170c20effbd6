import type * as Tensorflow from '@tensorflow/tfjs-node';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { say } from './wish';

/** Saves a network as a TF.js layers model with its figures, and its recipe beside it. */
export async function saveNetwork(
  model: Tensorflow.LayersModel,
  out: string,
  name: string,
  recipeFile: string,
  figures: Readonly<Record<string, unknown>>,
): Promise<void> {
  const folder = join(out, name);
  mkdirSync(folder, { recursive: true });
  await model.save(`file://${folder}`);
  copyFileSync(recipeFile, join(out, `${name}.recipe.json`));
  writeFileSync(join(folder, 'figures.json'), `${JSON.stringify(figures, null, 2)}\n`);
  say(`${name}: saved`);
}
