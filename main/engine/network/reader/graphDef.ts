import { WireType } from '@bufbuild/protobuf/wire';
import { IsolensError } from '../../../../shared/problem/problem';
import { badStructure } from './json';
import { GraphBuilder } from './lowering/builder';
import { fieldsOf } from './protobuf';
import type { ReadNetwork, Reader } from './reader';
import { draftOfGraph } from './tensorflow/frozen';
import { graphOf } from './tensorflow/graphMessage';

/** A frozen GraphDef (`.pb`): operations with their weights as constants among them. */
export const graphDef: Reader = {
  matches: ({ bytes }) => looksLikeGraph(bytes),
  read: ({ path, bytes }): Promise<ReadNetwork> => {
    const graph = inside(path, () => graphOf(bytes));
    if (graph.nodes.length === 0) throw badStructure('it holds no operation', path);
    const { draft, warnings } = draftOfGraph(graph, new GraphBuilder(), bytes.length);
    return Promise.resolve({ format: 'graphdef', draft, warnings });
  },
};

/** A message whose fields are a graph's: nodes (1), library (2), versions (4) and an old version number (3). */
function looksLikeGraph(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0x0a) return false;
  const fields = fieldsOf(bytes);
  return (
    fields !== null &&
    [...fields].every(
      ([number, wire]) => number <= 5 && (number === 3 ? wire === WireType.Varint : wire === WireType.LengthDelimited),
    )
  );
}

/** What the protobuf library throws is a damaged file. */
function inside<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (thrown) {
    if (thrown instanceof IsolensError) throw thrown;
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new IsolensError('network/damaged', { reason }, { file }, thrown);
  }
}
