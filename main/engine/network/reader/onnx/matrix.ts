import { weight } from '../lowering/builder';
import { einsum } from '../lowering/einsum';
import { NotKnown, sizesOfMap, type Constant, type MapValue } from '../lowering/value';
import { floatAt, integerAt, wordAt } from './fileModel';
import { isConstant, mapAt, type Lowering, type Operand } from './operand';
import type { Weight } from '../../graph';

/** A map by a matrix of weights is a dense layer on its last axis; two maps are multiplied as stacks of matrices. */
const product: Lowering = (operand) => {
  const { name, builder } = operand;
  const [a, b] = operand.inputs;
  if (a?.kind === 'map' && isConstant(b)) return dense(operand, a, matrixOf(b, false), []);
  const maps = [mapAt(operand, 0), mapAt(operand, 1)].map((map) => (map.sizes ? builder.inFileOrder(map, name) : map));
  const ranks = maps.map((map) => map.sizes?.length);
  if (ranks[0] !== undefined && (ranks[0] !== ranks[1] || ranks[0] < 3))
    throw new NotKnown('it multiplies maps that are no stacks of matrices of one length');
  return builder.node(name, { op: 'matMul', attributes: { transposeA: false, transposeB: false } }, maps);
};

function dense({ name, builder }: Operand, map: MapValue, kernel: Constant, bias: readonly Weight[]): MapValue {
  const x = map.sizes ? builder.inFileOrder(map, name) : map;
  return builder.node(name, { op: 'dense', weights: [weight('kernel', kernel), ...bias] }, [x]);
}

/** A constant as a matrix; axes of size 1 before it change nothing. */
function matrixOf(constant: Constant, turned: boolean): Constant {
  const shape = constant.shape.slice(-2);
  if (shape.length !== 2 || constant.shape.slice(0, -2).some((n) => n !== 1))
    throw new NotKnown(`it multiplies by a constant of ${constant.shape.length} axes`);
  if (!turned) return { ...constant, shape };
  return columnsFirst(constant, shape as [number, number]);
}

/** Rows as columns: by hand, as the largest weights of old networks are such matrices. */
function columnsFirst(constant: Constant, [rows, columns]: readonly [number, number]): Constant {
  const values = new Float32Array(rows * columns);
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++) values[c * rows + r] = constant.values[r * columns + c]!;
  return { kind: 'constant', shape: [columns, rows], values, integer: false };
}

/** alpha · A · B + beta · C. */
const general: Lowering = (operand) => {
  const { node, name, builder, inputs } = operand;
  const [a, b, c] = inputs;
  if (a?.kind !== 'map' || !isConstant(b))
    throw new NotKnown('it multiplies maps with each other, or a constant by a map');
  if (integerAt(node, 'transA', 0) !== 0) throw new NotKnown('it turns its map, and the batch with it');
  if (a.sizes && sizesOfMap(a).length !== 2) throw new NotKnown('its map is no vector');
  const alpha = floatAt(node, 'alpha', 1);
  const beta = floatAt(node, 'beta', 1);
  const kernel = scaled(matrixOf(b, integerAt(node, 'transB', 0) !== 0), alpha);
  const out = kernel.shape[1]!;
  if (c === undefined) return dense(operand, a, kernel, []);
  if (isConstant(c)) {
    const own = scaled(c, beta);
    const values = own.values.length === 1 ? new Float32Array(out).fill(own.values[0]!) : own.values;
    if (values.length !== out) throw new NotKnown(`its C has the sizes ${c.shape.join('×')}`);
    return dense(operand, a, kernel, [weight('bias', { ...own, values }, [out])]);
  }
  if (c.kind !== 'map' || beta !== 1) throw new NotKnown('its C is a map with a factor');
  const product = dense({ ...operand, name: `${name}:product` }, a, kernel, []);
  return builder.node(name, { op: 'add' }, [product, c]);
};

const scaled = (constant: Constant, factor: number): Constant =>
  factor === 1
    ? constant
    : { ...constant, values: Float32Array.from(constant.values, (v) => v * factor), integer: false };

export const matrixLowerings: readonly [string, Lowering][] = [
  ['MatMul', product],
  ['Gemm', general],
  ['Einsum', (operand) => einsum(operand, wordAt(operand.node, 'equation', ''), operand.inputs)],
];
