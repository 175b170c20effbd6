import type { Gives } from '../../shared/contract/contract';
import type { NetworkSummary } from '../../shared/contract/engine';
import type { BlobVolume, StudyDetail, StudySummary } from '../../shared/study';

const grid: BlobVolume['grid'] = { size: [4, 4, 3], affine: [2, 0, 0, -3, 0, 2, 0, -3, 0, 0, 3, -3, 0, 0, 0, 1] };

export const blob = (id: string, some: Partial<BlobVolume> = {}): BlobVolume => ({
  id,
  grid,
  type: 'float32',
  unit: '1',
  frameOfReference: '1.2.3',
  range: [-0.1, 0.3],
  ...some,
});

export const studySummary = (id: string, some: Partial<StudySummary> = {}): StudySummary => ({
  id,
  path: `/studies/${id}`,
  patient: { name: 'Doe^Jane', id: `P-${id}` },
  description: 'Head and neck',
  synthetic: true,
  objects: [
    { id: `${id}-ct`, kind: 'image', modality: 'CT', label: 'CT', detail: '4 × 4 × 3', usable: true, notes: [] },
    { id: `${id}-rs`, kind: 'structures', modality: 'RTSTRUCT', label: 'RS', detail: '2', usable: true, notes: [] },
  ],
  notes: [],
  ...some,
});

export const studyDetail = (id: string, some: Partial<StudyDetail> = {}): StudyDetail => ({
  id,
  image: blob(`${id}-image`, { type: 'int16', unit: 'HU', range: [-1000, 1000] }),
  gapsMm: [],
  modality: 'CT',
  structures: ['Parotid_L', 'SpinalCord'].map((name, at) => ({
    number: at + 1,
    name,
    type: 'ORGAN',
    colour: [255, 0, 0],
    contours: { points: new Float64Array(0), counts: [] },
    volumeCc: 30,
    centroidMm: [0, 0, 0],
    notes: [],
  })),
  dose: null,
  doseType: '',
  structureSetId: null,
  doseId: null,
  framesAccepted: [],
  objects: studySummary(id).objects,
  prescriptionGy: null,
  plan: null,
  notes: [],
  ...some,
});

export const networkSummary = (name: string, some: Partial<NetworkSummary> = {}): NetworkSummary => ({
  id: `id-${name}`,
  path: `/networks/${name}.keras`,
  name,
  description: {
    schema: 'isolens/describe@1',
    network: {
      name,
      format: 'keras3',
      sha256: `sha-${name}`,
      parameters: 10,
      inputs: [{ name: 'input', shape: [null, 64, 64, 1] }],
      outputs: [{ name: 'out', shape: [null, 64, 64, 3] }],
    },
    nodes: [
      {
        name: 'input',
        op: 'input',
        inputs: [],
        outputShape: [null, 64, 64, 1],
        parameters: 0,
        activation: null,
        receptiveField: null,
      },
      {
        name: 'conv1',
        op: 'conv2d',
        inputs: ['input'],
        outputShape: [null, 64, 64, 8],
        parameters: 80,
        activation: 'relu',
        receptiveField: { size: [3, 5], step: [1, 1], start: [-1, -2] },
      },
      {
        name: 'pool',
        op: 'maxPooling2d',
        inputs: ['conv1'],
        outputShape: [null, 32, 32, 8],
        parameters: 0,
        activation: null,
        receptiveField: 'global',
      },
    ],
    unsupported: [],
  },
  recipe: {
    schema: 'isolens/recipe@1',
    dims: 2,
    plane: 'axial',
    slices: 'all',
    context: 0,
    orientation: 'LPS',
    grid: { spacingMm: [2, 3, 4], size: [64, 64, null], centre: 'body' },
    gaps: 'refuse',
    channels: [{ image: 'CT', clip: [-1000, 1000], scale: [0, 1], outside: -1000 }],
    output: { kind: 'segmentation', labels: ['background', 'Parotid_L', 'SpinalCord'], activation: 'softmax' },
  },
  recipePath: `/networks/${name}.recipe.json`,
  card: null,
  notes: [],
  ...some,
});

export const opened = (
  analysis: string,
  some: Partial<Gives<'engine/openResults'>['results']['analyses'][number]> = {},
): Gives<'engine/openResults'> => ({
  results: {
    schema: 'isolens/results@1',
    isolens: '0.1.0',
    backend: null,
    job: {},
    network: { sha256: 'sha-a' },
    seconds: 34,
    analyses: [
      {
        id: analysis,
        parameters: {},
        verdict: {
          level: 'watch',
          code: 'context-driven',
          confidence: 'moderate',
          sentence: { en: 'It looks at the surroundings.', fr: "Il regarde l'entourage." },
          evidence: [],
          caveats: [{ en: 'one patient', fr: 'un seul patient' }],
        },
        summary: {},
        inputs: [{ id: 's1', values: {}, files: {}, warnings: [] }],
        ...some,
      },
    ],
    errors: [],
  },
  volumes: { [`${analysis}/s1/map.nrrd`]: blob('map') },
  notes: [],
});
