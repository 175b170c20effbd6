import { affineOf, type Vec3 } from '../../../shared/geometry';
import type { Volume } from '../../../shared/volume';
import { anatomyOf, type Anatomy, type Organ } from './anatomy';
import { planDose, type Field } from './dose/plan';
import { farAway, fieldOf, maskOf, type Canvas, type DistanceField } from './canvas';
import { addNoise } from './noise';
import { personOf, type Person } from './person';
import { postureOf } from './posture';
import { randomOf } from './random';
import { scannerOf, type Scanner } from './scanner';

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
  readonly anatomy: Anatomy['facts'];
  readonly ct: Volume<Int16Array>;
  readonly structures: readonly DrawnStructure[];
  /** By structure name; on the CT's grid, 1 inside. */
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
  const { matrix = 256, sliceMm, signal, progress } = options;
  const person = personOf(seed);
  const scanner = scannerOf(seed, sliceMm);
  const anatomy = anatomyOf(person);
  const random = randomOf(seed, 'scan range');
  const pixel = fieldOfView(seed) / matrix;
  const low = Math.round(-196 + 12 * random.bounded(2));
  const high = 146 * person.headFactor + random.between(0, 8);
  const slices = Math.ceil((high - low) / scanner.sliceMm);
  const zero: Vec3 = [-(matrix / 2 - 0.5) * pixel, -(matrix / 2 - 0.5) * pixel + 42, low];
  const size: Vec3 = [matrix, matrix, slices];
  const spacing: Vec3 = [pixel, pixel, scanner.sliceMm];
  const canvas: Canvas = {
    size,
    spacing,
    zero,
    posture: postureOf(person),
    values: new Float32Array(matrix * matrix * slices),
  };
  const depth = anatomy.paint(canvas);
  await breathe(signal);
  progress?.(0.3);
  const values = await addNoise(canvas, scanner, seed, depth, () => breathe(signal));
  progress?.(0.6);
  const structures: DrawnStructure[] = [];
  const scratch = new Float32Array(canvas.values.length).fill(farAway);
  for (const { name, type, colour, shape } of anatomy.organs) {
    const field = fieldOf(canvas, shape, scratch);
    if (field !== null) structures.push({ name, type, colour, field });
    await breathe(signal);
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
  const masks = Object.fromEntries(structures.map(({ name, field }) => [name, maskOf(canvas, field)]));
  const levels = anatomy.targets
    .filter(({ name }) => masks[name] !== undefined)
    .map(({ name, prescriptionGy }) => ({ name, gy: prescriptionGy }));
  const evenness = random.between(1.1, 1.24);
  const { dose, isocentre, fields } = await planDose({
    ct,
    masks,
    levels,
    evenness,
    pause: async (share) => {
      await breathe(signal);
      progress?.(0.6 + 0.4 * share);
    },
  });
  const plan = { isocentre, fields, levels, evenness };
  return { seed, person, scanner, anatomy: anatomy.facts, ct, structures, masks, dose, plan };
}
