import { createHash } from 'node:crypto';
import { trace, type Loop } from '../dicom/writer/trace';
import type { WritableStructure, WritableStudy } from '../dicom/writer/writableStudy';
import type { DrawnStructure, PhantomPatient } from './phantomPatient';

export const syntheticNote = 'SYNTHETIC PATIENT made by Isolens from a seed. Not a person. Not for clinical use.';

function contoursOf({ name, type, colour, field }: DrawnStructure): WritableStructure {
  const [nx, ny, nz] = field.size;
  const [i0, j0, k0] = field.start;
  const slices: { k: number; loops: readonly Loop[] }[] = [];
  for (let k = 0; k < nz; k++) {
    const loops = trace(field.distance.subarray(k * nx * ny, (k + 1) * nx * ny), nx, ny);
    if (loops.length === 0) continue;
    slices.push({ k: k0 + k, loops: loops.map((loop) => loop.map((at, n) => at + (n % 2 === 0 ? i0 : j0))) });
  }
  return { name, type, colour, slices };
}

/** The patient as a study that can be written; `id` is `HN-0001` and the like. */
export function studyOf(patient: PhantomPatient, id: string): WritableStudy {
  const { scanner, ct, dose, plan } = patient;
  const content = createHash('sha256')
    .update(new Uint8Array(ct.values.buffer))
    .update(new Uint8Array(dose.values.buffer));
  return {
    identity: `phantom ${patient.seed} ${id} ${content.digest('hex')}`,
    patientName: `SYNTHETIC^${id}`,
    patientId: `SYNTHETIC-${id}`,
    provenance: {
      manufacturer: scanner.manufacturer,
      model: scanner.model,
      description: 'SYNTHETIC head and neck',
      comment: syntheticNote,
      deidentification: 'Synthetic: there never was a person',
    },
    scan: { kvp: scanner.kvp, mAs: scanner.mAs, kernel: scanner.kernel },
    ct,
    structures: patient.structures.map(contoursOf),
    dose,
    plan: {
      label: 'SYN 70/35',
      isocentre: plan.isocentre,
      fractions: 35,
      prescriptions: plan.levels.map(({ name, gy }) => ({ structure: name, gy })),
      beams: plan.fields,
    },
  };
}
