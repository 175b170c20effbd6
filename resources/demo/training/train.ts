import { parseArgs } from 'node:util';
import { trainDose } from './doseTraining';
import { trainOrgansUnet, trainOrgansUnetOnHalf } from './organsUnetTraining';
import { trainSliceClassifiers } from './sliceClassifierTraining';
import type { Wish } from './wish';

/** What can be trained, by the word that follows `npm run train --`. */
const trainings: Readonly<Record<string, (wish: Wish) => Promise<void>>> = {
  'organs-unet': trainOrgansUnet,
  'organs-unet-half-database': trainOrgansUnetOnHalf,
  'slice-classifiers': trainSliceClassifiers,
  'dose-unet3d': trainDose,
};

const { values: words, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    real: { type: 'string' },
    out: { type: 'string', default: 'resources/demo/networks' },
    steps: { type: 'string' },
    seed: { type: 'string', default: '7' },
    keep: { type: 'string' },
  },
});
const known = Object.keys(trainings).join(', ');
const [name = 'organs-unet'] = positionals;
const train = trainings[name];
if (!train) throw new Error(`There is no training "${name}"; there are ${known}.`);
await train({
  real: words.real,
  out: words.out,
  steps: words.steps === undefined ? undefined : Number(words.steps),
  seed: Number(words.seed),
  keep: words.keep,
});
