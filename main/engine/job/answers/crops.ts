import { IsolensError } from '../../../../shared/problem/problem';
import type { Grid } from '../../../../shared/volume';
import { hasVolume, planDoseFor, sameFrame } from '../../recipe/source';
import type { Study } from '../../study/study';
import { maskOf } from '../../volume/mask';
import { resample } from '../../volume/resample';
import type { OpenStudies } from '../openStudies';
import type { Handlers } from '../session';

/** A square of one pixel's thickness along the patient's axes: columns to the left, rows to the back. */
function squareAround([x, y, z]: readonly [number, number, number], sideMm: number, pixels: number): Grid {
  const step = sideMm / pixels;
  const first = -((pixels - 1) / 2) * step;
  return { size: [pixels, pixels, 1], affine: [step, 0, 0, x + first, 0, step, 0, y + first, 0, 0, 1, z, 0, 0, 0, 1] };
}

function doseOn(study: Study, square: Grid, frame: string): Float32Array<ArrayBuffer> | null {
  try {
    return new Float32Array(resample(planDoseFor(study, frame).volume, square, 'trilinear', NaN).values);
  } catch (thrown) {
    // No dose of the plan in Gy: the crop is shown without it.
    if (thrown instanceof IsolensError) return null;
    throw thrown;
  }
}

/** Small pictures of places in any study that was found. *Problems* study/not-open, study/no-image, and those of reading. */
export function cropAnswers(studies: OpenStudies): Pick<Handlers, 'engine/crop'> {
  const isOpen = (id: string): boolean => {
    try {
      studies.get(id);
      return true;
    } catch {
      // Known or not, opening it says.
      return false;
    }
  };
  return {
    'engine/crop': async ({ study: id, pointMm, sideMm, pixels }, { signal }) => {
      const wasOpen = isOpen(id);
      try {
        const { study, image, notes } = await studies.open(id, null, signal);
        const [note] = notes;
        if (!image)
          throw note ? new IsolensError(note.code, note.facts, note.where) : new IsolensError('study/not-open');
        const square = squareAround(pointMm, sideMm, pixels);
        const structures = (study.structureSets[0]?.structures ?? []).flatMap((structure) => {
          if (!hasVolume(structure) || !sameFrame(structure.frameOfReference, image.frameOfReference)) return [];
          const mask = new Uint8Array(maskOf(structure, square));
          return mask.includes(1)
            ? [{ name: structure.name, colour: [...structure.colour] as [number, number, number], mask }]
            : [];
        });
        return {
          image: new Float32Array(resample(image, square, 'trilinear', NaN).values),
          modality: image.modality,
          dose: doseOn(study, square, image.frameOfReference),
          structures,
        };
      } finally {
        if (!wasOpen) studies.close(id);
      }
    },
  };
}
