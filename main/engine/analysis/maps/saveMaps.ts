import type { Warning } from '../../../../shared/result';
import type { Volume } from '../../../../shared/volume';
import { warningOf } from '../../../../shared/warning';
import type { Node } from '../../network/graph';
import type { NetworkArray } from '../../network/network';
import type { Placing, PreparedInput } from '../../recipe/preparedInput';
import type { InputWriter } from '../../result/inputWriter';
import type { Context, Step } from '../analysis';
import { placingOf } from '../placing';
import { sweep } from '../sweep';

/** Puts every channel back on the node's own grid, channel the fastest axis. */
function volumeOf(prepared: PreparedInput, maps: NetworkArray, placing: Placing) {
  const channels = maps.shape.at(-1) ?? 1;
  const one = new Float32Array(maps.values.length / channels);
  let all: Volume<Float32Array> | null = null;
  for (let c = 0; c < channels; c++) {
    for (let v = 0; v < one.length; v++) one[v] = maps.values[v * channels + c] as number;
    const volume = prepared.toVolume(one, placing);
    all ??= { ...volume, values: new Float32Array(volume.values.length * channels) };
    for (let v = 0; v < volume.values.length; v++) all.values[v * channels + c] = volume.values[v] as number;
  }
  return all;
}

/** Writes all channels of the named nodes, one node at a time. A map that does not fit the memory given is said and left out. */
export async function* saveMaps(
  context: Context,
  prepared: PreparedInput,
  nodes: readonly Node[],
  writer: InputWriter,
  signal: AbortSignal,
): AsyncGenerator<Step, { readonly files: Record<string, string>; readonly warnings: Warning[] }> {
  const files: Record<string, string> = {};
  const warnings: Warning[] = [];
  const total = prepared.array.shape[0] ?? 1;
  for (const [n, node] of nodes.entries()) {
    let whole: NetworkArray | null = null;
    let bytes = 0;
    const take = (_: Node, output: NetworkArray, __: NetworkArray | null, from: number): void => {
      bytes = (output.values.byteLength / (output.shape[0] ?? 1)) * total;
      // Twice: as the network gives it and as the volume that is written.
      if (2 * bytes > context.memoryBytes) return;
      whole ??= { shape: [total, ...output.shape.slice(1)], values: new Float32Array(bytes / 4) };
      whole.values.set(output.values, (output.values.length / (output.shape[0] ?? 1)) * from);
    };
    for await (const done of sweep(context.network, prepared, [node], context.memoryBytes, signal, () => false, take)) {
      yield { kind: 'progress', done: (n + done) / nodes.length, stage: 'save' };
    }
    const maps = whole as NetworkArray | null;
    if (!maps) {
      const gib = (2 * bytes) / 2 ** 30;
      warnings.push(warningOf('analysis/map-too-large', { node: node.name, gib: gib.toFixed(1) }));
      continue;
    }
    const placing = placingOf(context.network, prepared, node.name, maps.shape);
    const volume = placing ? volumeOf(prepared, maps, placing) : null;
    const name = node.name.replaceAll('/', '_');
    files[node.name] = volume
      ? await writer.volume(name, volume, maps.shape.at(-1) ?? 1)
      : await writer.array(name, maps.values, total === 1 ? maps.shape.slice(1) : maps.shape);
  }
  return { files, warnings };
}
