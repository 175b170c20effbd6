import { transposed } from '../lowering/array';
import { einsum } from '../lowering/einsum';
import { NotKnown } from '../lowering/value';
import { flagAt, wordAt } from './fileGraph';
import { each, isConstant, mapAt } from './operand';
import type { Lowering } from './tracing';
import { fused } from './window';

/** A map by a matrix of weights is a dense layer; two maps are multiplied as stacks of matrices. */
const product: Lowering = (operand) => {
  const { node, name, builder } = operand;
  const [a, b] = operand.inputs;
  const [turnA, turnB] = ['a', 'b'].map(
    (side, i) => flagAt(node, `transpose_${side}`) || flagAt(node, i === 0 ? 'adj_x' : 'adj_y'),
  );
  if ((a?.kind === 'map' || a?.kind === 'rows') && isConstant(b)) {
    if (turnA || b.shape.length !== 2)
      throw new NotKnown('it multiplies by a constant in another way than a dense layer');
    const kernel = turnB ? transposed(b, [1, 0]) : b;
    const { weights, activation } = fused(operand);
    const own = { name: 'kernel', shape: kernel.shape, values: Float32Array.from(kernel.values) };
    const made = { op: 'dense', attributes: activation ? { activation } : {}, weights: [own, ...weights] } as const;
    if (a.kind === 'rows') {
      if (a.made || a.stood) throw new NotKnown('it multiplies rows once more');
      return { ...a, made };
    }
    return builder.node(name, made, [a.sizes ? builder.inFileOrder(a, name) : a]);
  }
  const maps = [mapAt(operand, 0), mapAt(operand, 1)].map((map) => (map.sizes ? builder.inFileOrder(map, name) : map));
  return builder.node(name, { op: 'matMul', attributes: { transposeA: turnA, transposeB: turnB } }, maps);
};

export const matrixLowerings: readonly [string, Lowering][] = [
  ...each(['MatMul', '_FusedMatMul', 'BatchMatMul', 'BatchMatMulV2', 'BatchMatMulV3'], product),
  ['Einsum', (operand) => einsum(operand, wordAt(operand.node, 'equation', ''), operand.inputs)],
];
