import { affineOf, type Vec3 } from '../../../shared/geometry';
import type { Grid, Volume } from '../../../shared/volume';
import { anatomyOf, type Anatomy, type Organ } from './anatomy';
import { planDose, type Field } from './dose/plan';
import { farAway, fieldOf, maskOf, seenField, type Canvas } from './canvas';
import type { DistanceField } from './distanceField';
import { fixationOf, fixationReach } from './fixation';
import { exposureOf } from './noise';
import { personOf, type Person } from './person';
import { postureOf } from './posture';
import { randomOf } from './random';
import { scannerOf, type Scanner } from './scanner';
import { rowReader, warpOf, type Warp } from './warp';

/** A structure as drawn: its distances give smooth contours, and its mask by the centre rule. */
export interface DrawnStructure {
  readonly name: string;
  readonly type: Organ['type'];
  readonly colour: Organ['colour'];
  readonly field: DistanceField;
}

export interface PhantomPatient {
  readonly seed: number;
  readonly person: Person;
  readonly scanner: Scanner;
  readonly marker: boolean;
  readonly anatomy: Anatomy['facts'];
  readonly ct: Volume<Int16Array>;
  readonly structures: readonly DrawnStructure[];
  /** By structure name; on the CT's grid, 1 inside. Each is worked out when it is asked for. */
  readonly masks: Readonly<Record<string, Uint8Array>>;
  /** Gy, on the dose's own grid. */
  readonly dose: Volume<Float32Array>;
  readonly plan: {
    readonly isocentre: Vec3;
    readonly fields: readonly Field[];
    readonly levels: readonly { readonly name: string; readonly gy: number }[];
    readonly evenness: number;
  };
}

export interface PhantomOptions {
  /** Rows and columns of the scan (default 256). */
  readonly matrix?: 128 | 256 | 512;
  readonly sliceMm?: Scanner['sliceMm'];
  /** Puts a bright bar into the couch, at the person's left: all else stays the same. */
  readonly marker?: boolean;
  readonly signal?: AbortSignal;
  readonly progress?: (share: number) => void;
}

/** Lets the process breathe, and stops the work where it was cancelled. */
export async function breathe(signal: AbortSignal | undefined): Promise<void> {
  await new Promise<void>((resume) => {
    setImmediate(resume);
  });
  signal?.throwIfAborted();
}

/** The smallest common field of view that holds the shoulders and the couch. */
function fieldOfView(seed: number): number {
  const random = randomOf(seed, 'field of view');
  return random.pick([550, 550, 600, 650] as const);
}

export async function phantomPatient(seed: number, options: PhantomOptions = {}): Promise<PhantomPatient> {
  const { matrix = 256, sliceMm, marker = false, signal, progress } = options;
  const person = personOf(seed);
  const scanner = scannerOf(seed, sliceMm);
  const anatomy = anatomyOf(person);
  const random = randomOf(seed, 'scan range');
  const told = async (share: number): Promise<void> => {
    await breathe(signal);
    progress?.(share);
  };
  const pixel = fieldOfView(seed) / matrix;
  const low = Math.round(-196 + 12 * random.bounded(2));
  const high = 146 * person.headFactor + random.between(0, 8);
  const slices = Math.ceil((high - low) / scanner.sliceMm);
  const zero: Vec3 = [-(matrix / 2 - 0.5) * pixel, -(matrix / 2 - 0.5) * pixel + 42, low];
  const size: Vec3 = [matrix, matrix, slices];
  const spacing: Vec3 = [pixel, pixel, scanner.sliceMm];
  const warp = warpOf({ size, spacing, zero }, postureOf(person));
  const { canvas: drawing } = warp;
  const canvas: Canvas = { ...drawing, values: new Float32Array(drawing.size[0] * drawing.size[1] * drawing.size[2]) };
  await anatomy.paint(canvas, (share) => told(0.3 * share));
  const { structures, skin } = await structuresOf(anatomy, warp, (share) => told(0.3 + 0.2 * share));
  const values = new Int16Array(matrix * matrix * slices);
  const exposure = exposureOf(warp.scan, scanner, seed);
  const fixation = fixationOf(person, warp.scan, skin, marker);
  const slice = sliceOf(warp, canvas, skin);
  for (let k = 0; k < slices; k++) {
    const { hu, depth } = slice(k);
    fixation(k, hu, depth);
    exposure(k, hu, depth, values.subarray(matrix * matrix * k, matrix * matrix * (k + 1)));
    if (k % 8 === 7) await told(0.5 + (0.2 * k) / slices);
  }
  // Where the scanner's table put the person: anywhere, as scanners do.
  const room: Vec3 = [
    Math.round(10 * (zero[0] + 3 * random.bounded(2))) / 10,
    Math.round(10 * (zero[1] - 160 + 15 * random.bounded(2))) / 10,
    Math.round(4 * (low + 400 * random.unit() - 200)) / 4,
  ];
  const ct: PhantomPatient['ct'] = {
    grid: { size, affine: affineOf([pixel, 0, 0], [0, pixel, 0], [0, 0, scanner.sliceMm], room) },
    values,
    unit: 'HU',
    frameOfReference: `phantom/${seed}`,
  };
  const levels = anatomy.targets
    .filter(({ name }) => structures.some((structure) => structure.name === name))
    .map(({ name, prescriptionGy }) => ({ name, gy: prescriptionGy }));
  const evenness = random.between(1.1, 1.24);
  const { dose, isocentre, fields } = await planDose({
    ct,
    structures,
    levels,
    evenness,
    pause: (share) => told(0.7 + 0.3 * share),
  });
  const plan = { isocentre, fields, levels, evenness };
  const masks = masksOf(structures, ct.grid);
  return { seed, person, scanner, marker, anatomy: anatomy.facts, ct, structures, masks, dose, plan };
}

/** Masks by name, each filled only when somebody looks: all of them together would be larger than the scan. */
function masksOf(structures: readonly DrawnStructure[], grid: Grid): Readonly<Record<string, Uint8Array>> {
  const masks = {};
  for (const { name, field } of structures) {
    Object.defineProperty(masks, name, { enumerable: true, get: () => maskOf(grid, field) });
  }
  return masks;
}

/** The contoured structures as the scan sees them, and the distance to the skin around the body. */
export async function structuresOf(
  anatomy: Anatomy,
  warp: Warp,
  told: (share: number) => Promise<void>,
): Promise<{ readonly structures: readonly DrawnStructure[]; readonly skin: DistanceField }> {
  const [nx, ny, nz] = warp.canvas.size;
  const scratch = new Float32Array(nx * ny * nz).fill(farAway);
  const structures: DrawnStructure[] = [];
  let skin: DistanceField | null = null;
  for (const [n, { name, type, colour, shape }] of anatomy.organs.entries()) {
    const outline = type === 'EXTERNAL';
    const drawn = fieldOf(warp.canvas, shape, scratch, outline ? fixationReach : undefined);
    const field = drawn && seenField(warp, drawn, outline ? Math.ceil(fixationReach / warp.scan.spacing[0]) : 1);
    if (field !== null) structures.push({ name, type, colour, field });
    if (outline) skin = field;
    await told(n / anatomy.organs.length);
  }
  if (skin === null) throw new Error('a person has a skin');
  return { structures, skin };
}

/** Reads the scan's slices off the drawing, cut at the skin. The planes given are overwritten by the next. */
function sliceOf(
  warp: Warp,
  canvas: Canvas,
  skin: DistanceField,
): (k: number) => { readonly hu: Float32Array; readonly depth: Float32Array } {
  const [nx, ny] = warp.scan.size;
  const width = 0.9 * warp.scan.spacing[0];
  const hu = new Float32Array(nx * ny);
  const depth = new Float32Array(nx * ny);
  const [i0, j0, k0] = skin.start;
  const [across, down, deep] = skin.size;
  const tissue = new Float32Array(across);
  const read = rowReader(warp, { start: [0, 0, 0], size: canvas.size, distance: canvas.values }, -1000);
  return (k) => {
    hu.fill(-1000);
    depth.fill(farAway);
    if (k < k0 || k >= k0 + deep) return { hu, depth };
    for (let j = 0; j < down; j++) {
      const from = across * (j + down * (k - k0));
      const row = skin.distance.subarray(from, from + across);
      const to = i0 + nx * (j0 + j);
      depth.set(row, to);
      let [first, until] = [0, across];
      while (first < across && (row[first] ?? 1) > width) first++;
      while (until > first && (row[until - 1] ?? 1) > width) until--;
      if (first === until) continue;
      read(k, j0 + j, i0 + first, i0 + until, tissue, first);
      for (let i = first; i < until; i++) {
        const covered = 0.5 - (row[i] ?? farAway) / width;
        if (covered <= 0) continue;
        const inside = tissue[i] ?? -1000;
        hu[to + i] = covered >= 1 ? inside : inside * covered - 1000 * (1 - covered);
      }
    }
    return { hu, depth };
  };
}
