import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openNetwork } from '../../../main/engine/network/open';
import { startBackend, tf } from '../../../main/engine/network/tensorflow';
import { farOff, weighed } from './gradientOn';
import { bytesOf, casesOf, folder, inputsOf, onDisk, unpacked } from './referenceCases';

await startBackend({ rung: 'native' });

type Packed = Parameters<typeof unpacked>[0];

/** What TensorFlow's own tape computed: tests/references/network/make_gradients.py. */
const { cases } = JSON.parse(gunzipSync(readFileSync(join(folder, 'gradients-keras3.json.gz'))).toString()) as {
  readonly cases: readonly {
    readonly network: string;
    readonly file: string;
    readonly outputs: readonly (Readonly<Record<string, Packed>> | null)[];
  }[];
};

/** Layers where equal values meet in a 3D window: to each of them TensorFlow's kernel gives the whole slope, which is no gradient. */
const tied: Readonly<Record<string, readonly string[]>> = { volume3d: ['a_bn'] };

describe("gradients equal those of Python's TensorFlow", () => {
  it.each(cases)('$file: of every output by every input and inner layer', async ({ network: name, file, outputs }) => {
    const { path, remove } = onDisk(file, bytesOf(file));
    const network = await openNetwork(path).finally(remove);
    const reference = casesOf(3).find((c) => c.network === name)!;
    const before = tf.memory().numTensors;
    const far: [string, number][] = [];
    let compared = 0;
    for (const [at, wanted] of outputs.entries()) {
      if (!wanted) continue;
      const { gradients } = await network.gradient!({
        inputs: inputsOf(reference),
        fetch: { node: network.graph.outputs[at]!.node, stage: 'output' },
        cotangent: weighed,
        wrt: Object.keys(wanted),
      });
      for (const [key, packed] of Object.entries(wanted).filter(([layer]) => !tied[name]?.includes(layer))) {
        const found = gradients.get(key)!;
        expect(found.shape).toEqual(packed.shape);
        far.push([`output ${at} by ${key}`, farOff(found.values, unpacked(packed).values)]);
        compared++;
      }
    }
    expect(far.filter(([, share]) => !(share <= 1e-5))).toEqual([]);
    expect(compared).toBeGreaterThan(0);
    network.close();
    expect(tf.memory().numTensors).toBeLessThanOrEqual(before);
  });
});
