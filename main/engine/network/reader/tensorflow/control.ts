import { dead, NotKnown, type MapValue, type Value } from '../lowering/value';
import { withSizes } from '../lowering/listed';
import { ofMaps } from '../lowering/merging';
import { each } from './operand';
import type { Lowering, Operand } from './tracing';

/** A value as it is: of a map a node, so that the file's name for it stays. */
const identity: Lowering = (operand) => {
  const [value] = operand.inputs;
  if (value?.kind !== 'map') return value ?? { kind: 'opaque', what: operand.node.op, texts: [] };
  return passed(operand, value);
};

function passed(operand: Operand, value: MapValue): MapValue {
  const made = operand.builder.node(operand.name, { op: 'identity' }, [value], value.channel);
  return value.sizes ? withSizes(made, value.sizes) : made;
}

const switched: Lowering = ({ inputs: [value, choice] }) => {
  if (choice?.kind !== 'constant') throw new NotKnown('which way it goes hangs on a run');
  return choice.values[0] ? [dead, value!] : [value!, dead];
};

const merged: Lowering = (operand) => {
  const alive = operand.inputs.filter((input) => input.kind !== 'dead');
  if (alive.length !== 1) throw new NotKnown(`${alive.length} ways lead to it`);
  return identity({ ...operand, inputs: alive });
};

/** One of two by a constant choice, or value by value by a map. */
const selected: Lowering = (operand) => {
  const [choice, yes, no] = operand.inputs;
  if (choice?.kind === 'map') return selectedByMap(operand, choice, [yes, no]);
  if (choice?.kind !== 'constant' || choice.values.length !== 1 || !yes || !no)
    throw new NotKnown('what it chooses hangs on a run');
  return choice.values[0] ? yes : no;
};

function selectedByMap(operand: Operand, choice: MapValue, sides: readonly (Value | undefined)[]): MapValue {
  const maps = sides.filter((value): value is MapValue => value?.kind === 'map');
  const [yes, no] = sides.map((value): number | null => {
    if (value?.kind === 'map') return null;
    const [first, ...others] = value?.kind === 'constant' ? value.values : [];
    if (first === undefined || others.some((number) => number !== first))
      throw new NotKnown('it chooses between several numbers');
    return first;
  });
  return ofMaps(operand, { op: 'where', attributes: { yes, no } }, [choice, ...maps]);
}

const nothing: Lowering = () => ({ kind: 'opaque', what: 'nothing', texts: [] });

/** What passes values on, or chooses between them. */
export const controlLowerings: readonly [string, Lowering][] = [
  ...each(
    [
      'Identity',
      'StopGradient',
      'PreventGradient',
      'Snapshot',
      'CheckNumerics',
      'EnsureShape',
      'PlaceholderWithDefault',
      'ReadVariableOp',
    ],
    identity,
  ),
  ['IdentityN', (operand) => [identity(operand) as Value, ...operand.inputs.slice(1)]],
  ['Switch', switched],
  ['Merge', merged],
  ...each(['Select', 'SelectV2'], selected),
  ...each(['NoOp', 'Assert'], nothing),
];
