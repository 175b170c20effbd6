import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { IsolensError } from '../../../../shared/problem/problem';
import { openNetwork } from '../../../../main/engine/network/open';
import { startBackend, tf } from '../../../../main/engine/network/tensorflow';
import { arrayIn, farthest, outputsInFile, portsOf, type FileArray } from './onnxValues';
import { onnxTestData } from './wheel';

const files = await onnxTestData();
if (typeof files === 'string') console.log(`ONNX' own tests are left out: ${files}`);
else await startBackend({ rung: 'native' });

const folder = mkdtempSync(join(tmpdir(), 'isolens-onnx-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Tally {
  readonly equal: string[];
  readonly refused: Map<string, string>;
  readonly different: Map<string, string>;
}

/** Runs each model on its stored inputs. What is refused says why; what runs must be equal. */
async function tally(kind: string): Promise<Tally> {
  const found: Tally = { equal: [], refused: new Map(), different: new Map() };
  if (typeof files === 'string') return found;
  const models = Object.keys(files).filter((name) => name.startsWith(`${kind}/`) && name.endsWith('.onnx'));
  for (const name of models) {
    const before = tf.memory().numTensors;
    try {
      const worst = await difference(name, files);
      if (worst <= 1e-5) found.equal.push(name);
      else found.different.set(name, String(worst));
    } catch (thrown) {
      if (thrown instanceof IsolensError) found.refused.set(name, `${thrown.problem.code}: ${thrown.message}`);
      else found.different.set(name, thrown instanceof Error ? thrown.message.slice(0, 200) : String(thrown));
    }
    expect(tf.memory().numTensors).toBe(before);
  }
  return found;
}

async function difference(name: string, all: Readonly<Record<string, Uint8Array>>): Promise<number> {
  const path = join(folder, 'model.onnx');
  writeFileSync(path, all[name]!);
  const network = await openNetwork(path);
  try {
    const ports = portsOf(all[name]!);
    const light = name.startsWith('light/');
    const data = light ? '' : name.replace('model.onnx', 'test_data_set_0/');
    const stored = (which: string, i: number): FileArray | null => {
      const file = light ? `${name.replace('.onnx', '')}_${which}_${i}.pb` : `${data}${which}_${i}.pb`;
      const bytes = all[file];
      return bytes ? arrayIn(bytes) : null;
    };
    const inputs = Object.fromEntries(
      ports.inputs.flatMap((input, i) => {
        const array = light ? rising(network.graph.inputs[0]!) : stored('input', i);
        return array ? [[input, array] as const] : [];
      }),
    );
    const outputs = await outputsInFile(network, inputs);
    const worst = ports.outputs.map((output, i) => farthest(outputs.get(output)!, stored('output', i)!));
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
  const kinds = (process.env['ONNX_KINDS'] ?? 'light pytorch-converted pytorch-operator simple node').split(' ');
  it.each(kinds)(
    '%s',
    async (kind) => {
      const { equal, refused, different } = await tally(kind);
      const reasons = new Map<string, number>();
      for (const reason of refused.values()) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
      console.log(`${kind}: ${equal.length} equal, ${refused.size} refused by name, ${different.size} different`);
      if (process.env['ONNX_LIST']) console.log([...refused].map(([name, reason]) => `${name}  ${reason}`).join('\n'));
      if (different.size > 0) console.log([...different].map(([name, what]) => `${name}  ${what}`).join('\n'));
      expect([...different]).toEqual([]);
    },
    600_000,
  );
});
