import { IsolensError } from '../../../../shared/problem/problem';
import type { Volume } from '../../../../shared/volume';
import { applyAffine, invert, spacingOf, type Vec3 } from '../../../../shared/geometry';
import { nodeNamed } from '../../analysis/layers';
import { placingOf } from '../../analysis/placing';
import { sweep } from '../../analysis/sweep';
import { quantile } from '../../analysis/statistics/quantile';
import type { NetworkArray } from '../../network/network';
import type { PreparedInput } from '../../recipe/preparedInput';
import { memoryBudget } from '../memoryBudget';
import type { OpenNetwork, OpenNetworks } from '../openNetworks';
import type { OpenStudies } from '../openStudies';
import type { PreparedStudies } from '../preparedStudies';
import type { Handlers } from '../session';

/** The colour scale of a layer ends here, so that a few bright voxels do not darken all the others. */
const topQuantile = 0.997;
/** A quantile over more values than this is taken over an even choice of them. */
const quantileOver = 500_000;

interface NodeMaps {
  readonly key: string;
  readonly prepared: PreparedInput;
  readonly maps: NetworkArray;
  readonly top: number;
}

function topOf(values: Float32Array): number {
  const every = Math.max(1, Math.floor(values.length / quantileOver));
  const some: number[] = [];
  for (let n = 0; n < values.length; n += every) some.push(Math.abs(values[n] ?? 0));
  return quantile(some, topQuantile) || 1;
}

/** One channel of maps `[entry, …, channel]`, put back on the node's own grid. */
function channelVolume(
  network: OpenNetwork,
  { prepared, maps }: NodeMaps,
  node: string,
  channel: number,
): Volume<Float32Array> {
  const channels = maps.shape.at(-1) ?? 1;
  if (channel >= channels) throw new IsolensError('job/not-open', { what: `channel ${String(channel)} of ${node}` });
  const one = new Float32Array(maps.values.length / channels);
  for (let v = 0; v < one.length; v++) one[v] = maps.values[v * channels + channel] ?? 0;
  const placing = placingOf(network.loaded, prepared, node, maps.shape);
  if (!placing) throw new IsolensError('job/no-place', {}, { node });
  return prepared.toVolume(one, placing);
}

/** The axial plane of a volume nearest to a point. */
function planeAt({ grid, values }: Volume<Float32Array>, pointMm: Vec3): Float32Array {
  const [nx, ny, nz] = grid.size;
  const k = Math.min(nz - 1, Math.max(0, Math.round(applyAffine(invert(grid.affine), pointMm)[2])));
  return values.subarray(k * nx * ny, (k + 1) * nx * ny);
}

/** Activation maps as the window looks at them: one node of one study at a time, kept until another is asked for. */
export function activationAnswers(
  networks: OpenNetworks,
  studies: OpenStudies,
  prepared: PreparedStudies,
): Pick<Handlers, 'engine/activation' | 'engine/gallery' | 'engine/previewInput'> {
  let last: NodeMaps | null = null;

  async function mapsOf(
    id: string,
    study: string,
    name: string,
    signal: AbortSignal,
  ): Promise<{ network: OpenNetwork; held: NodeMaps }> {
    const network = networks.get(id);
    const input = await prepared.of(network, studies.get(study), signal);
    const key = JSON.stringify([id, study, name, network.recipe]);
    if (last?.key === key) return { network, held: last };
    const node = nodeNamed(network.loaded, name);
    const total = input.array.shape[0] ?? 1;
    let maps: NetworkArray | null = null;
    const take = (_: unknown, output: NetworkArray, __: unknown, from: number): void => {
      const entry = output.values.length / (output.shape[0] ?? 1);
      maps ??= { shape: [total, ...output.shape.slice(1)], values: new Float32Array(entry * total) };
      maps.values.set(output.values, entry * from);
    };
    for await (const _ of sweep(network.loaded, input, [node], memoryBudget(), signal, () => false, take))
      signal.throwIfAborted();
    const whole = maps as NetworkArray | null;
    if (!whole) throw new IsolensError('job/not-open', { what: name });
    last = { key, prepared: input, maps: whole, top: topOf(whole.values) };
    return { network, held: last };
  }

  return {
    'engine/activation': async ({ network: id, study, node, channel }, { signal, blobs }) => {
      const { network, held } = await mapsOf(id, study, node, signal);
      blobs.drop('activation');
      return { volume: blobs.keep(channelVolume(network, held, node, channel), 'activation'), layerTop: held.top };
    },
    'engine/gallery': async ({ network: id, study, node, positionMm }, { signal }) => {
      const { network, held } = await mapsOf(id, study, node, signal);
      const channels = held.maps.shape.at(-1) ?? 1;
      const first = channelVolume(network, held, node, 0);
      const [columns, rows] = first.grid.size;
      const values = new Float32Array(channels * rows * columns);
      for (let c = 0; c < channels; c++) {
        const volume = c === 0 ? first : channelVolume(network, held, node, c);
        values.set(planeAt(volume, positionMm), c * rows * columns);
      }
      const [columnSpacingMm, rowSpacingMm] = spacingOf(first.grid.affine);
      return { channels, rows, columns, values, layerTop: held.top, rowSpacingMm, columnSpacingMm };
    },
    'engine/previewInput': async ({ network: id, study }, { signal, blobs }) => {
      const input = await prepared.of(networks.get(id), studies.get(study), signal);
      const channels = input.array.shape.at(-1) ?? 1;
      const shape = input.dims === 2 ? input.array.shape.slice(0, -1) : input.array.shape.slice(1, -1);
      const axes = shape.length === 3 && input.dims === 2 ? 2 : 3;
      const place = { shape, step: new Array<number>(axes).fill(1), start: new Array<number>(axes).fill(0) };
      blobs.drop('preview');
      const one = new Float32Array(input.array.values.length / channels);
      const shown = Array.from({ length: channels }, (_, c) => {
        for (let v = 0; v < one.length; v++) one[v] = input.array.values[v * channels + c] ?? 0;
        const name = input.transforms?.[c]?.name ?? String(c);
        return { name, volume: blobs.keep(input.toVolume(one.slice(), place), 'preview') };
      });
      return { channels: shown, shape: [...input.array.shape], warnings: [...input.warnings] };
    },
  };
}
