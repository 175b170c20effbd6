import { describe, expect, it } from 'vitest';
import { boundsOf } from '../../../../main/engine/network/bounds';
import type { LoadedNetwork, NetworkArray } from '../../../../main/engine/network/network';
import { openNetwork } from '../../../../main/engine/network/open';
import { operationOf } from '../../../../main/engine/network/operation/list';
import type { AxisRule } from '../../../../main/engine/network/operation/interval';
import { startBackend } from '../../../../main/engine/network/tensorflow';
import { noise } from '../handmade';
import { onDisk } from '../referenceCases';
import { arrays, casesIn, type Case } from './onnxCases';
import { fed } from './onnxValues';

await startBackend({ rung: 'native' });

const cases = casesIn('operations.json.gz').filter(({ inputs }) => Object.keys(inputs).length === 1);

async function opened({ name, model }: Case): Promise<LoadedNetwork> {
  const { path, remove } = onDisk(`${name}.onnx`, Buffer.from(model, 'base64'));
  return openNetwork(path).finally(remove);
}

/** The first batch entry, and behind it one entry for each index along an axis, with all voxels there changed. */
function withSlabs({ shape, values }: NetworkArray, axis: number): NetworkArray {
  const size = shape.slice(1).reduce((p, n) => p * n, 1);
  const after = shape.slice(axis + 1).reduce((p, n) => p * n, 1);
  const n = shape[axis]!;
  const all = new Float32Array(size * (n + 1));
  const changes = noise(size, 11);
  for (let entry = 0; entry <= n; entry++) {
    for (let v = 0; v < size; v++) {
      const hit = entry > 0 && Math.floor(v / after) % n === entry - 1;
      all[entry * size + v] = values[v]! + (hit ? 1 + Math.abs(changes[v]!) : 0);
    }
  }
  return { shape: [n + 1, ...shape.slice(1)], values: all };
}

/** Indices along `axis` (of the map without batch) at which an entry differs from the first one. */
function changedAlong({ shape, values }: NetworkArray, entry: number, axis: number): number[] {
  const size = shape.slice(1).reduce((p, n) => p * n, 1);
  const after = shape.slice(axis + 1).reduce((p, n) => p * n, 1);
  const changed = new Set<number>();
  for (let v = 0; v < size; v++) {
    // Sums are taken in another order at other places of a batch: the last bits differ.
    const rounding = 1e-5 * (1 + Math.abs(values[v]!));
    if (Math.abs(values[v]! - values[entry * size + v]!) > rounding) changed.add(Math.floor(v / after) % shape[axis]!);
  }
  return [...changed];
}

/** Changes that the rule does not tell of, by input index. */
function untold(rule: AxisRule, output: NetworkArray, index: number): number[] {
  if (rule.from === null) {
    const told = rule.forward({ start: index, end: index + 1 }, 1);
    return told.end > told.start ? [] : changedAlong(output, index + 1, 1);
  }
  const told = rule.forward({ start: index, end: index + 1 }, output.shape[rule.from]!);
  return changedAlong(output, index + 1, rule.from).filter(
    (o) => o < told.start || o >= told.end || rule.first(o) > index || rule.last(o) < index,
  );
}

describe('what an operation reads is what its rules say', () => {
  it.each(cases.map((one) => [one.name, one] as const))('%s', async (_, one) => {
    const network = await opened(one);
    const { nodes, inputs } = network.graph;
    const own = nodes.filter(({ op }) => op !== 'input');
    const array = fed(network.graph, arrays(one.inputs))[inputs[0]!.name]!;
    // One batch entry is enough: rules do not know of the batch.
    const intact = {
      shape: [1, ...array.shape.slice(1)],
      values: array.values.slice(0, array.values.length / array.shape[0]!),
    };
    for (const node of own) {
      if (node.inputs[0] !== inputs[0]!.node) continue;
      const [rules] = operationOf(node.op).reads(node, [intact.shape], node.outputShape!);
      for (let axis = 1; axis < intact.shape.length - 1; axis++) {
        const slabs = withSlabs(intact, axis);
        const results = await network.run({ [inputs[0]!.name]: slabs }, [{ node: node.name, stage: 'output' }]);
        const output = results.get(node.name)!;
        for (let index = 0; index < intact.shape[axis]!; index++)
          expect([axis, index, untold(rules![axis - 1]!, output, index)]).toEqual([axis, index, []]);
      }
    }
    network.close();
  });
});

describe('no value lies outside the bounds of its channel', () => {
  it.each(cases.map((one) => [one.name, one] as const))('%s', async (_, one) => {
    const network = await opened(one);
    const given = fed(network.graph, arrays(one.inputs));
    const [input] = network.graph.inputs;
    const array = given[input!.name]!;
    const bounds = boundsOf(network.graph, endsOf(array));
    const known = network.graph.nodes.filter(({ name, op }) => op !== 'input' && bounds.has(name));
    const results = await network.run(
      given,
      known.map(({ name }) => ({ node: name, stage: 'output' as const })),
    );
    for (const { name } of known) {
      const { lower, upper } = endsOf(results.get(name)!);
      const box = bounds.get(name)!;
      expect([name, box.lower.length]).toEqual([name, lower.length]);
      const outside = lower.findIndex((low, c) => low < box.lower[c]! || upper[c]! > box.upper[c]!);
      expect([name, outside]).toEqual([name, -1]);
    }
    network.close();
  });
});

/** Lowest and highest value of each channel. */
function endsOf({ shape, values }: NetworkArray): { readonly lower: Float64Array; readonly upper: Float64Array } {
  const channels = shape.at(-1)!;
  const lower = new Float64Array(channels).fill(Infinity);
  const upper = new Float64Array(channels).fill(-Infinity);
  values.forEach((value, v) => {
    lower[v % channels] = Math.min(lower[v % channels]!, value);
    upper[v % channels] = Math.max(upper[v % channels]!, value);
  });
  return { lower, upper };
}
