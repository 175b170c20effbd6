import type { WritableStructure, WritableStudy } from '../../main/engine/dicom/writer/writableStudy';
import { affineOf, type Vec3 } from '../../shared/geometry';
import { voxelCount, type Grid } from '../../shared/volume';

/**
 * A study as large as they come, of smooth shapes with closed forms: speed is measured on it, nothing is read off it. It has as many
 * structures, and contours of as many points, as a head-and-neck plan.
 */

const ct: Grid = { size: [512, 512, 200], affine: affineOf([1, 0, 0], [0, 1, 0], [0, 0, 2], [-255.5, -255.5, -199]) };
const dose: Grid = {
  size: [160, 128, 156],
  affine: affineOf([2.5, 0, 0], [0, 2.5, 0], [0, 0, 2.5], [-198.75, -158.75, -193.75]),
};

type Colour = readonly [number, number, number];

/** An ellipsoid whose sections are wavy ellipses: as unround as organs are. */
interface Organ {
  readonly name: string;
  readonly type: string;
  readonly colour: Colour;
  readonly centre: Vec3;
  readonly radii: Vec3;
  /** Added to the soft tissue around it, HU. */
  readonly hu: number;
  readonly waves: number;
}

const organ = (name: string, colour: Colour, centre: Vec3, radii: Vec3, hu: number, waves = 5): Organ => ({
  ...{ name, colour, centre, radii, hu, waves },
  type: name.startsWith('PTV') ? 'PTV' : 'ORGAN',
});

const organs: readonly Organ[] = [
  organ('PTV_5600', [60, 90, 255], [0, -5, 0], [75, 62, 130], 0, 7),
  organ('PTV_6300', [60, 200, 255], [-8, -8, 5], [55, 46, 95], 0, 6),
  organ('PTV_7000', [255, 40, 40], [-14, -12, 12], [32, 28, 42], 18, 5),
  organ('Brain', [200, 160, 220], [0, 0, 148], [66, 74, 46], -5, 3),
  organ('Brainstem', [0, 255, 255], [0, 18, 112], [15, 13, 30], 6),
  organ('SpinalCord', [255, 255, 0], [0, 38, -30], [7, 6, 150], 8, 4),
  organ('Parotid_L', [64, 255, 64], [52, 6, 78], [15, 24, 32], -40, 6),
  organ('Parotid_R', [255, 96, 64], [-52, 6, 78], [15, 24, 32], -40, 6),
  organ('Submandibular_L', [120, 220, 120], [34, -16, 44], [11, 16, 18], 10),
  organ('Submandibular_R', [220, 140, 110], [-34, -16, 44], [11, 16, 18], 10),
  organ('Bone_Mandible', [255, 165, 0], [0, -50, 62], [42, 16, 26], 700, 8),
  organ('OralCavity', [255, 120, 200], [0, -34, 70], [26, 24, 22], 12),
  organ('Larynx', [255, 0, 255], [0, -26, -8], [19, 21, 28], -160),
  organ('Oesophagus', [165, 105, 60], [0, 10, -95], [9, 7, 80], -20, 4),
  organ('Thyroid_L', [110, 110, 255], [20, -18, -48], [11, 14, 24], 60),
  organ('Thyroid_R', [110, 170, 255], [-20, -18, -48], [11, 14, 24], 60),
  organ('Lung_L', [150, 150, 150], [72, 0, -170], [48, 54, 76], -780, 3),
  organ('Lung_R', [170, 170, 170], [-72, 0, -170], [48, 54, 76], -780, 3),
  organ('Eye_L', [100, 255, 220], [32, -58, 122], [12, 12, 12], -25, 3),
  organ('Eye_R', [255, 220, 100], [-32, -58, 122], [12, 12, 12], -25, 3),
];

const between = (from: number, to: number, at: number): number => {
  const t = Math.min(1, Math.max(0, (at - from) / (to - from)));
  return t * t * (3 - 2 * t);
};

/** Half widths of the body along x and y at a height z: shoulders, neck, head. */
function bodyAt(z: number): readonly [number, number] {
  const head = between(10, 70, z);
  const shoulders = 1 - between(-120, -20, z);
  return [66 + 14 * head + 130 * shoulders, 62 + 26 * head + 42 * shoulders];
}

const wave = (angle: number, waves: number): number => 1 + 0.06 * Math.sin(waves * angle) + 0.03 * Math.cos(2 * angle);

/** How large the section of an organ is at a height, against its largest. */
const sectionAt = ({ centre, radii }: Organ, z: number): number =>
  Math.sqrt(Math.max(0, 1 - ((z - centre[2]) / radii[2]) ** 2));

/** *Units* mm of the patient; the grid's step along i and j is 1 mm. */
function loop(cx: number, cy: number, rx: number, ry: number, waves: number, points: number): Float64Array {
  const loop = new Float64Array(2 * points);
  for (let p = 0; p < points; p++) {
    const angle = (2 * Math.PI * p) / points;
    const r = wave(angle, waves);
    loop[2 * p] = cx + rx * r * Math.cos(angle) + 255.5;
    loop[2 * p + 1] = cy + ry * r * Math.sin(angle) + 255.5;
  }
  return loop;
}

const heights = Array.from({ length: ct.size[2] }, (_, k) => 2 * k - 199);

function structures(): WritableStructure[] {
  const outline: WritableStructure = {
    name: 'BODY',
    type: 'EXTERNAL',
    colour: [0, 200, 0],
    slices: heights.map((z, k) => ({ k, loops: [loop(0, 0, ...bodyAt(z), 0, 240)] })),
  };
  const inside = organs.map((each): WritableStructure => {
    const { name, type, colour, centre, radii, waves } = each;
    const slices = heights.flatMap((z, k) => {
      const s = sectionAt(each, z);
      const points = Math.max(40, Math.round(2 * s * Math.max(radii[0], radii[1])));
      return s < 0.15 ? [] : [{ k, loops: [loop(centre[0], centre[1], s * radii[0], s * radii[1], waves, points)] }];
    });
    return { name, type, colour, slices };
  });
  return [outline, ...inside];
}

function paintPlane(plane: Int16Array, z: number): void {
  const [nx, ny] = ct.size;
  const [a, b] = bodyAt(z);
  for (let j = 0; j < ny; j++)
    for (let i = 0; i < nx; i++) {
      const [x, y] = [i - 255.5, j - 255.5];
      const inside = between(1.01, 0.98, Math.hypot(x / a, y / b));
      const grain =
        12 * Math.sin(0.9 * i + 0.31 * z) * Math.cos(1.1 * j) + 10 * Math.sin(0.05 * x) * Math.cos(0.06 * y);
      plane[i + nx * j] = Math.round(-1000 + inside * (1040 + grain));
    }
  for (const each of organs) {
    const s = sectionAt(each, z);
    if (s === 0) continue;
    const { centre, radii, waves, hu } = each;
    const [rx, ry] = [s * radii[0], s * radii[1]];
    const from = (c: number, r: number): number => Math.max(0, Math.floor(c - 1.2 * r + 255.5));
    const to = (c: number, r: number, n: number): number => Math.min(n - 1, Math.ceil(c + 1.2 * r + 255.5));
    for (let j = from(centre[1], ry); j <= to(centre[1], ry, ny); j++)
      for (let i = from(centre[0], rx); i <= to(centre[0], rx, nx); i++) {
        const [u, v] = [(i - 255.5 - centre[0]) / rx, (j - 255.5 - centre[1]) / ry];
        const share = between(1.03, 0.97, Math.hypot(u, v) / wave(Math.atan2(v, u), waves));
        const at = i + nx * j;
        if (share > 0) plane[at] = Math.max(-1000, (plane[at] ?? 0) + Math.round(share * hu));
      }
  }
}

function scan(): Int16Array {
  const values = new Int16Array(voxelCount(ct));
  const perPlane = ct.size[0] * ct.size[1];
  heights.forEach((z, k) => {
    paintPlane(values.subarray(k * perPlane, (k + 1) * perPlane), z);
  });
  return values;
}

/** Falls smoothly from each target's dose outside it, with a ripple of nine beams. */
function doses(): Float32Array {
  const values = new Float32Array(voxelCount(dose));
  const levels = [56, 63, 70].map((gy, n) => ({ gy, target: organs[n] }));
  const [nx, ny, nz] = dose.size;
  for (let k = 0, at = 0; k < nz; k++)
    for (let j = 0; j < ny; j++)
      for (let i = 0; i < nx; i++, at++) {
        const [x, y, z] = [2.5 * i - 198.75, 2.5 * j - 158.75, 2.5 * k - 193.75];
        let sum = 0;
        for (const { gy, target } of levels) {
          if (!target) continue;
          const { centre: c, radii: r } = target;
          const d = Math.hypot((x - c[0]) / r[0], (y - c[1]) / r[1], (z - c[2]) / r[2]);
          sum += (gy / (1 + Math.exp(6 * (d - 1.25)))) ** 8;
        }
        values[at] = sum ** 0.125 * (1 + 0.02 * Math.cos(9 * Math.atan2(y, x)));
      }
  return values;
}

/** The study that the benches open. The same bytes on every run. */
export function madeStudy(): WritableStudy {
  const frameOfReference = 'bench/1';
  return {
    identity: 'bench 512 512 200, 1',
    patientName: 'BENCH^SHAPES',
    patientId: 'BENCH-1',
    provenance: {
      manufacturer: 'Isolens',
      model: 'BENCH',
      description: 'Shapes to measure speed on',
      comment: 'Closed forms, no patient.',
      deidentification: 'Never was a patient',
    },
    scan: { kvp: 120, mAs: 200, kernel: null },
    ct: { grid: ct, values: scan(), unit: 'HU', frameOfReference },
    structures: structures(),
    dose: { grid: dose, values: doses(), unit: 'Gy', frameOfReference },
    plan: {
      label: 'BENCH',
      isocentre: [0, 0, 0],
      fractions: 35,
      prescriptions: [
        { structure: 'PTV_7000', gy: 70 },
        { structure: 'PTV_6300', gy: 63 },
        { structure: 'PTV_5600', gy: 56 },
      ],
      beams: Array.from({ length: 9 }, (_, n) => ({ gantryDegrees: 40 * n, x: [-80, 80], y: [-100, 100] })),
    },
  };
}
