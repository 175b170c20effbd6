import { setImmediate as nextTurn } from 'node:timers/promises';
import { assemble } from '../../main/engine/network/assemble';
import type { NetworkGraph } from '../../main/engine/network/graph';
import { footprintOf } from '../../main/engine/network/memory';
import type { NodeCore } from '../../main/engine/network/operation/operation';
import { streamed } from '../../main/engine/network/streaming/stream';
import { startBackend } from '../../main/engine/network/tensorflow';
import { printTable } from './figures';
import { drawn } from './incrementalNetworks';

const gib = 2 ** 30;

/** Seven convolutions of 3³ with dilations 1, 1, 2, 4, 8, 16, 1 and one of 1³ to three classes. *Source* Fedorov 2017, MeshNet. */
function meshNet(channels: number): NetworkGraph {
  const relu = { kind: 'relu', negativeSlope: 0, maxValue: null, threshold: 0 };
  const nodes: NodeCore[] = [{ name: 'input', op: 'input', inputs: [], attributes: {}, weights: [] }];
  const layers = [1, 1, 2, 4, 8, 16, 1].map((dilation) => ({ kernel: 3, dilation, out: channels }));
  let inside = 1;
  for (const { kernel, dilation, out } of [...layers, { kernel: 1, dilation: 1, out: 3 }]) {
    const shape = [kernel, kernel, kernel, inside, out];
    const fan = kernel ** 3 * inside;
    nodes.push({
      name: `conv${nodes.length}`,
      op: 'conv3d',
      inputs: [nodes.at(-1)?.name ?? ''],
      attributes: {
        kernelSize: [kernel, kernel, kernel],
        strides: [1, 1, 1],
        dilation: [dilation, dilation, dilation],
        padding: 'same',
        groups: 1,
        activation: out === 3 ? null : relu,
      },
      weights: [
        { name: 'kernel', shape, values: drawn(fan * out, Math.sqrt(2 / fan)) },
        { name: 'bias', shape: [out], values: drawn(out, 0.1) },
      ],
    });
    inside = out;
  }
  const last = nodes.at(-1)?.name ?? '';
  return assemble({
    name: 'meshnet',
    nodes,
    inputs: [{ name: 'input', node: 'input', shape: [null, null, null, null, 1] }],
    outputs: [{ name: 'labels', node: last }],
  });
}

/** A volume that is too large to be run whole: ISOLENS_SIZE (256), ISOLENS_CHANNELS (21), ISOLENS_BUDGET_GIB (2). */
export async function bench(): Promise<void> {
  const { rung, threads } = await startBackend();
  const size = Number(process.env['ISOLENS_SIZE'] ?? 256);
  const budgetBytes = Number(process.env['ISOLENS_BUDGET_GIB'] ?? 2) * gib;
  const graph = meshNet(Number(process.env['ISOLENS_CHANNELS'] ?? 21));
  const shape = [1, size, size, size, 1];
  const shapes = new Map(
    graph.nodes.map(({ name, outputShape }) => [name, [1, size, size, size, outputShape?.at(-1) ?? 1]]),
  );
  const { peak: wholeBytes } = footprintOf(graph.nodes, shapes);
  const inputs = new Map([['input', { shape, values: drawn(size ** 3) }]]);
  let [most, waiting, longest, last] = [0, true, 0, performance.now()];
  // Resident memory and the event loop are looked at as often as the loop turns.
  const watch = (async () => {
    while (waiting) {
      const now = performance.now();
      longest = Math.max(longest, now - last);
      last = now;
      most = Math.max(most, process.memoryUsage.rss());
      await nextTurn();
    }
  })();
  const begun = performance.now();
  const cpu = process.cpuUsage();
  const fetch = { node: graph.outputs[0]?.node ?? '', stage: 'output' } as const;
  const result = await streamed(graph, inputs, fetch, { budgetBytes, wholeBytes });
  const seconds = (performance.now() - begun) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  waiting = false;
  await watch;
  if (!result) throw new Error('it was not run in parts');
  console.log(`MeshNet in parts: ${rung}, ${threads} threads`);
  printTable(
    ['input', 'held whole, GiB', 'budget, GiB', 'resident at most, GiB', 's', 'CPU s', 'longest wait, ms'],
    [
      [
        `${size}³`,
        (wholeBytes / gib).toFixed(1),
        (budgetBytes / gib).toFixed(1),
        (most / gib).toFixed(2),
        seconds.toFixed(1),
        ((user + system) / 1e6).toFixed(1),
        longest.toFixed(0),
      ],
    ],
  );
}
