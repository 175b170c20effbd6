import { IsolensError } from '../../../shared/problem/problem';
import type { Recipe } from '../../../shared/recipe';
import type { Structure } from '../../../shared/structure';
import type { Dose, ImageSeries, Study } from '../study/study';

const plain = (name: string): string => name.trim().toLowerCase();

/** The structure of that name or, failing it, of the first alias that is there; case and blanks around it do not matter. */
export function structureNamed(study: Study, name: string, aliases: readonly string[] = []): Structure | null {
  const structures = study.structureSets[0]?.structures ?? [];
  for (const wanted of [name, ...aliases]) {
    const found = structures.filter((structure) => plain(structure.name) === plain(wanted));
    const best = found.find(hasVolume) ?? found[0];
    if (best !== undefined) return best;
  }
  return null;
}

/** Other names of a structure, from wherever the recipe gives them: its channels and its output's labels. */
export const aliasesIn = ({ channels, output }: Recipe, name: string): readonly string[] => [
  ...channels.flatMap((channel) =>
    'structure' in channel && plain(channel.structure) === plain(name) ? (channel.aliases ?? []) : [],
  ),
  ...(output.kind === 'segmentation' ? (output.aliases?.[name] ?? []) : []),
];

/** True where a structure has closed contours, and so an inside. */
export const hasVolume = ({ contours }: Structure): boolean =>
  contours.some(({ kind, points }) => kind.startsWith('CLOSED') && points.length >= 9);

/** Two frames of reference agree when they are equal; an empty one takes its images'. */
export const sameFrame = (a: string, b: string): boolean => a === b || a === '' || b === '';

/** *Problems* recipe/no-structure, recipe/empty-structure, recipe/other-frame. */
export function structureFor(study: Study, name: string, aliases: readonly string[], frame: string): Structure {
  const structure = structureNamed(study, name, aliases);
  if (structure === null) {
    const names = (study.structureSets[0]?.structures ?? []).map((other) => other.name);
    const have =
      names.length === 0 ? 'no structures' : names.slice(0, 12).join(', ') + (names.length > 12 ? ', …' : '');
    throw new IsolensError('recipe/no-structure', { structure: name, have });
  }
  if (!hasVolume(structure)) throw new IsolensError('recipe/empty-structure', { structure: structure.name });
  if (!sameFrame(structure.frameOfReference, frame))
    throw new IsolensError('recipe/other-frame', { what: `Structure "${structure.name}"` });
  return structure;
}

/**
 * The series of a modality that a channel means: the one that the job names, else the one that the structure set in use refers to, else
 * the one with most slices. *Problems* recipe/no-image, recipe/several-images, recipe/no-series.
 */
export function imageFor(study: Study, modality: string, series: string | undefined): ImageSeries {
  if (series !== undefined && !study.images.some(({ uid }) => uid === series))
    throw new IsolensError('recipe/no-series', {});
  const all = study.images.filter((image) => plain(image.modality) === plain(modality));
  if (all.length === 0) throw new IsolensError('recipe/no-image', { modality });
  const referred = study.structureSets[0]?.referencedSeriesUid ?? null;
  const named = all.filter(({ uid }) => uid === series);
  const drawnOn = all.filter(({ uid }) => uid === referred);
  const candidates = named.length > 0 ? named : drawnOn.length > 0 ? drawnOn : all;
  const most = Math.max(...candidates.map(({ sliceCount }) => sliceCount));
  const [first, ...others] = candidates.filter(({ sliceCount }) => sliceCount === most);
  if (first === undefined || others.length > 0)
    throw new IsolensError('recipe/several-images', {
      modality,
      series: candidates
        .filter(({ sliceCount }) => sliceCount === most)
        .map(({ uid }) => uid)
        .join(', '),
    });
  return first;
}

/** The dose that the user chose, else the one of summation type PLAN, in Gy. *Problems* recipe/no-dose, recipe/relative-dose, recipe/other-frame. */
export function planDoseFor(study: Study, frame: string): Dose {
  const dose =
    study.doses.find(({ chosen }) => chosen) ??
    study.doses.find(({ summationType }) => summationType.trim().toUpperCase() === 'PLAN');
  if (dose === undefined) throw new IsolensError('recipe/no-dose', {});
  if (dose.volume.unit !== 'Gy') throw new IsolensError('recipe/relative-dose', {});
  if (!sameFrame(dose.volume.frameOfReference, frame))
    throw new IsolensError('recipe/other-frame', { what: 'The dose' });
  return dose;
}
