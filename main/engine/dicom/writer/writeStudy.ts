import { stepsOf } from '../../../../shared/geometry';
import type { Grid } from '../../../../shared/volume';
import { ctSlice } from './ctSlice';
import { doseFile } from './dose';
import { planFile } from './plan';
import { structureSet } from './structureSet';
import type { WritableStudy, WrittenFile } from './writableStudy';

function mustLieAlongAxes({ affine }: Grid): void {
  const [i, j, k] = stepsOf(affine);
  const along = i[0] > 0 && j[1] > 0 && k[2] > 0;
  const skew = [i[1], i[2], j[0], j[2], k[0], k[1]].some((mm) => Math.abs(mm) > 1e-9);
  if (!along || skew) throw new Error('only grids along the patient axes are written');
}

/**
 * The files of a study, one after the other: `CT_001.dcm` (the lowest slice) and on, `RS.dcm`, `RD.dcm`, `RP.dcm`.
 * Part 10, explicit VR little endian; the same bytes on every run.
 */
export async function* writeStudy(study: WritableStudy, signal?: AbortSignal): AsyncGenerator<WrittenFile> {
  mustLieAlongAxes(study.ct.grid);
  if (study.dose !== null) mustLieAlongAxes(study.dose.grid);
  const breathe = async (): Promise<void> => {
    await new Promise<void>((resume) => {
      setImmediate(resume);
    });
    signal?.throwIfAborted();
  };
  for (let k = 0; k < study.ct.grid.size[2]; k++) {
    if (k % 8 === 0) await breathe();
    yield { name: `CT_${String(k + 1).padStart(3, '0')}.dcm`, bytes: ctSlice(study, k) };
  }
  await breathe();
  if (study.structures.length > 0) yield { name: 'RS.dcm', bytes: structureSet(study) };
  await breathe();
  if (study.dose !== null) yield { name: 'RD.dcm', bytes: doseFile(study, study.dose) };
  if (study.plan !== null) yield { name: 'RP.dcm', bytes: planFile(study, study.plan) };
}
