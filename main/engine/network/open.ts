import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { IsolensError } from '../../../shared/problem/problem';
import { assemble, inferShapes } from './assemble';
import { describeGraph } from './describe';
import { acceptInputs, execute, HeldWeights } from './execute';
import { occluderOf } from './incremental/occluder';
import { batchWithin, footprintOf } from './memory';
import type { LoadedNetwork } from './network';
import { readers } from './reader/list';
import type { ReadNetwork, Source } from './reader/reader';
import { startBackend } from './tensorflow';

/** Files are held whole in memory: none larger is opened. */
const largestFileBytes = 8 * 2 ** 30;

/**
 * Reads a network and makes it ready to run. `path` is the network's file, or the folder that holds its model.json.
 * *Problems* network/missing, network/unreadable-file, network/not-a-network, network/damaged and the others of its file.
 */
export async function openNetwork(path: string, { signal }: { signal?: AbortSignal } = {}): Promise<LoadedNetwork> {
  const { source, sha256 } = await sourceOf(path);
  stopIfAsked(signal);
  const { format, draft, warnings } = await readSource(source);
  const graph = withFile(source.path, () => assemble(draft));
  const name = source.name;
  const description = withFile(source.path, () =>
    describeGraph({ ...graph, name }, { format, sha256: sha256(), warnings }),
  );
  stopIfAsked(signal);
  const weights = new HeldWeights();
  return {
    sha256: description.network.sha256,
    name,
    format,
    graph: { ...graph, name },
    description,
    // Only running needs TensorFlow: a network can be described where nothing can compute it.
    run: async (inputs, fetches, abort) => {
      const accepted = acceptInputs(graph, inputs);
      await startBackend();
      return execute(graph, weights, accepted, fetches, abort);
    },
    batchFor: (shape, budgetBytes) => {
      const shapes = inferShapes(
        graph.nodes,
        new Map(graph.inputs.map((input) => [input.node, sized(input.shape, shape)])),
      );
      return batchWithin(footprintOf(graph.nodes, shapes), budgetBytes);
    },
    occluder: (question) => occluderOf(graph, question),
    close: () => weights.free(),
  };
}

/** The free sizes of an input are those of the given shape, where it has as many axes. */
const sized = (own: readonly (number | null)[], given: readonly number[]): (number | null)[] =>
  own.map((n, a) => n ?? (a === 0 ? null : own.length === given.length + 1 ? (given[a - 1] ?? null) : null));

function stopIfAsked(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new IsolensError('engine/cancelled');
}

async function sourceOf(path: string): Promise<{ readonly source: Source; readonly sha256: () => string }> {
  const file = await mainFile(path);
  const bytes = await readWhole(file);
  const digests = new Map([[basename(file), digestOf(bytes)]]);
  const source: Source = {
    path,
    name: networkName(file),
    bytes,
    beside: async (name) => {
      // A network names its own files: a name that leads elsewhere is not one of them.
      if (name !== basename(name) || name === '' || name === '..') return null;
      const other = join(dirname(file), name);
      if (!(await stat(other).catch(() => null))?.isFile()) return null;
      const part = await readWhole(other);
      digests.set(name, digestOf(part));
      return part;
    },
  };
  const sha256 = (): string => {
    if (digests.size === 1) return [...digests.values()][0]!;
    const lines = [...digests].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, digest]) => `${digest}  ${name}\n`);
    return digestOf(lines.join(''));
  };
  return { source, sha256 };
}

const digestOf = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

/** model.json says nothing: then the folder's name does. */
function networkName(file: string): string {
  const own = basename(file, extname(file));
  return own === 'model' && extname(file) === '.json' ? basename(dirname(file)) || own : own;
}

async function mainFile(path: string): Promise<string> {
  const found = await stat(path).catch(() => null);
  if (!found) throw new IsolensError('network/missing', {}, { file: path });
  if (!found.isDirectory()) return path;
  const inside = join(path, 'model.json');
  if (!(await stat(inside).catch(() => null))?.isFile())
    throw new IsolensError('network/not-a-network', {}, { file: path });
  return inside;
}

async function readWhole(file: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(file);
    if (size > largestFileBytes) throw new Error(`it has ${(size / 2 ** 30).toFixed(1)} GiB`);
    return await readFile(file);
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message.replace(/,.*$/, '') : String(thrown);
    throw new IsolensError('network/unreadable-file', { reason }, { file }, thrown);
  }
}

async function readSource(source: Source): Promise<ReadNetwork> {
  const reader = readers.find((r) => r.matches(source));
  if (!reader) throw new IsolensError('network/not-a-network', {}, { file: source.path });
  try {
    return await reader.read(source);
  } catch (thrown) {
    throw named(thrown, source.path);
  }
}

function withFile<T>(file: string, make: () => T): T {
  try {
    return make();
  } catch (thrown) {
    throw named(thrown, file);
  }
}

/** Every problem of a file names it; what no reader foresaw is a file that is not what its format says. */
function named(thrown: unknown, file: string): IsolensError {
  if (thrown instanceof IsolensError) {
    const { code, facts, where } = thrown.problem;
    return where.file === undefined ? new IsolensError(code, facts, { ...where, file }, thrown) : thrown;
  }
  const reason = thrown instanceof Error ? (thrown.message.split('\n')[0] ?? '') : String(thrown);
  return new IsolensError('network/bad-structure', { reason: reason.slice(0, 200) }, { file }, thrown);
}
