import * as tf from '@tensorflow/tfjs-node';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { readFileSync } from 'node:fs';
import { readRecipe } from '../../../main/engine/recipe/readRecipe';
import { hasAllInputs, openKbpInputs, realDose, slab, syntheticDose, type DosePatient } from './dosePatient';
import { cubeSide, doseUnet3d, trainingGy } from './doseUnet3d';
import { packedPatients } from './packedPatient';
import { saveNetwork } from './save';
import { falling, say, type Wish } from './wish';

const rate = 3e-3;
const usualSteps = 260;
const realInTraining = 31;
const syntheticInTraining = [101, 102, 103];
const heldOutSynthetic = [901, 902];
/** Slices of a step, and how much less a voxel weighs where neither patient nor dose is. */
const depth = 16;
const beside = 0.05;
/** Channels of the input: the CT and the structures. */
const channels = 1 + openKbpInputs.length;

const name = 'dose-unet3d';
const recipeFile = `resources/demo/training/${name}.recipe.json`;

/** A copy of the network that gives Gy: its last layer is linear. */
function inGy(model: tf.LayersModel): tf.LayersModel {
  const copy = doseUnet3d(tf, channels, 0);
  copy.setWeights(model.getWeights());
  const last = copy.getLayer('dose');
  last.setWeights(last.getWeights().map((weight) => weight.mul(trainingGy)));
  return copy;
}

/** Mean absolute error over the voxels that count, in the first target and in each organ, Gy. */
function errorsOf(model: tf.LayersModel, patient: DosePatient): Record<string, number> {
  const { input } = slab(patient, 0, cubeSide, false);
  const found = tf.tidy(() =>
    (model.predict(tf.tensor5d(input, [1, cubeSide, cubeSide, cubeSide, channels])) as tf.Tensor).dataSync(),
  );
  const over = (inside: (v: number) => boolean): number => {
    let [sum, n] = [0, 0];
    for (let v = 0; v < found.length; v++) {
      if (!inside(v)) continue;
      sum += Math.abs((found[v] ?? 0) - (patient.dose[v] ?? 0) * trainingGy);
      n++;
    }
    return sum / n;
  };
  const within = openKbpInputs.map((organ, n) => [organ, over((v) => (patient.channels[n + 1]?.[v] ?? 0) > 0.5)]);
  return { counted: over((v) => patient.counts[v] === 1), ...Object.fromEntries(within) } as Record<string, number>;
}

function meanErrors(model: tf.LayersModel, patients: readonly DosePatient[]): Record<string, unknown> {
  const rows = patients.map((patient) => errorsOf(model, patient));
  const mean = Object.keys(rows[0] ?? {}).map((key) => {
    const known = rows.map((row) => row[key] ?? NaN).filter(Number.isFinite);
    return [key, known.reduce((sum, value) => sum + value, 0) / known.length];
  });
  return { patients: patients.map(({ id }) => id), meanAbsoluteErrorGy: Object.fromEntries(mean) as unknown };
}

interface Cohort {
  readonly training: readonly DosePatient[];
  readonly real: readonly DosePatient[];
  readonly synthetic: readonly DosePatient[];
}

async function cohortOf({ real }: Wish): Promise<Cohort> {
  const recipe = readRecipe(JSON.parse(readFileSync(recipeFile, 'utf8')), recipeFile);
  const whole = real === undefined ? [] : packedPatients(real).filter(hasAllInputs);
  const training: DosePatient[] = [];
  const held: DosePatient[] = [];
  for (const [n, patient] of whole.entries())
    (n < realInTraining ? training : held).push(await realDose(patient, recipe));
  say(`${String(training.length)} real patients for training, ${String(held.length)} held out`);
  for (const seed of syntheticInTraining) training.push(await syntheticDose(seed, recipe));
  const synthetic: DosePatient[] = [];
  for (const seed of heldOutSynthetic) synthetic.push(await syntheticDose(seed, recipe));
  return { training, real: held, synthetic };
}

/**
 * Trains `dose-unet3d` on slabs of the patients, mirrored at random, and saves it after the first pass (`-epoch-01`), now and then while it
 * runs, and at its end.
 */
export async function trainDose(wish: Wish): Promise<void> {
  const { out, seed, steps = usualSteps } = wish;
  const { training, real, synthetic } = await cohortOf(wish);
  const model = doseUnet3d(tf, channels, seed);
  const save = async (as: string, done: number): Promise<void> => {
    const gy = inGy(model);
    const heldOut = { real: meanErrors(gy, real), synthetic: meanErrors(gy, synthetic) };
    await saveNetwork(gy, out, as, recipeFile, {
      steps: done,
      of: steps,
      rate,
      seed,
      weights: gy.countParams(),
      trainedOn: training.map(({ id }) => id),
      heldOut,
    });
    say(JSON.stringify(heldOut));
    gy.dispose();
  };
  const random = xoroshiro128plus(seed);
  const whole = (least: number, most: number): number => uniformInt(random, least, most);
  const optimizer = tf.train.adam(rate);
  const rateAt = falling(rate, steps, 20);
  let running = 0;
  for (let step = 0; step < steps; step++) {
    (optimizer as unknown as { learningRate: number }).learningRate = rateAt(step);
    const patient = training[whole(0, training.length - 1)];
    if (!patient) break;
    const [from, mirrored] = [4 * whole(0, (cubeSide - depth) / 4), whole(0, 1) === 1];
    const { input, dose, counts } = slab(patient, from, depth, mirrored);
    const loss = tf.tidy(() => {
      const x = tf.tensor5d(input, [1, depth, cubeSide, cubeSide, channels]);
      const y = tf.tensor5d(dose, [1, depth, cubeSide, cubeSide, 1]);
      const weights = tf.tensor5d(counts, y.shape).mul(1 - beside).add(beside); // prettier-ignore
      const cost = optimizer.minimize(() => {
        const error = (model.apply(x, { training: true }) as tf.Tensor).sub(y).abs();
        return error.mul(weights).sum().div(weights.sum()).asScalar();
      }, true);
      return cost?.dataSync()[0] ?? NaN;
    });
    running = step === 0 ? loss : 0.95 * running + 0.05 * loss;
    if (step % 10 === 0) say(`step ${String(step)} error ${(running * trainingGy).toFixed(2)} Gy`);
    if (step === training.length - 1) await save(`${name}-epoch-01`, step + 1);
    else if (step % 65 === 64 && step + 1 < steps) await save(name, step + 1);
  }
  await save(name, steps);
}
