import { createHash } from 'node:crypto';
import { affineOf, type Vec3 } from '../../../shared/geometry';
import type { Volume } from '../../../shared/volume';
import { traceMask, type Loop } from '../dicom/writer/trace';
import type { WritablePlan, WritableStructure, WritableStudy } from '../dicom/writer/writableStudy';
import { edge, structureNames, type OpenkbpPatient, type StructureName } from './csvFolder';

/** The published names in TG-263's words, with a colour. */
const names: Readonly<Record<StructureName, readonly [string, WritableStructure['colour']]>> = {
  Brainstem: ['Brainstem', [0, 255, 255]],
  SpinalCord: ['SpinalCord', [255, 255, 0]],
  RightParotid: ['Parotid_R', [255, 96, 64]],
  LeftParotid: ['Parotid_L', [64, 255, 64]],
  Esophagus: ['Esophagus', [165, 105, 60]],
  Larynx: ['Larynx', [255, 0, 255]],
  Mandible: ['Bone_Mandible', [255, 165, 0]],
  PTV56: ['PTV_5600', [60, 90, 255]],
  PTV63: ['PTV_6300', [200, 80, 255]],
  PTV70: ['PTV_7000', [255, 0, 0]],
};
const levels = [
  ['PTV70', 70],
  ['PTV63', 63],
  ['PTV56', 56],
] as const;

export const openkbpId = (number: number): string => `OKBP-${String(number).padStart(3, '0')}`;

function slicesOf(mask: Uint8Array): WritableStructure['slices'] {
  const slices: { k: number; loops: readonly Loop[] }[] = [];
  for (let k = 0; k < edge; k++) {
    const plane = mask.subarray(k * edge * edge, (k + 1) * edge * edge);
    if (plane.includes(1)) slices.push({ k, loops: traceMask(plane, edge, edge) });
  }
  return slices;
}

/** Lowest and highest index of a mask along each axis, one voxel wider, within the volume. */
function boxOf(mask: Uint8Array): readonly [Vec3, Vec3] {
  const low: [number, number, number] = [edge, edge, edge];
  const high: [number, number, number] = [-1, -1, -1];
  mask.forEach((is, index) => {
    if (is === 0) return;
    [index % edge, Math.floor(index / edge) % edge, Math.floor(index / (edge * edge))].forEach((at, axis) => {
      low[axis] = Math.max(0, Math.min(low[axis] ?? edge, at - 1));
      high[axis] = Math.min(edge - 1, Math.max(high[axis] ?? -1, at + 1));
    });
  });
  return [low, high];
}

/** The dose on the box that may have dose. */
function doseOf(patient: OpenkbpPatient, origin: Vec3, frameOfReference: string): Volume<Float32Array> | null {
  const { doseGy, spacingMm } = patient;
  if (doseGy === null) return null;
  const [low, high] = boxOf(patient.doseMask ?? Uint8Array.from(doseGy, (gy) => (gy > 0 ? 1 : 0)));
  if (high[0] < 0) return null;
  const size: Vec3 = [high[0] - low[0] + 1, high[1] - low[1] + 1, high[2] - low[2] + 1];
  const values = new Float32Array(size[0] * size[1] * size[2]);
  for (let k = 0; k < size[2]; k++) {
    for (let j = 0; j < size[1]; j++) {
      const from = low[0] + edge * (low[1] + j + edge * (low[2] + k));
      values.set(doseGy.subarray(from, from + size[0]), size[0] * (j + size[1] * k));
    }
  }
  const [dx, dy, dz] = spacingMm;
  const start: Vec3 = [origin[0] + low[0] * dx, origin[1] + low[1] * dy, origin[2] + low[2] * dz];
  const affine = affineOf([dx, 0, 0], [0, dy, 0], [0, 0, dz], start);
  return { grid: { size, affine }, values, unit: 'Gy', frameOfReference };
}

/** Nine coplanar beams, as published; isocentre and jaws are made up from the targets. */
function planOf(patient: OpenkbpPatient, origin: Vec3): WritablePlan | null {
  const there = levels.filter(([name]) => patient.masks.has(name));
  if (there.length === 0) return null;
  const [dx, dy, dz] = patient.spacingMm;
  let n = 0;
  const sum = [0, 0, 0];
  const points: Vec3[] = [];
  for (const [name] of there) {
    patient.masks.get(name)?.forEach((is, index) => {
      if (is === 0) return;
      const x = origin[0] + (index % edge) * dx;
      const y = origin[1] + (Math.floor(index / edge) % edge) * dy;
      const z = origin[2] + Math.floor(index / (edge * edge)) * dz;
      sum[0] = (sum[0] ?? 0) + x;
      sum[1] = (sum[1] ?? 0) + y;
      sum[2] = (sum[2] ?? 0) + z;
      n++;
      if (n % 16 === 1) points.push([x, y, z]);
    });
  }
  const isocentre = sum.map((mm) => Math.round((10 * mm) / n) / 10) as [number, number, number];
  const jaws = (positions: readonly number[]): readonly [number, number] => [
    Math.floor(positions.reduce((a, b) => Math.min(a, b), 0) - 8),
    Math.ceil(positions.reduce((a, b) => Math.max(a, b), 0) + 8),
  ];
  const beams = Array.from({ length: 9 }, (_, b) => {
    const angle = (40 * b * Math.PI) / 180;
    const across = points.map(([x, y]) => (x - isocentre[0]) * Math.cos(angle) + (y - isocentre[1]) * Math.sin(angle));
    return { gantryDegrees: 40 * b, x: jaws(across), y: jaws(points.map((point) => point[2] - isocentre[2])) };
  });
  const prescriptions = there.map(([name, gy]) => ({ structure: names[name][0], gy }));
  return { label: 'OpenKBP 70/35', isocentre, fractions: 35, prescriptions, beams };
}

/** A published patient as a study that can be written. Real: HU, masks, dose, voxel size, prescriptions, beam angles. */
export function studyOf(patient: OpenkbpPatient): WritableStudy {
  const id = openkbpId(patient.number);
  const [dx, dy, dz] = patient.spacingMm;
  const whole = (mm: number): number => Math.round(mm * 1e4) / 1e4;
  // The published set has no origin: this one is made up, and off the centre.
  const origin: Vec3 = [whole(-63.5 * dx), whole(-63.5 * dy - 180), whole(-127 * dz + 75.25)];
  const digest = createHash('sha256')
    .update(patient.hu)
    .update(patient.doseGy ?? new Float32Array(0));
  for (const mask of patient.masks.values()) digest.update(mask);
  const frameOfReference = `openkbp/${patient.number}`;
  return {
    identity: `openkbp ${patient.number} ${digest.digest('hex')}`,
    patientName: `OKBP^${String(patient.number).padStart(3, '0')}`,
    patientId: id,
    provenance: {
      manufacturer: 'OpenKBP converted',
      model: 'OPENKBP',
      description: 'OpenKBP head and neck',
      comment:
        'Converted from the OpenKBP data set (Babier et al., Med Phys 48, 2021, 5549). Names, dates, origin and UIDs are made up.',
      deidentification: 'OpenKBP public release, synthetic header',
    },
    scan: { kvp: null, mAs: null, kernel: null },
    ct: {
      grid: { size: [edge, edge, edge], affine: affineOf([dx, 0, 0], [0, dy, 0], [0, 0, dz], origin) },
      values: patient.hu,
      unit: 'HU',
      frameOfReference,
    },
    structures: structureNames.flatMap((name) => {
      const mask = patient.masks.get(name);
      if (mask === undefined) return [];
      const [tg263, colour] = names[name];
      return [{ name: tg263, type: name.startsWith('PTV') ? 'PTV' : 'ORGAN', colour, slices: slicesOf(mask) }];
    }),
    dose: doseOf(patient, origin, frameOfReference),
    plan: planOf(patient, origin),
  };
}
