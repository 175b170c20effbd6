import type { NetworkGraph } from '../../network/graph';
import type { InputWriter } from '../../result/inputWriter';
import { kernelLayersIn, layerName } from '../kernelLayer';

/** Writes the kernels of the named nodes as they are used: *Shape* `[k…, in, out]`. A node without kernels is given back by name. */
export async function saveWeights(
  graph: NetworkGraph,
  nodes: readonly string[],
  writer: InputWriter,
): Promise<{ readonly files: Record<string, string>; readonly without: readonly string[] }> {
  const files: Record<string, string> = {};
  const without: string[] = [];
  for (const node of nodes) {
    const layers = kernelLayersIn(graph, [node]);
    if (layers.length === 0) without.push(node);
    for (const layer of layers) {
      const name = layerName(layer);
      const shape = [...layer.size, layer.inside, layer.out];
      files[name] = await writer.array(name.replaceAll('/', '_'), layer.values, shape);
    }
  }
  return { files, without };
}
