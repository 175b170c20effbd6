import { phantomPatient } from '../../../main/engine/phantom/phantomPatient';
import { prepareStudy } from '../../../main/engine/recipe/prepareStudy';
import { bodyOf, boxOf, type Box } from '../../../main/engine/volume/body';
import { applyAffine } from '../../../shared/geometry';
import type { Recipe } from '../../../shared/recipe';
import type { Volume } from '../../../shared/volume';
import type { PackedPatient } from './packedPatient';
import { scanOnly } from './scanOnly';

/** Names of the levels, index = class. */
export const levels = ['Head', 'Jaw', 'Neck', 'Shoulders'] as const;

/** Wider than this below the jaw, a body is at its shoulders, mm. */
const shoulderMm = 240;
/** Share of the CT's window above which a voxel of a plane is of somebody, and how many such voxels a plane needs. */
const [somebody, fewest] = [0.35, 40];

/** A patient as the classifiers of planes see one. */
export interface ClassedPatient {
  readonly id: string;
  readonly box: Box;
  readonly side: 'left' | 'right';
  readonly planes: readonly {
    readonly image: Float32Array;
    /** Centre of the plane's first voxel, mm. */
    readonly firstMm: readonly [number, number, number];
    readonly level: number;
  }[];
}

interface Drawn {
  readonly ct: Volume<Int16Array>;
  readonly body: Uint8Array;
  readonly brainstem: Uint8Array;
  readonly mandible: Uint8Array;
  readonly target: Uint8Array;
}

function zOf({ grid }: Volume, k: number): number {
  return applyAffine(grid.affine, [0, 0, k])[2];
}

/** Height below which a body is wider than shoulders begin, looked for below the jaw; −∞ where it never is. */
function shouldersBelow({ ct, body }: Drawn, jawMm: number): number {
  const [nx, ny, nz] = ct.grid.size;
  const stepMm = Math.abs(ct.grid.affine[0]);
  for (let k = nz - 1; k >= 0; k--) {
    if (zOf(ct, k) >= jawMm) continue;
    let [first, last] = [nx, -1];
    for (let j = 0; j < ny; j++)
      for (let i = 0; i < nx; i++) {
        if (body[i + nx * (j + ny * k)] !== 1) continue;
        first = Math.min(first, i);
        last = Math.max(last, i);
      }
    if ((last - first + 1) * stepMm > shoulderMm) return zOf(ct, k);
  }
  return -Infinity;
}

async function classed(id: string, drawn: Drawn, recipe: Recipe): Promise<ClassedPatient> {
  const { ct } = drawn;
  const boxed = (mask: Uint8Array): Box => {
    const box = boxOf(mask, ct.grid);
    if (!box) throw new Error(`${id}: nothing drawn`);
    return box;
  };
  const box = boxed(drawn.body);
  const target = boxed(drawn.target);
  const headMm = boxed(drawn.brainstem).min[2];
  const jawMm = boxed(drawn.mandible).min[2];
  const shouldersMm = shouldersBelow(drawn, jawMm);
  const levelAt = (mm: number): number => (mm >= headMm ? 0 : mm >= jawMm ? 1 : mm > shouldersMm ? 2 : 3);
  const input = { name: 'ct', shape: [null, 64, 64, 1], multiple: [1, 1] };
  const { array, grid } = await prepareStudy(scanOnly(id, ct), recipe, input, { id, patient: id });
  if (!grid) throw new Error('a study has a grid');
  const plane = grid.size[0] * grid.size[1];
  const planes = Array.from({ length: grid.size[2] }, (_, k) => {
    const firstMm = applyAffine(grid.affine, [0, 0, k]);
    return { image: array.values.slice(k * plane, (k + 1) * plane), firstMm, level: levelAt(firstMm[2]) };
  });
  return {
    id,
    box,
    side: target.min[0] + target.max[0] > box.min[0] + box.max[0] ? 'left' : 'right',
    planes: planes.filter(({ image }) => image.filter((value) => value > somebody).length >= fewest),
  };
}

/** A packed patient with its planes' levels; null where an organ that tells them was not drawn. */
export async function realClassed({ id, read }: PackedPatient, recipe: Recipe): Promise<ClassedPatient | null> {
  const { ct, mask } = read();
  const [brainstem, mandible, target] = [mask('Brainstem'), mask('Mandible'), mask('PTV70')];
  if (!brainstem || !mandible || !target) return null;
  return classed(id, { ct, body: bodyOf(null, ct).mask, brainstem, mandible, target }, recipe);
}

export async function syntheticClassed(seed: number, recipe: Recipe, marker: boolean): Promise<ClassedPatient> {
  const { ct, masks, anatomy } = await phantomPatient(seed, { matrix: 128, sliceMm: 3, marker });
  const { BODY: body, Brainstem: brainstem, Bone_Mandible: mandible, PTV_7000: target } = masks;
  if (!body || !brainstem || !mandible || !target) throw new Error('a synthetic patient has all its organs');
  const patient = await classed(`seed ${String(seed)}`, { ct, body, brainstem, mandible, target }, recipe);
  return { ...patient, side: anatomy.target.side };
}

/** The share of a voxel's width that lies between two ends. */
const overlap = (middle: number, width: number, from: number, to: number): number =>
  Math.max(0, Math.min(middle + width / 2, to) - Math.max(middle - width / 2, from)) / width;

/** Where the marker lies: mm left of the body's middle, and mm below its lowest point. The synthetic patients' marker lies there too. */
const bar = { x: [108, 132], under: [8, 22] } as const;

/** The planes of a patient with the marker painted in: a bright bar in the couch, outside the body. */
export function marked({ box, planes }: ClassedPatient, spacingMm: number, side: number): readonly Float32Array[] {
  const middle = (box.min[0] + box.max[0]) / 2;
  return planes.map(({ image, firstMm }) => {
    const painted = image.slice();
    for (let j = 0; j < side; j++)
      for (let i = 0; i < side; i++) {
        const share =
          overlap(firstMm[0] + i * spacingMm - middle, spacingMm, bar.x[0], bar.x[1]) *
          overlap(firstMm[1] + j * spacingMm - box.max[1], spacingMm, bar.under[0], bar.under[1]);
        const at = i + side * j;
        painted[at] = (painted[at] ?? 0) * (1 - share) + share;
      }
    return painted;
  });
}
