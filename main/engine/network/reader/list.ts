import { graphDef } from './graphDef';
import { kerasFolder } from './kerasFolder';
import { kerasHdf5 } from './kerasHdf5';
import { kerasZip } from './kerasZip';
import { onnx } from './onnx/onnx';
import type { Reader } from './reader';
import { savedModel } from './savedModel';
import { tfjsGraph } from './tfjsGraph';
import { tfjsLayers } from './tfjsLayers';

/** Every kind of file that is read, in the order in which they look at a file's content. */
export const readers: readonly Reader[] = [
  kerasZip,
  kerasHdf5,
  kerasFolder,
  tfjsLayers,
  tfjsGraph,
  graphDef,
  savedModel,
  onnx,
];
