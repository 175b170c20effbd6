import type { NetworkGraph } from '../../network/graph';
import type { Fetch, NetworkArray } from '../../network/network';
import { neededNodes } from '../../network/execute';
import type { Step } from '../analysis';
import { inTurns } from '../cuttable';
import { entrySize } from '../feed';
import { kernelLayersOf } from '../kernelLayer';
import type { FeatureRows } from './featureRows';
import { fillName } from './fill/list';
import { hiddenChannels, hiderOf } from './hide';
import type { FurtherSetting, Mapped } from './inquiry';
import { evenly } from './lattice';
import { placeAt } from './places';
import { batchOf, runCopies } from './score';
import { testedPositions } from './tested';

/** Intact entries of one input, and its places that are hidden with each filling: more tell little more. */
export const mostIntact = 60;
export const mostHidden = 50;

/** What only gives values another shape: the map before has places still. */
const reshapes = new Set(['flatten', 'reshape', 'identity']);

/** The node that the last layer with weights reads: the penultimate layer. null where there is none before it. */
export function penultimate(graph: NetworkGraph, fetch: Fetch): string | null {
  const nodes = neededNodes(graph, [fetch]);
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const last = nodes.findLast((node) => kernelLayersOf(node).length > 0);
  let node = byName.get(last?.inputs[0] ?? '');
  while (node && reshapes.has(node.op)) node = byName.get(node.inputs[0] ?? '');
  return node && node.op !== 'input' ? node.name : null;
}

/** The mean over space of each channel, of every batch entry. */
export function pooled({ shape, values }: NetworkArray): number[][] {
  const channels = shape.at(-1) ?? 1;
  const count = shape[0] ?? 1;
  const voxels = values.length / count / channels;
  return Array.from({ length: count }, (_, entry) => {
    const sums = new Array<number>(channels).fill(0);
    for (let v = 0; v < voxels; v++)
      for (let c = 0; c < channels; c++)
        sums[c] = (sums[c] ?? 0) + (values[(entry * voxels + v) * channels + c] ?? NaN) / voxels;
    return sums.map(Math.fround);
  });
}

/** Rows of the input as it is, and with places hidden by each filling. On cancel it ends without. */
export async function* featuresOf(
  setting: FurtherSetting,
  node: string,
  { run, scoring }: Mapped,
  body: Uint8Array,
): AsyncGenerator<Step, FeatureRows | null> {
  const { prepared, on, choices, means, parameters, window, stackMm, analysis, signal } = setting;
  const { network, reader } = scoring;
  const size = entrySize(prepared.array);
  const batch = batchOf(network, prepared.array, analysis.memoryBytes);
  const fetch = { node, stage: 'output' } as const;
  const counted = Array.from({ length: prepared.array.shape[0] ?? 1 }, (_, entry) => entry).filter((entry) =>
    reader.counts(entry),
  );
  const chosen = [...evenly(counted, mostIntact)];
  const places = [...evenly(testedPositions(run, on, body, reader), mostHidden)].map((at) => placeAt(on, at));
  const all = chosen.length + choices.length * places.length;
  let done = 0;
  const after = (count: number): Step => ({
    kind: 'progress',
    done: (done += count) / all,
    stage: 'distance to the database',
  });
  const copies = new Float32Array(batch * size);
  const rowsOf = async (entries: readonly number[]): Promise<number[][]> =>
    pooled(await runCopies({ network, prepared, reader: { fetch }, signal }, entries, copies));
  const entryAt = (entry: number): Float32Array => prepared.array.values.subarray(entry * size, (entry + 1) * size);
  const spacingMm = stackMm.length > 0 ? stackMm.slice(-(prepared.array.shape.length - 2)) : null;
  try {
    const intact: number[][] = [];
    for (let from = 0; from < chosen.length; from += batch) {
      const group = chosen.slice(from, from + batch);
      group.forEach((entry, n) => {
        copies.set(entryAt(entry), n * size);
      });
      intact.push(...(await rowsOf(group)));
      yield after(group.length);
    }
    const hidden: { fill: string; rows: number[][] }[] = [];
    for (const choice of choices) {
      const hider = hiderOf(prepared, choice, hiddenChannels(prepared, parameters.channels), {
        window,
        seed: parameters.seed,
        spacingMm,
        ...means,
      });
      const rows: number[][] = [];
      for (let from = 0; from < places.length; from += batch) {
        const group = places.slice(from, from + batch);
        for (const [n, { entry, box, position }] of group.entries()) {
          const copy = copies.subarray(n * size, (n + 1) * size);
          copy.set(entryAt(entry));
          await inTurns(hider.hide(copy, entry, box, position, 0), signal);
        }
        rows.push(...(await rowsOf(group.map(({ entry }) => entry))));
        yield after(group.length);
      }
      hidden.push({ fill: fillName(choice), rows });
    }
    return { node, intact, hidden };
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
    return null;
  }
}
