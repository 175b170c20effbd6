import type { OpenInput } from '../../main/engine/analysis/analysis';
import type { LoadedNetwork } from '../../main/engine/network/network';
import { prepareStudy } from '../../main/engine/recipe/prepareStudy';
import type { OcclusionCode, OcclusionSummary } from '../../shared/analysis/occlusion';
import { Recipe } from '../../shared/recipe';
import { axialGrid, boxStructure, imageOf, studyOf } from '../engine/recipe/study';
import { writtenNetwork } from '../engine/analysis/writtenNetwork';
import { chanceOf, sum, times } from './chance';

type Index = readonly [number, number, number];
type Box = readonly [Index, Index];

const size: Index = [14, 12, 4];
const spacing = [3, 3, 4] as const;
const voxels = size[0] * size[1] * size[2];
const body: Box = [[2, 2, 0], [11, 9, 3]]; // prettier-ignore
const organ: Box = [[7, 5, 1], [9, 7, 2]]; // prettier-ignore
const bone: Box = [[3, 3, 0], [4, 4, 3]]; // prettier-ignore
const couch: Box = [[4, 11, 0], [8, 11, 3]]; // prettier-ignore
export const plane = 1;

const placeOf = (v: number): Index => [
  v % size[0],
  Math.floor(v / size[0]) % size[1],
  Math.floor(v / (size[0] * size[1])),
];
const within = (at: Index, [from, to]: Box): boolean => at.every((n, axis) => n >= from[axis]! && n <= to[axis]!);

export const recipeOf = (dims: 2 | 3): Recipe =>
  Recipe.parse({
    schema: 'isolens/recipe@1',
    grid: {},
    dims,
    channels: [{ image: 'CT', clip: [-1000, 1000], scale: [0, 1], outside: -1000 }],
    output: { kind: 'regression', quantity: 'dose', unitGy: 1 },
  });

interface Contrast {
  readonly around: number;
  readonly organ: number;
  readonly bone: number;
  readonly couch: number;
}

/** A patient in whom the organ, a bone in the body and a couch outside it stand out of one value everywhere, by `contrast` HU. */
function imageValues({ around, ...contrast }: Contrast): Float32Array {
  return Float32Array.from({ length: voxels }, (_, v) => {
    const at = placeOf(v);
    if (within(at, organ)) return around + contrast.organ;
    if (within(at, bone)) return around + contrast.bone;
    return within(at, couch) ? around + contrast.couch : around;
  });
}

async function opened(id: string, dims: 2 | 3, values: Float32Array): Promise<OpenInput> {
  const grid = axialGrid(size, spacing);
  const study = studyOf({
    images: [imageOf(grid, values)],
    structures: [
      { ...boxStructure('BODY', grid, ...body), type: 'EXTERNAL' },
      { ...boxStructure('Organ', grid, ...organ), type: 'ORGAN' },
    ],
  });
  const prepared = await prepareStudy(
    study,
    recipeOf(dims),
    { name: 'x', shape: null, multiple: times(dims, () => 1) },
    { id, patient: id },
  );
  return { prepared, spec: { study: id }, study, label: null, truth: null };
}

export interface PlantedGame {
  readonly name: string;
  readonly dims: 2 | 3;
  readonly network: LoadedNetwork;
  readonly truth: OcclusionCode;
  readonly subtype: OcclusionSummary['verdict']['subtype'];
  /** Of an additive network: φ of organ and couch of each patient where fillings are the mean around them. */
  readonly shapley: readonly { readonly structure: number; readonly outside: number }[] | null;
  inputs(): Promise<OpenInput[]>;
}

const patients = 10;
const unit = 2000;
const typical: Contrast = { around: 0, organ: 300, bone: 300, couch: -300 };

/** The mean of a box times a factor, as weights in tensor order (k, j, i); of the plane where the network is 2D. */
function meanOf(box: Box, dims: 2 | 3, factor: number): Float64Array {
  const first = dims === 2 ? plane * size[0] * size[1] : 0;
  const count = dims === 2 ? size[0] * size[1] : voxels;
  const inside = Float64Array.from({ length: count }, (_, v) => (within(placeOf(first + v), box) ? 1 : 0));
  const n = sum(inside);
  return inside.map((m) => (m * factor) / n);
}

const dot = (weights: ArrayLike<number>, x: Float32Array): number => {
  let total = 0;
  for (let v = 0; v < x.length; v++) total += weights[v]! * x[v]!;
  return total;
};

/** One number of the whole input. */
const scoring = (dims: 2 | 3, score: (x: Float32Array) => number): LoadedNetwork =>
  writtenNetwork(
    shapeOf(dims),
    [{ name: 'y', inputs: ['x'], shape: [1], compute: ([x]) => [score(x ?? new Float32Array(0))] }],
    { batch: 64 },
  );

const shapeOf = (dims: 2 | 3): number[] => (dims === 2 ? [size[1], size[0], 1] : [size[2], size[1], size[0], 1]);

function patientsOf(seed: number): Contrast[] {
  const chance = chanceOf(seed);
  return times(patients, () => ({
    around: chance.between(-50, 50),
    organ: chance.between(270, 330),
    bone: chance.between(270, 330),
    couch: -chance.between(270, 330),
  }));
}

/** P9: g = Σ a_k · mean_k / its contrast, so that a_k are the effects; P16 where the couch alone counts. */
function additive(
  seed: number,
  dims: 2 | 3,
  a: readonly [number, number, number],
  truth: OcclusionCode,
  subtype: PlantedGame['subtype'] = null,
): PlantedGame {
  const own = patientsOf(seed);
  const units = [
    meanOf(organ, dims, (a[0] * unit) / typical.organ),
    meanOf(bone, dims, (a[1] * unit) / typical.bone),
    meanOf(couch, dims, (a[2] * unit) / typical.couch),
  ];
  const weights = units[0]!.map((w, v) => w + units[1]![v]! + units[2]![v]!);
  return {
    name: `${a.join(':')} ${String(dims)}D`,
    dims,
    network: scoring(dims, (x) => dot(weights, x)),
    truth,
    subtype,
    shapley: own.map(({ organ: high, couch: low }) => ({
      structure: (a[0] * high) / typical.organ,
      outside: (a[2] * low) / typical.couch,
    })),
    inputs: () => Promise.all(own.map((contrast, n) => opened(`P${String(n)}`, dims, imageValues(contrast)))),
  };
}

/** u and v are 1 with the tissue there and 0 with any filling: clipped lines. AND = u − ReLU(u − v), OR = u + ReLU(v − u). */
function logical(seed: number, dims: 2 | 3, of: 'and' | 'or'): PlantedGame {
  const own = patientsOf(seed).map((contrast) => ({ ...contrast, around: 0 }));
  // 3 · contrast / 300 − 1.5, of values that lie 0.5 above 0 HU.
  const slope = (3 * unit) / typical.organ;
  const lines = [organ, bone].map((box) => meanOf(box, dims, slope));
  const clipped = (weights: Float64Array, x: Float32Array): number =>
    Math.min(1, Math.max(0, dot(weights, x) - 0.5 * slope - 1.5));
  return {
    name: `${of} ${String(dims)}D`,
    dims,
    network: scoring(dims, (x) => {
      const [u, v] = [clipped(lines[0]!, x), clipped(lines[1]!, x)];
      return 10 * (of === 'and' ? u - Math.max(0, u - v) : u + Math.max(0, v - u));
    }),
    truth: 'mixed',
    subtype: of === 'and' ? 'conjunctive' : 'redundant',
    shapley: null,
    inputs: () => Promise.all(own.map((contrast, n) => opened(`P${String(n)}`, dims, imageValues(contrast)))),
  };
}

/** P19: weights as drawn, never trained, on patients of noise; what it must not be called is driven by the structure. */
export function untrained(seed: number, dims: 2 | 3): Omit<PlantedGame, 'truth' | 'subtype' | 'shapley'> {
  const chance = chanceOf(seed);
  const count = shapeOf(dims).reduce((all, n) => all * n, 1);
  const hidden = times(8, () => ({ weights: times(count, () => chance.normal()), out: chance.normal() }));
  const images = times(patients, () => Float32Array.from({ length: voxels }, () => 150 * chance.normal()));
  return {
    name: `untrained ${String(seed)}`,
    dims,
    network: scoring(dims, (x) =>
      hidden.reduce((total, { weights, out }) => total + out * Math.max(0, dot(weights, x)), 0),
    ),
    inputs: () => Promise.all(images.map((values, n) => opened(`P${String(n)}`, dims, values))),
  };
}

/** P19: one step of logistic regression on labels that were drawn by lot, on patients of noise: there is nothing to be found in it. */
export function randomLabels(seed: number, dims: 2 | 3): Omit<PlantedGame, 'truth' | 'subtype' | 'shapley'> {
  const chance = chanceOf(seed);
  const images = times(patients, () => Float32Array.from({ length: voxels }, () => 150 * chance.normal()));
  const count = shapeOf(dims).reduce((all, n) => all * n, 1);
  const from = dims === 2 ? plane * count : 0;
  const label = images.map((_, n) => (n % 2) - 0.5);
  const weights = times(count, (v) => sum(images.map((image, n) => (label[n] ?? 0) * (image[from + v] ?? 0))) / 1000);
  return {
    name: `random labels ${String(seed)}`,
    dims,
    network: scoring(dims, (x) => dot(weights, x)),
    inputs: () => Promise.all(images.map((values, n) => opened(`P${String(n)}`, dims, values))),
  };
}

export function games(): PlantedGame[] {
  return ([2, 3] as const).flatMap((dims) => [
    additive(10 + dims, dims, [8, 2, 0], 'structure-driven'),
    additive(20 + dims, dims, [2, 8, 0], 'context-driven'),
    additive(30 + dims, dims, [7, 1, 2], 'outside-body'),
    additive(40 + dims, dims, [0, 0, 10], 'outside-body'),
    additive(50 + dims, dims, [5.5, 4.5, 0], 'mixed', 'additive'),
    logical(60 + dims, dims, 'and'),
    logical(70 + dims, dims, 'or'),
  ]);
}
