import { NotKnown, type Constant, type MapValue, type Value } from '../lowering/value';
import type { Lowering, Operand } from './tracing';

const said = (value: Value | undefined): string => {
  if (!value) return 'nothing';
  if (value.kind === 'opaque') return value.what;
  return value.kind === 'map' ? 'a map' : value.kind === 'sizes' ? 'sizes of maps' : value.kind;
};

/** Input `i`, which must be a map. */
export function mapAt({ inputs }: Operand, i: number): MapValue {
  const value = inputs[i];
  if (value?.kind !== 'map') throw new NotKnown(`its input ${i} is ${said(value)}, not a map`);
  return value;
}

/** Input `i`, which must be known without a run. */
export function constantAt({ inputs }: Operand, i: number): Constant {
  const value = inputs[i];
  if (value?.kind !== 'constant') throw new NotKnown(`its input ${i} is ${said(value)}, not a constant`);
  return value;
}

export const integersAtInput = (operand: Operand, i: number): number[] => [...constantAt(operand, i).values];

export const isConstant = (value: Value | undefined): value is Constant => value?.kind === 'constant';

export const allConstant = ({ inputs }: Operand): boolean => inputs.every(isConstant);

/** One lowering for several operations. */
export const each = (ops: readonly string[], lowering: Lowering): [string, Lowering][] =>
  ops.map((op) => [op, lowering]);
