import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { IsolensError } from '../../../../shared/problem/problem';
import { openNetwork } from '../../../../main/engine/network/open';
import { startBackend, tf } from '../../../../main/engine/network/tensorflow';
import { arrayIn, farthest, outputsInFile, portsOf, type FileArray } from './onnxValues';
import { onnxTestData, type TestData } from './wheel';
import { withWeights } from './withWeights';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const files = onnxTestData();
if (typeof files === 'string') say(`ONNX' own tests are left out: ${files}`);
else await startBackend({ rung: 'native' });

const folder = mkdtempSync(join(tmpdir(), 'isolens-onnx-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Tally {
  readonly equal: string[];
  readonly refused: Map<string, string>;
  readonly different: Map<string, string>;
}

/** Stored figures that are not what the definition says, or not what float32 can hold. */
const otherwise: Readonly<Record<string, string>> = {
  'light_squeezenet.onnx': 'its logits are 9·10⁹ by made-up weights: softmax shows nothing but their rounding',
  test_resize_downsample_scales_linear_align_corners: 'its reference divides by a length that is no whole number',
  test_resize_downsample_scales_cubic_align_corners: 'its reference divides by a length that is no whole number',
  test_averagepool_3d_dilations_large_count_include_pad_is_1_ceil_mode_is_True:
    'its reference counts cells beyond the padding',
};
const halves = /^test_cast(like)?_.*(FLOAT16|BFLOAT16)/;

/** Runs each model on its stored inputs. What is refused says why; what runs must be equal. */
async function tally(kind: string): Promise<Tally> {
  const found: Tally = { equal: [], refused: new Map(), different: new Map() };
  if (typeof files === 'string') return found;
  const models = Object.keys(files).filter((name) => name.startsWith(`${kind}/`) && name.endsWith('.onnx'));
  for (const name of models) {
    const before = tf.memory().numTensors;
    const test = name.split('/')[1]!;
    const reason = otherwise[test] ?? (halves.test(test) ? 'half precision is computed in single precision' : null);
    if (reason !== null) found.refused.set(name, reason);
    else {
      const outcome = await outcomeOf(name, files);
      if (typeof outcome === 'string') found.refused.set(name, outcome);
      else if (outcome <= 1e-5) found.equal.push(name);
      else found.different.set(name, String(outcome));
    }
    expect(tf.memory().numTensors).toBe(before);
  }
  return found;
}

/**
 * The largest difference, or why the model is refused. An operation's parameters that the test feeds as inputs are made weights where the
 * model cannot be read with them as inputs.
 */
async function outcomeOf(name: string, all: TestData): Promise<number | string> {
  const stored = storedOf(name, all);
  const { inputs } = portsOf(all[name]!);
  const fixed = (from: number): Uint8Array =>
    withWeights(
      all[name]!,
      Object.fromEntries(
        inputs.slice(from).flatMap((input, i) => {
          const bytes = stored('input', i + from);
          return bytes ? [[input, bytes] as const] : [];
        }),
      ),
    );
  const tried = [all[name]!, ...inputs.slice(1).map((_, i) => fixed(inputs.length - 1 - i))];
  let reason = '';
  for (const model of tried) {
    try {
      return await difference(name, model, stored);
    } catch (thrown) {
      if (!(thrown instanceof IsolensError)) throw new Error(`${name}: ${String(thrown)}`, { cause: thrown });
      reason = `${thrown.problem.code}: ${thrown.message}`;
    }
  }
  return reason;
}

type Stored = (which: 'input' | 'output', i: number) => Uint8Array | undefined;

function storedOf(name: string, all: TestData): Stored {
  if (name.startsWith('light/')) return (which, i) => all[`${name.replace('.onnx', '')}_${which}_${i}.pb`];
  return (which, i) => all[`${name.replace('model.onnx', '')}test_data_set_0/${which}_${i}.pb`];
}

async function difference(name: string, model: Uint8Array, stored: Stored): Promise<number> {
  const path = join(folder, 'model.onnx');
  writeFileSync(path, model);
  const network = await openNetwork(path);
  try {
    const ports = portsOf(model);
    const light = name.startsWith('light/');
    const inputs = Object.fromEntries(
      ports.inputs.flatMap((input, i) => {
        const bytes = stored('input', i);
        const array = light ? rising(network.graph.inputs[0]!) : bytes ? arrayIn(bytes) : null;
        return array ? [[input, array] as const] : [];
      }),
    );
    const outputs = await outputsInFile(network, inputs);
    const worst = ports.outputs.map((output, i) => {
      const wanted = arrayIn(stored('output', i)!);
      return wanted ? farthest(outputs.get(output)!, wanted) : Infinity;
    });
    return Math.max(...worst);
  } finally {
    network.close();
  }
}

/** What ONNX' own runner feeds the light models: 0, 1/n, 2/n, … */
function rising(input: {
  readonly shape: readonly (number | null)[];
  readonly fileAxes?: readonly number[];
}): FileArray {
  const shape = input.shape.map((n) => n ?? 1);
  const order = input.fileAxes ?? shape.map((_, a) => a);
  const own = order.map((_, a) => shape[order.indexOf(a)]!);
  const count = own.reduce((p, n) => p * n, 1);
  return { shape: own, values: Float32Array.from({ length: count }, (_, i) => i / count) };
}

describe.skipIf(typeof files === 'string')("equals ONNX' own stored outputs (needs the onnx wheel)", () => {
  it.each([
    ['light', 8],
    ['pytorch-converted', 79],
    ['pytorch-operator', 26],
    ['simple', 3],
    ['node', 410],
  ])(
    '%s: %i at least',
    async (kind, atLeast) => {
      const { equal, refused, different } = await tally(kind);
      const reasons = new Map<string, number>();
      for (const reason of refused.values()) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
      say(`${kind}: ${equal.length} equal, ${refused.size} refused by name, ${different.size} different`);
      if (process.env['ONNX_LIST']) say([...refused].map(([name, reason]) => `${name}  ${reason}`).join('\n'));
      if (different.size > 0) say([...different].map(([name, what]) => `${name}  ${what}`).join('\n'));
      expect([...different]).toEqual([]);
      expect(equal.length).toBeGreaterThanOrEqual(atLeast);
      // A refusal is about the file; what JavaScript says of our own mistakes is none.
      expect([...refused.values()].filter((reason) => /not a function|undefined|not iterable/.test(reason))).toEqual(
        [],
      );
    },
    600_000,
  );
});
