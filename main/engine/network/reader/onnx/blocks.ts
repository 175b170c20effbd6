import { NotKnown, sizesOfMap } from '../lowering/value';
import { integerAt, wordAt } from './fileModel';
import { imageAt, type Lowering } from './operand';

const blockOf = (operand: Parameters<Lowering>[0]): number => {
  const block = integerAt(operand.node, 'blocksize', 0);
  if (block < 1 || block > 2 ** 12) throw new NotKnown(`its block is ${block}`);
  return block;
};

/** Channels as finer voxels; `CRD` counts the channels of the result before the places in the block. */
const depthToSpace: Lowering = (operand) => {
  const { node, name, builder } = operand;
  const block = blockOf(operand);
  const x = imageAt(operand, 0, 2);
  if (wordAt(node, 'mode', 'DCR') === 'DCR')
    return builder.node(name, { op: 'depthToSpace', attributes: { block } }, [x]);
  const channels = sizesOfMap(x)[1];
  if (typeof channels !== 'number' || channels % block ** 2 !== 0)
    throw new NotKnown('its channels do not fill blocks');
  const out = channels / block ** 2;
  const indices = Array.from({ length: channels }, (_, c) => (c % out) * block ** 2 + Math.floor(c / out));
  const ordered = builder.node(`${name}:channels`, { op: 'gather', attributes: { axis: 3, indices } }, [x], 1);
  return builder.node(name, { op: 'depthToSpace', attributes: { block } }, [ordered]);
};

const spaceToDepth: Lowering = (operand) =>
  operand.builder.node(operand.name, { op: 'spaceToDepth', attributes: { block: blockOf(operand) } }, [
    imageAt(operand, 0, 2),
  ]);

export const blockLowerings: readonly [string, Lowering][] = [
  ['DepthToSpace', depthToSpace],
  ['SpaceToDepth', spaceToDepth],
];
