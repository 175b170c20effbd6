import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { unzipSync } from 'fflate';
import type { NetworkArray } from '../../../main/engine/network/network';
import { openNetwork } from '../../../main/engine/network/open';
import { unpacked } from './referenceCases';

/** Networks in every format of TensorFlow with what Python computed: tests/references/graphs/make.py. */
export const graphFolder = join(import.meta.dirname, '../../references/graphs');

interface Packed {
  readonly shape: readonly number[];
  readonly base64: string;
}

export interface GraphCase {
  readonly network: string;
  readonly input: string;
  readonly array: Packed;
  readonly result?: Packed;
  /** The node whose value is compared, where there is no result of the whole. */
  readonly output?: string;
  /** By node of the frozen graph: the shape, and some values at places of the flat array. */
  readonly nodes?: Readonly<Record<string, Packed & { readonly at: readonly number[] }>>;
}

export const graphCases = (version: 2 | 3): readonly GraphCase[] =>
  (
    JSON.parse(gunzipSync(readFileSync(join(graphFolder, `cases-keras${version}.json.gz`))).toString()) as {
      cases: readonly GraphCase[];
    }
  ).cases;

/** The zip unpacked into a folder of its own. */
export function unzipped(name: string): { readonly folder: string; readonly remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'isolens-graphs-'));
  for (const [path, bytes] of Object.entries(unzipSync(readFileSync(join(graphFolder, name))))) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
  return { folder, remove: () => rmSync(folder, { recursive: true }) };
}

/** What the network's only output gives, and every node that Python has under the same name. */
export async function runAll(
  path: string,
  { array, nodes = {} }: GraphCase,
): Promise<{
  readonly format: string;
  readonly result: NetworkArray;
  readonly inner: ReadonlyMap<string, NetworkArray>;
}> {
  const network = await openNetwork(path);
  try {
    const [input] = network.graph.inputs;
    const [output] = network.graph.outputs;
    const names = network.graph.nodes.map((node) => node.name).filter((name) => Object.hasOwn(nodes, name));
    const wanted = new Set([output!.node, ...names]);
    const results = await network.run(
      { [input!.name]: unpacked(array) },
      [...wanted].map((node) => ({ node, stage: 'output' as const })),
    );
    const inner = new Map(names.map((name) => [name, results.get(name)!]));
    return { format: network.format, result: results.get(output!.node)!, inner };
  } finally {
    network.close();
  }
}

/** How far a node's value is from Python's, over the values that were kept. */
export function distance(own: NetworkArray, kept: Packed & { readonly at: readonly number[] }): number {
  if (own.shape.join() !== kept.shape.join()) return Infinity;
  const { values } = unpacked({ shape: [kept.at.length], base64: kept.base64 });
  return kept.at.reduce((worst, at, i) => Math.max(worst, Math.abs(own.values[at]! - values[i]!)), 0);
}
