import type { Study } from '../../../main/engine/study/study';
import { phantomPatient } from '../../../main/engine/phantom/phantomPatient';
import { prepareStudy } from '../../../main/engine/recipe/prepareStudy';
import { resample } from '../../../main/engine/volume/resample';
import type { Recipe } from '../../../shared/recipe';
import type { Volume } from '../../../shared/volume';
import { cubeSide, trainingGy } from './doseUnet3d';
import type { PackedPatient } from './packedPatient';
import { scanOnly } from './scanOnly';

/** OpenKBP's and the synthetic patients' names of the recipe's structures, in its order. */
export const openKbpInputs = ['PTV70', 'PTV56', 'Brainstem', 'SpinalCord', 'LeftParotid', 'RightParotid'] as const;
const phantomInputs = ['PTV_7000', 'PTV_5600', 'Brainstem', 'SpinalCord', 'Parotid_L', 'Parotid_R'] as const;

/** A patient on the recipe's grid, as the dose network sees one. */
export interface DosePatient {
  readonly id: string;
  /** The CT in the recipe's scale, then each structure: one array each, x fastest. */
  readonly channels: readonly Float32Array[];
  /** In units of `trainingGy`. */
  readonly dose: Float32Array;
  /** 1 where the patient is or a dose is given. */
  readonly counts: Uint8Array;
}

const voxels = cubeSide ** 3;
/** Share of the CT's window above which a voxel is of somebody, and the least dose that counts, Gy. */
const [somebody, someGy] = [0.35, 0.5];

async function prepared(
  id: string,
  ct: Volume<Int16Array>,
  masks: readonly (Uint8Array | null)[],
  dose: Volume<Float32Array>,
  recipe: Recipe,
): Promise<DosePatient> {
  const scan: Study = scanOnly(id, ct);
  const input = { name: 'patient', shape: [null, cubeSide, cubeSide, cubeSide, 1], multiple: [4, 1, 1] };
  const alone = { ...recipe, channels: recipe.channels.slice(0, 1) };
  const { array, grid } = await prepareStudy(scan, alone, input, { id, patient: id });
  if (grid?.size.some((size) => size !== cubeSide) !== false) throw new Error('the recipe asks for a cube');
  const inputs = masks.map((mask) => {
    if (!mask) throw new Error(`${id}: a structure that the recipe asks for was not drawn`);
    return resample({ ...ct, values: mask, unit: '1' }, grid, 'nearest', 0).values;
  });
  const gy = resample(dose, grid, 'trilinear', 0).values;
  const image = array.values;
  const counts = Uint8Array.from(gy, (value, v) => (value > someGy || (image[v] ?? 0) > somebody ? 1 : 0));
  return { id, channels: [image, ...inputs], dose: gy.map((value) => value / trainingGy), counts };
}

export const hasAllInputs = ({ structures }: PackedPatient): boolean =>
  openKbpInputs.every((name) => structures.includes(name));

export function realDose({ id, read }: PackedPatient, recipe: Recipe): Promise<DosePatient> {
  const { ct, dose, mask } = read();
  return prepared(id, ct, openKbpInputs.map(mask), dose, recipe);
}

export async function syntheticDose(seed: number, recipe: Recipe): Promise<DosePatient> {
  const { ct, dose, masks } = await phantomPatient(seed, { matrix: 128, sliceMm: 3 });
  const drawn = phantomInputs.map((name) => masks[name] ?? null);
  return prepared(`seed ${String(seed)}`, ct, drawn, dose, recipe);
}

/**
 * Slices `from` to `from + depth` as the network takes them, and their dose and which voxels count; `mirrored` swaps left and right, and
 * with them the parotids. *Shape* [slice, row, column, channel], [slice, row, column].
 */
export function slab(
  { channels, dose, counts }: DosePatient,
  from: number,
  depth: number,
  mirrored: boolean,
): { readonly input: Float32Array; readonly dose: Float32Array; readonly counts: Float32Array } {
  const plane = cubeSide * cubeSide;
  const ordered = mirrored ? [0, 1, 2, 3, 4, 6, 5].map((n) => channels[n] ?? new Float32Array(voxels)) : channels;
  const input = new Float32Array(depth * plane * ordered.length);
  const truth = new Float32Array(depth * plane);
  const counted = new Float32Array(depth * plane);
  for (let v = 0; v < depth * plane; v++) {
    const column = v % cubeSide;
    const source = from * plane + v - (mirrored ? 2 * column - cubeSide + 1 : 0);
    for (let n = 0; n < ordered.length; n++) input[v * ordered.length + n] = ordered[n]?.[source] ?? 0;
    truth[v] = dose[source] ?? 0;
    counted[v] = counts[source] ?? 0;
  }
  return { input, dose: truth, counts: counted };
}
