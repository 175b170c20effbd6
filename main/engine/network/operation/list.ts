import { affine } from './affine';
import { bordering } from './bordering';
import { zeroPadding, reflectPadding, cropping } from './border';
import { convolution, depthwise, separable } from './convolution';
import { dense } from './dense';
import { comparison, elementwise } from './elementwise';
import { matrixProduct } from './matrixProduct';
import { concatenation, dot, merging } from './merge';
import { batchNormalisation, ownNormalisation, rescaling } from './normalisation';
import { gathering } from './gathering';
import { localResponse } from './localResponse';
import type { Operation } from './operation';
import { activationNode, identity } from './pointwise';
import { globalPooling, pooling } from './pooling';
import { flattening, permutation, repetition, reshaping } from './rearranging';
import { ranking } from './ranking';
import { argument, reduction } from './reduction';
import { upsampling } from './resampling';
import { resizing } from './resizing';
import { sampling } from './sampling';
import { selecting } from './selecting';
import { slicing } from './slicing';
import { spaceToDepth } from './spaceToDepth';
import { depthToSpace, tiling } from './tiling';
import { transposedConvolution } from './transposedConvolution';
import { unitAxes } from './unitAxes';

const operations = [
  convolution,
  depthwise,
  separable,
  transposedConvolution,
  pooling,
  globalPooling,
  upsampling,
  zeroPadding,
  reflectPadding,
  cropping,
  batchNormalisation,
  ownNormalisation,
  rescaling,
  unitAxes,
  gathering,
  bordering,
  selecting,
  localResponse,
  sampling,
  spaceToDepth,
  activationNode,
  identity,
  merging,
  concatenation,
  dot,
  dense,
  flattening,
  reshaping,
  permutation,
  repetition,
  affine,
  elementwise,
  comparison,
  reduction,
  argument,
  ranking,
  slicing,
  resizing,
  tiling,
  depthToSpace,
  matrixProduct,
] as const satisfies readonly Operation[];

const byWord = new Map<string, Operation>();
for (const operation of operations) {
  for (const word of operation.ops) {
    if (byWord.has(word)) throw new Error(`two operations answer to ${word}`);
    byWord.set(word, operation);
  }
}

export function operationOf(op: string): Operation {
  const operation = byWord.get(op);
  if (!operation) throw new Error(`no operation is called ${op}`);
  return operation;
}
