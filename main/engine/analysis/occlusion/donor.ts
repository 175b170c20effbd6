import { donorNames, type FillChoice, type OcclusionParameters } from '../../../../shared/analysis/occlusion';
import type { Donors } from '../../../../shared/analysis/occlusionFurther';
import { add, subtract, type Affine, type Vec3 } from '../../../../shared/geometry';
import { IsolensError } from '../../../../shared/problem/problem';
import type { Recipe } from '../../../../shared/recipe';
import type { Grid, Volume } from '../../../../shared/volume';
import { centreOf } from '../../recipe/centre';
import { networkInputsOf } from '../../recipe/networkInput';
import type { PreparedInput } from '../../recipe/preparedInput';
import { prepareStudy } from '../../recipe/prepareStudy';
import { imageFor } from '../../recipe/source';
import type { Study } from '../../study/study';
import type { Context, OpenInput } from '../analysis';

/** Donors on the patient's voxels, by the name that the parameters give them, and how they were laid there. */
export interface LaidDonors {
  readonly inputs: ReadonlyMap<string, PreparedInput>;
  readonly figures: Donors;
}

/** The image that the recipe's grid is laid on. */
async function stageOf(study: Study, recipe: Recipe, series: string | undefined, signal: AbortSignal): Promise<Volume> {
  const channel = recipe.channels.find((own) => 'image' in own);
  const modality = channel?.image ?? study.images[0]?.modality ?? 'CT';
  return imageFor(study, modality, series).load(signal);
}

const movedBy = ({ size, affine: m }: Grid, shift: Vec3): Grid => {
  const [x, y, z] = add([m[3], m[7], m[11]], shift);
  const affine: Affine = [m[0], m[1], m[2], x, m[4], m[5], m[6], y, m[8], m[9], m[10], z, 0, 0, 0, 1];
  return { size, affine };
};

/**
 * Each donor as the network would see it if its middle lay on the patient's: the body's, or that of the structure in question where it is
 * named. A rigid shift, no turn and no stretching. *Problems* analysis/donor-needs-study, analysis/no-donor, analysis/donor-is-patient, and
 * those of reading and preparing the donor.
 */
export async function donorsOf(
  { prepared, study, spec }: OpenInput,
  { network, recipe, studies }: Context,
  choices: readonly FillChoice[],
  { structure }: Pick<OcclusionParameters, 'structure'>,
  signal: AbortSignal,
): Promise<LaidDonors> {
  const inputs = new Map<string, PreparedInput>();
  const figures: Donors = [];
  const names = donorNames(choices);
  if (names.length === 0) return { inputs, figures };
  const { grid, planes, id } = prepared;
  const [input] = networkInputsOf(network.description);
  if (!study || !grid || !recipe || !input) throw new IsolensError('analysis/donor-needs-study', {}, { key: 'fill' });
  const centre = structure === undefined ? 'body' : { structure };
  const middle = async (own: Study, series: string | undefined): Promise<Vec3> =>
    centreOf(centre, recipe, own, await stageOf(own, recipe, series, signal)).pointMm;
  const patient = await middle(study, 'series' in spec ? spec.series : undefined);
  for (const name of names) {
    if (!studies) throw new IsolensError('analysis/no-donor', { name }, { key: 'fill' });
    const donor = await studies(name);
    if (donor.study.summary.id === study.summary.id || donor.patient === prepared.patient)
      throw new IsolensError('analysis/donor-is-patient', { name }, { key: 'fill' });
    const shift = subtract(await middle(donor.study, donor.series), patient);
    const on = { grid: movedBy(grid, shift), planes: planes ?? null };
    const series = donor.series;
    inputs.set(name, await prepareStudy(donor.study, recipe, input, { id, patient: name, series, signal, on }));
    figures.push({ donor: name, alignedBy: structure ?? 'body', shiftMm: [shift[0], shift[1], shift[2]] });
  }
  return { inputs, figures };
}
