import { WireType } from '@bufbuild/protobuf/wire';
import { IsolensError } from '../../../../../shared/problem/problem';
import type { GraphDraft } from '../../assemble';
import { badStructure } from '../json';
import { GraphBuilder, oursInFile } from '../lowering/builder';
import type { MapValue, Value } from '../lowering/value';
import { fieldsOf } from '../protobuf';
import type { Reader, Source } from '../reader';
import type { FileModel, FilePort, OutsideFiles } from './fileModel';
import { constant } from './constants';
import { withoutFunctions } from './functions';
import { channelSearch, type ChannelSearch } from './layout';
import { lowerings } from './lowerings';
import { modelOf } from './modelMessage';
import { isNumeric, typeWord } from './tensor';
import { trace } from './tracing';

/** Versions of ONNX' set of operations that are read. */
const oldestOpset = 6;
const newestOpset = 21;

/** ONNX: one file with graph and weights; the weights may lie in files beside it. */
export const onnx: Reader = {
  matches: ({ bytes }) => {
    const fields = fieldsOf(bytes);
    // A frozen GraphDef has its nodes under 1, where ONNX has a number.
    return fields?.get(7) === WireType.LengthDelimited && fields.get(1) !== WireType.LengthDelimited;
  },
  read: async (source) => {
    const model = wholeModel(source);
    const opset = opsetOf(model, source);
    const outside = await outsideFiles(model, source);
    return { format: 'onnx', draft: draftOf(model, opset, outside), warnings: [] };
  },
};

/** *Problems* network/damaged where the file is cut, network/bad-structure. */
function wholeModel({ bytes, path }: Source): FileModel {
  try {
    return withoutFunctions(modelOf(bytes));
  } catch (thrown) {
    if (thrown instanceof IsolensError) throw thrown;
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new IsolensError('network/damaged', { reason }, { file: path }, thrown);
  }
}

function opsetOf({ opsets }: FileModel, { path }: Source): number {
  const version = opsets.get('');
  if (version === undefined) throw badStructure('it does not say which version of the operations it uses', path);
  if (!(version >= oldestOpset && version <= newestOpset)) {
    throw new IsolensError('network/opset', { version, oldest: oldestOpset, newest: newestOpset }, { file: path });
  }
  return version;
}

/** What lies in the network's own folder of the files that its tensors name. */
async function outsideFiles(model: FileModel, source: Source): Promise<OutsideFiles> {
  const files = new Map<string, Uint8Array | null>();
  const tensors = [
    ...model.initializers,
    ...model.nodes.flatMap((node) => [...node.attributes.values()].flatMap((attribute) => attribute.tensor ?? [])),
  ];
  for (const { external } of tensors) {
    if (!external || files.has(external.location)) continue;
    files.set(external.location, await source.beside(external.location.replace(/^\.\//, '')));
  }
  return files;
}

function draftOf(model: FileModel, opset: number, outside: OutsideFiles): GraphDraft {
  const builder = new GraphBuilder();
  const values = new Map<string, Value>();
  for (const tensor of model.initializers) values.set(tensor.name, tensor.value(outside));
  const search = channelSearch(model, opset);
  const ports = model.inputs.filter((port) => !values.has(port.name));
  const inputs = new Map<string, MapValue>();
  for (const port of ports) {
    const value = inputOf(port, builder, search);
    values.set(port.name, value);
    if (value.kind === 'map') inputs.set(port.name, value);
  }
  if (inputs.size === 0) throw badStructure('it has no input that is a map');
  const batches = new Set(ports.map(({ sizes }) => sizes?.[0] ?? null));
  const fixedBatch = batches.size === 1 ? [...batches][0]! : null;
  const read = new Map([...lowerings, ['Constant', constant(outside)] as const]);
  trace(model, values, { builder, lowerings: read, opset, fixedBatch, search });
  const outputs = model.outputs.map(({ name }) => ({ name, value: outputOf(name, values) }));
  const draft = builder.draft(
    model.name,
    outputs.map(({ name, value }) => ({ name, node: value.node, ...axesInFile(value) })),
  );
  return { ...draft, inputs: draft.inputs.map((input) => ({ ...input, ...axesInFile(inputs.get(input.name)) })) };
}

/** Where our axes lie in the file. */
const axesInFile = (value: MapValue | undefined): { fileAxes?: readonly number[] } =>
  value?.sizes && value.sizes.length > 2 ? { fileAxes: oursInFile(value.sizes.length, value.channel) } : {};

function inputOf({ name, type, sizes }: FilePort, builder: GraphBuilder, search: ChannelSearch): Value {
  const refused = (what: string): Value => ({ kind: 'opaque', what: `the input ${name}, ${what}`, texts: [] });
  if (type === null) return refused('which is no tensor');
  if (!isNumeric(type)) return refused(`a tensor of ${typeWord(type)}`);
  if (!sizes) return refused('of which not even the number of axes is known');
  if (sizes.length < 2) return refused(`which has ${sizes.length} axes and no batch with channels`);
  const rank = sizes.length;
  // Without a convolution to tell, ONNX' own order: channels behind the batch where there is space behind them.
  const channel = search(name, sizes) ?? (rank > 3 ? 1 : rank - 1);
  return builder.input(name, sizes, channel === 0 ? 1 : channel);
}

function outputOf(name: string, values: ReadonlyMap<string, Value>): MapValue {
  const value = values.get(name);
  if (!value) throw badStructure(`its output ${name} is made by none of its operations`);
  if (value.kind === 'opaque') throw badStructure(`its output ${name} is ${value.what}`);
  if (value.kind !== 'map') throw badStructure(`its output ${name} does not depend on its input`);
  return value;
}
