import type * as Tensorflow from '@tensorflow/tfjs-node';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { deserialize, serialize } from 'node:v8';

interface Numbers {
  readonly name: string;
  readonly shape: number[];
  readonly values: Float32Array | Int32Array;
}

interface State {
  readonly steps: number;
  readonly weights: readonly Numbers[];
  readonly optimizer: readonly Numbers[];
}

const numbersOf = (name: string, tensor: Tensorflow.Tensor): Numbers => ({
  name,
  shape: tensor.shape,
  values: tensor.dataSync<'float32' | 'int32'>(),
});

/** Keeps in a file what a training needs to go on where it was cut off. */
export async function keepState(
  file: string,
  steps: number,
  model: Tensorflow.LayersModel,
  optimizer: Tensorflow.Optimizer,
): Promise<void> {
  const own = await optimizer.getWeights();
  const state: State = {
    steps,
    weights: model.getWeights().map((tensor, n) => numbersOf(String(n), tensor)),
    optimizer: own.map(({ name, tensor }) => numbersOf(name, tensor)),
  };
  writeFileSync(`${file}.part`, serialize(state));
  renameSync(`${file}.part`, file);
}

/** Puts a training back to where it was kept, and says after how many steps that was: 0 where nothing is kept. */
export async function takeUp(
  tf: typeof Tensorflow,
  file: string,
  model: Tensorflow.LayersModel,
  optimizer: Tensorflow.Optimizer,
): Promise<number> {
  if (!existsSync(file)) return 0;
  const state = deserialize(readFileSync(file)) as State;
  const tensorOf = ({ values, shape }: Numbers): Tensorflow.Tensor => tf.tensor(values, shape);
  model.setWeights(state.weights.map(tensorOf));
  await optimizer.setWeights(state.optimizer.map((numbers) => ({ name: numbers.name, tensor: tensorOf(numbers) })));
  return state.steps;
}

/** A training that has come to its end keeps nothing. */
export function forget(file: string): void {
  rmSync(file, { force: true });
}
