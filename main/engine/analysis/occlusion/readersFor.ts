import type { OcclusionParameters } from '../../../../shared/analysis/occlusion';
import type { Context, OpenInput } from '../analysis';
import { entries as entriesOf } from '../feed';
import type { ScoreReader } from './reader';
import { fetchesOf, outputOf, readerOf } from './target';

/** Reads what one entry of the output looks like, so that the target's names can be held against it before anything is hidden. */
export async function readersFor(
  input: OpenInput,
  context: Context,
  parameters: OcclusionParameters,
  signal: AbortSignal,
): Promise<(leaveOut: Uint8Array | null) => ScoreReader> {
  const { network, memoryBytes } = context;
  const { prepared } = input;
  const { value } = fetchesOf(context, outputOf(parameters.target, context));
  const batch = Math.min(32, network.batchFor(prepared.array.shape.slice(1), memoryBytes));
  const total = prepared.array.shape[0] ?? 1;
  const inputs = prepared.arrays ?? { [network.graph.inputs[0]?.name ?? 'input']: prepared.array };
  // A classifier's default class hangs on every plane; any other target on the shape alone.
  const wanted = parameters.target ? 1 : total;
  const values: Float32Array[] = [];
  let shape: readonly number[] = [];
  for (let from = 0; from < wanted; from += batch) {
    const to = Math.min(wanted, from + batch);
    const fed = Object.fromEntries(Object.entries(inputs).map(([name, array]) => [name, entriesOf(array, from, to)]));
    const output = (await network.run(fed, [value], signal)).get(value.node);
    if (!output) throw new Error(`the network gave no value of ${value.node}`);
    shape = output.shape;
    values.push(output.values);
  }
  const whole = new Float32Array(values.reduce((sum, own) => sum + own.length, 0));
  values.reduce((at, own) => (whole.set(own, at), at + own.length), 0);
  const intact = { shape: [wanted, ...shape.slice(1)], values: whole };
  return (leaveOut) => readerOf(input, context, parameters, intact, leaveOut);
}
