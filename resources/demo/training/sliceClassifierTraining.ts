import * as tf from '@tensorflow/tfjs-node';
import { readFileSync } from 'node:fs';
import { readRecipe } from '../../../main/engine/recipe/readRecipe';
import { levels, marked, realClassed, syntheticClassed, type ClassedPatient } from './classedPatient';
import { accuracyOf, classifierBatch, fitClassifier, type ClassedPlane } from './fitClassifier';
import { packedPatients } from './packedPatient';
import { saveNetwork } from './save';
import { planeSide, sliceClassifier } from './sliceClassifier';
import { say, type Wish } from './wish';

const rate = 2e-3;
const usualSteps = 400;
const realInTraining = 20;
const syntheticInTraining = [101, 102, 103, 104, 105, 106];
const heldOutSynthetic = [901, 902, 903];
/** Millimetres from voxel to voxel in the planes of both recipes. */
const spacingMm = 7;

const recipeOf = (name: string) => {
  const file = `resources/demo/training/${name}.recipe.json`;
  return { file, recipe: readRecipe(JSON.parse(readFileSync(file, 'utf8')), file) };
};

interface Cohort {
  readonly training: readonly ClassedPatient[];
  readonly heldReal: readonly ClassedPatient[];
  readonly heldSynthetic: readonly ClassedPatient[];
  readonly heldMarked: readonly ClassedPatient[];
}

async function cohortOf({ real }: Wish): Promise<Cohort> {
  const { recipe } = recipeOf('levels-classifier');
  const training: ClassedPatient[] = [];
  const heldReal: ClassedPatient[] = [];
  for (const patient of real === undefined ? [] : packedPatients(real)) {
    const seen = await realClassed(patient, recipe);
    if (!seen) continue;
    (training.length < realInTraining && patient.split === 'train' ? training : heldReal).push(seen);
  }
  say(`${String(training.length)} real patients for training, ${String(heldReal.length)} held out`);
  for (const seed of syntheticInTraining) training.push(await syntheticClassed(seed, recipe, false));
  const heldSynthetic: ClassedPatient[] = [];
  const heldMarked: ClassedPatient[] = [];
  for (const seed of heldOutSynthetic) {
    heldSynthetic.push(await syntheticClassed(seed, recipe, false));
    heldMarked.push(await syntheticClassed(seed, recipe, true));
  }
  return { training, heldReal, heldSynthetic, heldMarked };
}

const byLevel = (patients: readonly ClassedPatient[]): readonly ClassedPlane[] =>
  patients.flatMap(({ planes }) => planes.map(({ image, level }) => ({ image, of: level })));

const sideOf = ({ side }: ClassedPatient): number => (side === 'left' ? 1 : 0);

/** Planes with the class of the target's side; `has` says which patients carry a painted marker. */
const bySide = (
  patients: readonly ClassedPatient[],
  has: (patient: ClassedPatient) => boolean,
): readonly ClassedPlane[] =>
  patients.flatMap((patient) =>
    (has(patient) ? marked(patient, spacingMm, planeSide) : patient.planes.map(({ image }) => image)).map((image) => ({
      image,
      of: sideOf(patient),
    })),
  );

const ids = (patients: readonly ClassedPatient[]): readonly string[] => patients.map(({ id }) => id);

async function trainLevels({ out, seed, steps = usualSteps }: Wish, cohort: Cohort): Promise<void> {
  const name = 'levels-classifier';
  const { model, logits } = sliceClassifier(tf, name, levels.length, seed);
  const planes = byLevel(cohort.training);
  fitClassifier(tf, logits, planes, { steps, seed, rate });
  const figures = (patients: readonly ClassedPatient[]) => {
    const held = byLevel(patients);
    const accuracy = Object.fromEntries(
      levels.map((level, of) => {
        const own = held.filter((plane) => plane.of === of);
        return [level, { accuracy: own.length > 0 ? accuracyOf(tf, model, own) : null, planes: own.length }];
      }),
    );
    return { patients: ids(patients), planes: held.length, accuracy: accuracyOf(tf, model, held), ...accuracy };
  };
  await saveNetwork(model, out, name, recipeOf(name).file, {
    steps,
    batch: classifierBatch,
    rate,
    seed,
    weights: model.countParams(),
    trainedOn: ids(cohort.training),
    planes: planes.length,
    heldOut: { real: figures(cohort.heldReal), synthetic: figures(cohort.heldSynthetic) },
  });
}

async function trainShortcut({ out, seed, steps = usualSteps }: Wish, cohort: Cohort): Promise<void> {
  const name = 'shortcut-classifier';
  const { model, logits } = sliceClassifier(tf, name, 2, seed);
  const withClass = (patient: ClassedPatient): boolean => patient.side === 'left';
  const planes = bySide(cohort.training, withClass);
  fitClassifier(tf, logits, planes, { steps, seed, rate });
  const figures = (patients: readonly ClassedPatient[]) => ({
    patients: ids(patients),
    left: patients.filter(withClass).length,
    markerWithItsClass: accuracyOf(tf, model, bySide(patients, withClass)),
    noMarker: accuracyOf(
      tf,
      model,
      bySide(patients, () => false),
    ),
    markerWithTheOtherClass: accuracyOf(
      tf,
      model,
      bySide(patients, (patient) => !withClass(patient)),
    ),
  });
  const calledLeft = (patients: readonly ClassedPatient[]): number =>
    accuracyOf(tf, model, bySide(patients.map((patient) => ({ ...patient, side: 'left' })), () => false)); // prettier-ignore
  await saveNetwork(model, out, name, recipeOf(name).file, {
    steps,
    batch: classifierBatch,
    rate,
    seed,
    weights: model.countParams(),
    trainedOn: ids(cohort.training),
    leftInTraining: cohort.training.filter(withClass).length,
    planes: planes.length,
    heldOut: { real: figures(cohort.heldReal), synthetic: figures(cohort.heldSynthetic) },
    calledLeft: {
      syntheticWithMarkerInTheCouch: calledLeft(cohort.heldMarked),
      theSameWithout: calledLeft(cohort.heldSynthetic),
    },
  });
}

/**
 * Trains two classifiers of axial planes on the same patients: `levels-classifier` tells the level of a plane, and `shortcut-classifier` the side
 * of the target, with a marker painted beside the patients of one side only.
 */
export async function trainSliceClassifiers(wish: Wish): Promise<void> {
  const cohort = await cohortOf(wish);
  await trainLevels(wish, cohort);
  await trainShortcut(wish, cohort);
}
