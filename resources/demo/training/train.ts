import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs-node';
import { phantomPatient } from '../../../main/engine/phantom/phantomPatient';
import { readRecipe } from '../../../main/engine/recipe/readRecipe';
import { fit } from './fit';
import { labels } from './labels';
import { organsUnet } from './organsUnet';
import { packedPatients } from './packedPatient';
import type { TrainingPatient } from './patient';
import { diceOf, meanDice } from './score';
import { slicesOf, worthTraining, type Slice } from './slices';

/**
 * Trains `organs-unet` on synthetic patients and, where `--real FOLDER` names the packed OpenKBP patients, on 30 of them, and saves the
 * three checkpoints as TF.js layers models with their figures:
 *   epoch-01       after the first pass over the planes
 *   final          the end of the training
 *   lr-too-high    the same start, data and order with the rate 30 times higher
 */
const { values: words } = parseArgs({
  options: {
    real: { type: 'string' },
    out: { type: 'string', default: 'resources/demo/networks' },
    synthetic: { type: 'string', default: '10' },
    steps: { type: 'string', default: '1100' },
    seed: { type: 'string', default: '7' },
  },
});
const steps = Number(words.steps);
const seed = Number(words.seed);
const batch = 8;
const rate = 1e-3;
const realInTraining = 30;
const heldOutReal = 6;
const heldOutSynthetic = [901, 902, 903, 904];
/** Steps that the rate is too high for: enough to kill, too few to matter otherwise. */
const stepsTooHigh = 120;

const say = (text: string): void => {
  process.stdout.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`);
};

async function syntheticPatient(of: number): Promise<TrainingPatient> {
  const { ct, masks } = await phantomPatient(of, { matrix: 128, sliceMm: 3 });
  return { id: `HN-${String(of)}`, ct, masks: labels.slice(1).map((name) => masks[name] ?? null) };
}

const recipeFile = 'resources/demo/training/organs-unet.recipe.json';
const recipe = readRecipe(JSON.parse(readFileSync(recipeFile, 'utf8')), recipeFile);

const training: Slice[] = [];
const held: Record<'real' | 'synthetic', (readonly Slice[])[]> = { real: [], synthetic: [] };

if (words.real !== undefined) {
  const patients = packedPatients(words.real);
  const inTraining = patients.filter(({ split }) => split === 'train').slice(0, realInTraining);
  for (const patient of patients) {
    say(patient.id);
    const slices = await slicesOf(patient.read(), recipe);
    if (inTraining.includes(patient)) training.push(...worthTraining(slices));
    else if (held.real.length < heldOutReal) held.real.push(slices);
  }
  say(`${String(inTraining.length)} real patients for training, ${String(held.real.length)} held out`);
}
for (let n = 0; n < Number(words.synthetic); n++)
  training.push(...worthTraining(await slicesOf(await syntheticPatient(101 + n), recipe)));
for (const of of heldOutSynthetic) held.synthetic.push(await slicesOf(await syntheticPatient(of), recipe));
say(`${String(training.length)} planes to train on`);

const epoch = Math.ceil(training.length / batch);

/** Held-out figures of a checkpoint, by organ. */
function figuresOf(model: tf.LayersModel): Record<string, unknown> {
  const rows = Object.entries(held).map(([kind, patients]) => {
    const dice = meanDice(patients.map((slices) => diceOf(tf, model, slices)));
    return [kind, Object.fromEntries(dice.map((d, n) => [labels[n + 1], d]))] as const;
  });
  return Object.fromEntries(rows);
}

async function save(model: tf.LayersModel, name: string, told: Record<string, unknown>): Promise<void> {
  const folder = join(words.out, `organs-unet-${name}`);
  mkdirSync(folder, { recursive: true });
  await model.save(`file://${folder}`);
  copyFileSync(recipeFile, join(words.out, `organs-unet-${name}.recipe.json`));
  const figures = { checkpoint: name, ...told, dice: figuresOf(model) };
  writeFileSync(join(folder, 'figures.json'), `${JSON.stringify(figures, null, 2)}\n`);
  say(`${name}: ${JSON.stringify(figures.dice)}`);
}

/** Cosine fall from the given rate to a fiftieth of it, after 100 steps of warming up. */
const falling =
  (top: number, of: number) =>
  (step: number): number =>
    top * Math.min(1, (step + 1) / 100) * (0.02 + 0.98 * 0.5 * (1 + Math.cos((Math.PI * step) / of)));

const { model, logits } = organsUnet(tf, labels.length, seed);
let running = 0;
await fit(tf, logits, training, {
  batch,
  steps,
  seed,
  rate: falling(rate, steps),
  async after(step, loss) {
    running = step === 0 ? loss : 0.98 * running + 0.02 * loss;
    if (step % 50 === 0) say(`step ${String(step)} loss ${running.toFixed(4)}`);
    if (step === epoch - 1) await save(model, 'epoch-01', { steps: step + 1, rate });
  },
});
await save(model, 'final', { steps, rate });

const tooHigh = organsUnet(tf, labels.length, seed);
await fit(tf, tooHigh.logits, training, {
  batch,
  steps: stepsTooHigh,
  seed,
  rate: () => 30 * rate,
  async after(step, loss) {
    await Promise.resolve();
    if (step % 50 === 0) say(`too high: step ${String(step)} loss ${loss.toFixed(4)}`);
  },
});
await save(tooHigh.model, 'lr-too-high', { steps: stepsTooHigh, rate: 30 * rate });
