import * as tf from '@tensorflow/tfjs-node';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { phantomPatient } from '../../../main/engine/phantom/phantomPatient';
import { readRecipe } from '../../../main/engine/recipe/readRecipe';
import { fit } from './fit';
import { labels, openKbpNames } from './labels';
import { organsUnet } from './organsUnet';
import { packedPatients, type PackedPatient } from './packedPatient';
import type { TrainingPatient } from './patient';
import { saveNetwork } from './save';
import { diceOf, meanDice } from './score';
import { slicesOf, worthTraining, type Slice } from './slices';
import { falling, say, type Wish } from './wish';

const batch = 8;
const rate = 1e-3;
const usualSteps = 1100;
const realInTraining = 30;
const heldOutReal = 6;
const syntheticInTraining = Array.from({ length: 10 }, (_, n) => 101 + n);
const heldOutSynthetic = [901, 902, 903, 904];
/** Steps that the rate is too high for: enough to kill, too few to matter otherwise. */
const stepsTooHigh = 120;

const recipeFile = 'resources/demo/training/organs-unet.recipe.json';

async function syntheticPatient(of: number): Promise<TrainingPatient> {
  const { ct, masks } = await phantomPatient(of, { matrix: 128, sliceMm: 3 });
  return { id: `HN-${String(of)}`, ct, masks: labels.slice(1).map((name) => masks[name] ?? null) };
}

function realPatient({ id, read }: PackedPatient): TrainingPatient {
  const { ct, mask } = read();
  return { id, ct, masks: openKbpNames.map(mask) };
}

interface Cohort {
  readonly training: readonly Slice[];
  readonly trainedOn: readonly string[];
  readonly held: Readonly<Record<'real' | 'synthetic', (readonly Slice[])[]>>;
}

/** The patients of a training; `every` 2 takes the first, third, … of those that the entire database trains on. */
async function cohortOf({ real }: Wish, every: number): Promise<Cohort> {
  const recipe = readRecipe(JSON.parse(readFileSync(recipeFile, 'utf8')), recipeFile);
  const training: Slice[] = [];
  const trainedOn: string[] = [];
  const held: Cohort['held'] = { real: [], synthetic: [] };
  const patients = real === undefined ? [] : packedPatients(real);
  const whole = patients.filter(({ split }) => split === 'train').slice(0, realInTraining);
  const taken = whole.filter((_, n) => n % every === 0);
  for (const patient of patients) {
    if (taken.includes(patient)) {
      trainedOn.push(patient.id);
      training.push(...worthTraining(await slicesOf(realPatient(patient), recipe)));
    } else if (!whole.includes(patient) && held.real.length < heldOutReal)
      held.real.push(await slicesOf(realPatient(patient), recipe));
  }
  say(`${String(taken.length)} real patients for training, ${String(held.real.length)} held out`);
  for (const of of syntheticInTraining.filter((_, n) => n % every === 0)) {
    trainedOn.push(`seed ${String(of)}`);
    training.push(...worthTraining(await slicesOf(await syntheticPatient(of), recipe)));
  }
  for (const of of heldOutSynthetic) held.synthetic.push(await slicesOf(await syntheticPatient(of), recipe));
  say(`${String(training.length)} planes to train on`);
  return { training, trainedOn, held };
}

/** Held-out Dice of a checkpoint, by organ. */
function diceFigures(model: tf.LayersModel, held: Cohort['held']): Record<string, unknown> {
  const rows = Object.entries(held).map(([kind, patients]) => {
    const dice = meanDice(patients.map((slices) => diceOf(tf, model, slices)));
    return [kind, Object.fromEntries(dice.map((d, n) => [labels[n + 1], d]))] as const;
  });
  return Object.fromEntries(rows);
}

/** The checkpoint before the first step. It has no Dice: it has learnt nothing. */
const saveStart = (model: tf.LayersModel, out: string): Promise<void> =>
  saveNetwork(model, out, 'organs-unet-start', recipeFile, { checkpoint: 'start', steps: 0 });

/** Says a smoothed loss every 50 steps. */
function loudly(): (step: number, loss: number) => void {
  let running = 0;
  return (step, loss) => {
    running = step === 0 ? loss : 0.98 * running + 0.02 * loss;
    if (step % 50 === 0) say(`step ${String(step)} loss ${running.toFixed(4)}`);
  };
}

/**
 * Trains `organs-unet` on synthetic patients and, where packed OpenKBP patients are given, on 30 of them, and saves four checkpoints:
 *   start          before the first step: the weights as they were drawn
 *   epoch-01       after the first pass over the planes
 *   final          the end of the training
 *   lr-too-high    the same start, data and order with the rate 30 times higher
 */
export async function trainOrgansUnet(wish: Wish): Promise<void> {
  const { out, seed, steps = usualSteps } = wish;
  const { training, held } = await cohortOf(wish, 1);
  const save = async (model: tf.LayersModel, name: string, told: Record<string, unknown>): Promise<void> =>
    saveNetwork(model, out, `organs-unet-${name}`, recipeFile, {
      checkpoint: name,
      ...told,
      dice: diceFigures(model, held),
    });
  const epoch = Math.ceil(training.length / batch);
  const { model, logits } = organsUnet(tf, labels.length, seed);
  await saveStart(model, out);
  const tell = loudly();
  await fit(tf, logits, training, {
    batch,
    steps,
    seed,
    keep: undefined,
    rate: falling(rate, steps),
    async after(step, loss) {
      tell(step, loss);
      if (step === epoch - 1) await save(model, 'epoch-01', { steps: step + 1, rate });
    },
  });
  await save(model, 'final', { steps, rate });

  const tooHigh = organsUnet(tf, labels.length, seed);
  const tellTooHigh = loudly();
  await fit(tf, tooHigh.logits, training, {
    batch,
    steps: stepsTooHigh,
    seed,
    keep: undefined,
    rate: () => 30 * rate,
    async after(step, loss) {
      await Promise.resolve();
      tellTooHigh(step, loss);
    },
  });
  await save(tooHigh.model, 'lr-too-high', { steps: stepsTooHigh, rate: 30 * rate });
}

/** The recipe, seed and number of steps of `organs-unet-final`, on every other patient of its database. */
export async function trainOrgansUnetOnHalf(wish: Wish): Promise<void> {
  const { out, seed, keep, steps = usualSteps } = wish;
  const { training, trainedOn, held } = await cohortOf(wish, 2);
  const { model, logits } = organsUnet(tf, labels.length, seed);
  const tell = loudly();
  await fit(tf, logits, training, {
    batch,
    steps,
    seed,
    keep: keep === undefined ? undefined : join(keep, 'organs-unet-half-database.kept'),
    rate: falling(rate, steps),
    async after(step, loss) {
      await Promise.resolve();
      tell(step, loss);
    },
  });
  await saveNetwork(model, out, 'organs-unet-half-database', recipeFile, {
    checkpoint: 'half-database',
    steps,
    rate,
    planes: training.length,
    trainedOn,
    dice: diceFigures(model, held),
  });
}
