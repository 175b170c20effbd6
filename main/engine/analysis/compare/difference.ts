import { occlusion } from '../../../../shared/analysis/occlusion';
import { predict } from '../../../../shared/analysis/predict';
import type { Unit, Volume } from '../../../../shared/volume';
import type { InputWriter } from '../../result/inputWriter';
import type { Compared, ComparedNetwork, OpenInput } from '../analysis';

/** What is subtracted, where a compared analysis saved it: B − A in the unit of the maps. */
const subtracted = [
  { analysis: occlusion.id, file: 'map', unit: '1' },
  { analysis: predict.id, file: 'dose', unit: 'Gy' },
] as const satisfies readonly { readonly analysis: string; readonly file: string; readonly unit: Unit }[];

/** Of two label maps: where they say the same, and who says what where they do not. */
export const labelChanges = { same: 0, onlyReference: 1, onlyNetwork: 2, anotherLabel: 3 } as const;

function changeOf(before: number, after: number): number {
  if (before === after) return labelChanges.same;
  if (after === 0) return labelChanges.onlyReference;
  return before === 0 ? labelChanges.onlyNetwork : labelChanges.anotherLabel;
}

async function saved({ parts }: ComparedNetwork, analysis: string, file: string, compared: Compared) {
  const path = parts.get(analysis)?.result.files[file];
  return typeof path === 'string' ? compared.read(path) : null;
}

async function save(
  { prepared, study }: OpenInput,
  name: string,
  values: Float32Array | Uint8Array,
  shape: readonly number[],
  unit: Unit,
  writer: InputWriter,
): Promise<string | null> {
  if (study === null) return writer.array(name, values, shape);
  const { grid, frameOfReference } = prepared;
  // A coarser answer has a grid of its own: both are drawn as they are, without a difference.
  if (grid?.size.join() !== [...shape].reverse().join()) return null;
  const volume: Volume<Float32Array | Uint8Array> = { grid, values, unit, frameOfReference };
  return writer.volume(name, volume);
}

/** The answers of each network minus the reference's, voxel by voxel, by network and by what they are. *Sign* B − A, A the reference. */
export async function differencesOf(
  input: OpenInput,
  reference: ComparedNetwork,
  compared: Compared,
  writer: InputWriter,
): Promise<Record<string, Record<string, string>>> {
  const found: Record<string, Record<string, string>> = {};
  const keep = (network: string, file: string, path: string | null): void => {
    if (path !== null) found[network] = { ...found[network], [file]: path };
  };
  for (const network of compared.networks) {
    const { name } = network;
    if (name === reference.name) continue;
    for (const { analysis, file, unit } of subtracted) {
      const [a, b] = [await saved(reference, analysis, file, compared), await saved(network, analysis, file, compared)];
      if (!a || b?.shape.join() !== a.shape.join()) continue;
      const values = b.values.map((value, v) => value - (a.values[v] as number));
      keep(name, file, await save(input, `difference/${name}/${file}`, values, a.shape, unit, writer));
    }
    const [a, b] = [
      await saved(reference, predict.id, 'labels', compared),
      await saved(network, predict.id, 'labels', compared),
    ];
    if (!a || b?.shape.join() !== a.shape.join()) continue;
    const changes = Uint8Array.from(a.values, (before, v) => changeOf(before, b.values[v] as number));
    keep(name, 'labels', await save(input, `difference/${name}/labels`, changes, a.shape, '1', writer));
  }
  return found;
}
