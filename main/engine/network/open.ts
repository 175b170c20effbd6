import type { Description } from '../../../shared/network';
import { IsolensError } from '../../../shared/problem/problem';
import { assemble, inferShapes } from './assemble';
import { BlackBox } from './blackBox';
import { describeGraph } from './describe';
import { acceptInputs, execute, HeldWeights } from './execute';
import { sourceOf } from './files';
import { gradientOf } from './gradient';
import type { NetworkGraph } from './graph';
import { occluderOf } from './incremental/occluder';
import { batchWithin, footprintOf } from './memory';
import type { GradientQuestion, LoadedNetwork } from './network';
import { inParts } from './streaming/inParts';
import { readers } from './reader/list';
import type { ReadNetwork, Source } from './reader/reader';
import { backendInfo, startBackend } from './tensorflow';
import { withWeights } from './withWeights';

/**
 * Reads a network and makes it ready to run. `path` is the network's file, or the folder of one that has several.
 * *Problems* network/missing, network/unreadable-file, network/not-a-network, network/damaged and the others of its file.
 */
export async function openNetwork(path: string, { signal }: { signal?: AbortSignal } = {}): Promise<LoadedNetwork> {
  const { source, sha256 } = await sourceOf(path);
  stopIfAsked(signal);
  const { format, draft, warnings, native } = await readSource(source);
  const graph = withFile(source.path, () => assemble(draft));
  const name = source.name;
  const description = withFile(source.path, () =>
    describeGraph({ ...graph, name }, { format, sha256: sha256(), warnings }),
  );
  stopIfAsked(signal);
  return loaded({ ...graph, name }, description, native ? new BlackBox(graph, native) : null);
}

/** A graph ready to run. */
function loaded(graph: NetworkGraph, description: Description, blackBox: BlackBox | null): LoadedNetwork {
  const weights = new HeldWeights();
  const { name, format, sha256 } = description.network;
  return {
    sha256,
    name,
    format,
    graph,
    description,
    // Only running needs TensorFlow: a network can be described where nothing can compute it.
    run: async (inputs, fetches, abort, budgetBytes) => {
      const accepted = acceptInputs(graph, inputs);
      const { rung } = await startBackend();
      if (blackBox?.answers(fetches)) return blackBox.run(accepted, fetches, abort);
      if (budgetBytes !== undefined && rung !== 'wasm') {
        const parts = await inParts(graph, accepted, fetches, budgetBytes, abort);
        if (parts) return parts;
      }
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
    ...(blackBox || backendInfo()?.rung === 'wasm'
      ? {}
      : {
          gradient: async (question: GradientQuestion, abort?: AbortSignal) => {
            const accepted = acceptInputs(graph, question.inputs);
            await startBackend();
            return gradientOf(graph, weights, { ...question, accepted }, abort);
          },
        }),
    ...(blackBox
      ? {}
      : {
          withWeights: (values: ReadonlyMap<Float32Array, Float32Array>) =>
            loaded(withWeights(graph, values), description, null),
        }),
    close: () => {
      weights.free();
      blackBox?.free();
    },
  };
}

/** The free sizes of an input are those of the given shape, where it has as many axes. */
const sized = (own: readonly (number | null)[], given: readonly number[]): (number | null)[] =>
  own.map((n, a) => n ?? (a === 0 ? null : own.length === given.length + 1 ? (given[a - 1] ?? null) : null));

function stopIfAsked(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new IsolensError('engine/cancelled');
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
