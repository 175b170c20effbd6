import { multiply, applyAffine, type Affine, type Vec3 } from '../../../../shared/geometry';
import type { Recipe } from '../../../../shared/recipe';
import type { Structure } from '../../../../shared/structure';
import type { Volume } from '../../../../shared/volume';
import type { Context, OpenInput } from '../analysis';
import { networkInputsOf, type NetworkInput } from '../../recipe/networkInput';
import type { PreparedInput } from '../../recipe/preparedInput';
import { prepareStudy, type SampledChannel } from '../../recipe/prepareStudy';
import { imageFor } from '../../recipe/source';
import type { Dose, ImageVolume, Study } from '../../study/study';
import { resample } from '../../volume/resample';
import { clipToScanner } from './clip';
import type { Change, Values } from './change';
import { marginsOf } from './structureField';
import type { Physical } from './physical';
import type { DegradedInput, Subject } from './subject';

/** The middle of a grid, index (n − 1) / 2, in mm. */
const middleMm = (grid: Volume['grid']): Vec3 =>
  applyAffine(grid.affine, [(grid.size[0] - 1) / 2, (grid.size[1] - 1) / 2, (grid.size[2] - 1) / 2]);

const floats = (values: ArrayLike<number>): Float32Array =>
  values instanceof Float32Array ? values : Float32Array.from(values);

/** The recipe whose grid no longer looks at the images: a degraded scan is laid on the very voxels of the clean one. */
export function frozen(recipe: Recipe, { grid, planes }: PreparedInput): Recipe {
  if (grid === null) return recipe;
  const [first, last] = [planes?.[0], planes?.at(-1)];
  const together = first !== undefined && last !== undefined && last - first + 1 === planes?.length;
  return {
    ...recipe,
    grid: { ...recipe.grid, centre: { mm: [...middleMm(grid)] as [number, number, number] } },
    ...(together && recipe.slices !== 'all' ? { slices: [first, last] } : {}),
  };
}

const movedStructure = (structure: Structure, affine: Affine): Structure => ({
  ...structure,
  contours: structure.contours.map((contour) => {
    const points = new Float64Array(contour.points.length);
    for (let n = 0; n < points.length; n += 3) {
      const at = [contour.points[n], contour.points[n + 1], contour.points[n + 2]] as unknown as Vec3;
      points.set(applyAffine(affine, at), n);
    }
    return { ...contour, points };
  }),
});

/** A volume moved by an affine, on its own old grid. */
function movedVolume(volume: Volume, affine: Affine, outside: number): Float32Array {
  const there = { ...volume, grid: { ...volume.grid, affine: multiply(affine, volume.grid.affine) } };
  return resample(there, volume.grid, 'trilinear', outside).values;
}

/** A study as it lies in the patient, degraded before the recipe sees it. */
export async function studySubject(input: OpenInput, study: Study, context: Context, recipe: Recipe): Promise<Subject> {
  const { prepared, spec } = input;
  const network = networkInputsOf(context.network.description)[0] as NetworkInput;
  const still = frozen(recipe, prepared);
  const series = 'series' in spec ? spec.series : undefined;
  const name = { id: prepared.id, patient: prepared.patient, series };
  const images = new Map<string, Promise<ImageVolume>>();
  const load = (uid: string): Promise<ImageVolume> => {
    const found =
      images.get(uid) ?? (study.images.find((image) => image.uid === uid) as Study['images'][number]).load();
    images.set(uid, found);
    return found;
  };
  const isocentre = study.plans[0]?.isocentresMm[0];
  const fieldOf = (volume: Volume, modality: string): Physical => ({
    values: floats(volume.values),
    grid: volume.grid,
    inMm: true,
    centreMm: isocentre ?? middleMm(volume.grid),
    modality,
  });
  const reads = new Set(
    recipe.channels.map((channel) => ('image' in channel ? 'image' : 'dose' in channel ? 'dose' : 'structure')),
  );
  const modalities = recipe.channels.flatMap((channel) => ('image' in channel ? [channel.image] : []));
  const first = modalities[0] === undefined ? null : await load(imageFor(study, modalities[0], series).uid);
  /** Physical values of every channel of the clean study, on the recipe's grid: those that a change leaves alone are taken from here. */
  const clean = new Map<number, SampledChannel>();
  const margins = marginsOf(study, still, prepared);

  /** One field for each volume: an operator may remember what it drew for it. */
  const fields = new Map<Volume, Physical>();
  const sameField = (volume: Volume, modality: string): Physical => {
    const found = fields.get(volume) ?? fieldOf(volume, modality);
    fields.set(volume, found);
    return found;
  };

  const withImages = (own: Study, values: Values, clipped: boolean): Study => ({
    ...own,
    images: own.images.map((image) => ({
      ...image,
      load: async () => {
        const volume = await load(image.uid);
        const changed = values(sameField(volume, image.modality));
        return { ...volume, values: clipped && volume.unit === 'HU' ? clipToScanner(changed, volume.values) : changed };
      },
    })),
  });
  const withDoses = (own: Study, values: Values): Study => ({
    ...own,
    doses: own.doses.map((dose) => ({
      ...dose,
      volume: { ...dose.volume, values: values(sameField(dose.volume, 'dose')) },
    })),
  });
  const movedStudy = (own: Study, affine: Affine): Study => ({
    ...own,
    images: own.images.map((image) => ({
      ...image,
      load: async () => {
        const volume = await load(image.uid);
        return { ...volume, values: movedVolume(volume, affine, image.modality === 'CT' ? -1000 : 0) };
      },
    })),
    structureSets: own.structureSets.map((set) => ({
      ...set,
      structures: set.structures.map((structure) => movedStructure(structure, affine)),
    })),
    doses: own.doses.map((dose): Dose => ({
      ...dose,
      volume: { ...dose.volume, grid: { ...dose.volume.grid, affine: multiply(affine, dose.volume.grid.affine) } },
    })),
  });

  const untouched = (change: Change): Map<number, SampledChannel> => {
    const left = new Map<number, SampledChannel>();
    if (change.moved || change.study || change.recipe) return left;
    recipe.channels.forEach((channel, n) => {
      const known = clean.get(n);
      const touched = 'image' in channel ? change.image : 'dose' in channel ? change.dose : change.mask;
      if (known && !touched) left.set(n, known);
    });
    return left;
  };

  async function apply(change: Change, signal: AbortSignal): Promise<DegradedInput> {
    if (clean.size === 0) await prepareStudy(study, still, network, { ...name, signal, sampled: clean });
    let own = study;
    if (change.image) own = withImages(own, change.image, change.unclipped !== true);
    if (change.dose) own = withDoses(own, change.dose);
    if (change.moved) own = movedStudy(own, change.moved);
    if (change.study) own = change.study(own);
    const used = change.recipe ? change.recipe(recipe) : change.study ? recipe : still;
    const sampled = untouched(change);
    if (change.mask) margins(change.mask).forEach((values, n) => sampled.set(n, { values, warnings: [] }));
    const found = await prepareStudy(own, used, network, { ...name, signal, sampled });
    if (change.added) addWithin(found, change.added);
    // What is laid over the input does not move the truth; a change of the input dose alone is no other truth either.
    const truth = change.moved ? own : study;
    return { prepared: found, study: truth, change };
  }

  return {
    input,
    context,
    recipe,
    reads,
    modalities,
    inUnits: true,
    inMm: true,
    slices: first?.grid.size[2] ?? 1,
    centreMm: isocentre ?? (first === null ? [0, 0, 0] : middleMm(first.grid)),
    apply,
  };
}

/** Adds a pattern to the tensor and keeps each channel within what its recipe can give. */
function addWithin({ array, transforms }: PreparedInput, added: Float32Array): void {
  const depth = array.shape.at(-1) as number;
  for (let channel = 0; channel < depth; channel++) {
    const transform = transforms?.[channel];
    const ends = transform?.clip?.map((value) => transform.slope * value + transform.intercept);
    const [low, high] = ends ? [Math.min(...ends), Math.max(...ends)] : [-Infinity, Infinity];
    for (let v = channel; v < array.values.length; v += depth) {
      const value = (array.values[v] as number) + (added[v] as number);
      array.values[v] = value < low ? low : value > high ? high : value;
    }
  }
}
