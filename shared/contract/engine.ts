import { z } from 'zod';
import { scores } from '../analysis/occlusion';
import { Database } from '../database';
import { Job, Progress } from '../job';
import { Description } from '../network';
import { CleanState } from '../analysis/robustness';
import { familyIds } from '../analysis/robustnessFamilies';
import { Recipe } from '../recipe';
import { Backend, Results, Warning } from '../result';
import { BlobVolume, ProblemShape, StudyDetail, StudySummary } from '../study';
import { StudyChoices } from '../studyChoices';
import { languages } from '../words';
import { request } from './request';

const nothing = z.strictObject({});
const jobId = z.strictObject({ jobId: z.string() });

export const NetworkSummary = z.strictObject({
  id: z.string(),
  path: z.string(),
  name: z.string(),
  description: Description,
  /** null: none beside the network yet; the window builds one by asking. */
  recipe: Recipe.nullable(),
  recipePath: z.string().nullable(),
  card: z.string().nullable(),
  notes: z.array(ProblemShape),
});
export type NetworkSummary = z.infer<typeof NetworkSummary>;

const memoryGib = z.number().positive().optional();

const Estimate = z.strictObject({
  passes: z.number(),
  seconds: z.number().nullable(),
  bytes: z.number(),
  batch: z.number(),
  notes: z.array(ProblemShape),
  /** Where only what changes is computed: how many times less, and the node behind which all is computed anew. */
  gain: z.number().optional(),
  wholeFrom: z.string().nullable().optional(),
});
export type Estimate = z.infer<typeof Estimate>;

export const JobEvent = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('queued'), jobId: z.string() }),
  z.strictObject({ kind: z.literal('progress'), jobId: z.string(), progress: Progress }),
  /** What has been computed so far of one input: maps are blobs on the recipe's grid, by the names of `files`. */
  z.strictObject({
    kind: z.literal('partial'),
    jobId: z.string(),
    analysis: z.string(),
    input: z.string(),
    volumes: z.record(z.string(), BlobVolume),
  }),
  z.strictObject({ kind: z.literal('done'), jobId: z.string(), folder: z.string() }),
  z.strictObject({ kind: z.literal('failed'), jobId: z.string(), problem: ProblemShape }),
  z.strictObject({ kind: z.literal('cancelled'), jobId: z.string(), folder: z.string() }),
  z.strictObject({ kind: z.literal('lost'), jobId: z.string(), problem: ProblemShape, folder: z.string() }),
]);
export type JobEvent = z.infer<typeof JobEvent>;

/** What the engine answers. A request's progress comes under its own id; each can be cancelled by that id. */
export const engineRequests = {
  'engine/status': request(nothing, z.strictObject({ isolens: z.string(), backend: Backend })),
  /** Scans recursively; studies sorted by path. Progress: files read. */
  'engine/openFolder': request(
    z.strictObject({ path: z.string() }),
    z.strictObject({ studies: z.array(StudySummary), notDicom: z.number(), notes: z.array(ProblemShape) }),
  ),
  /** Without choices: as it is open already, else as the rules of linking choose. */
  'engine/openStudy': request(z.strictObject({ study: z.string(), choices: StudyChoices.optional() }), StudyDetail),
  /** Dose–volume histograms of every structure with volume, from sorted doses. */
  'engine/doseVolumeHistograms': request(
    z.strictObject({ study: z.string() }),
    z.strictObject({
      rows: z.array(
        z.strictObject({
          structure: z.string(),
          voxels: z.number(),
          volumeCc: z.number(),
          coverage: z.number(),
          dMinGy: z.number().nullable(),
          dMeanGy: z.number().nullable(),
          dMaxGy: z.number().nullable(),
          d98Gy: z.number().nullable(),
          d95Gy: z.number().nullable(),
          d50Gy: z.number().nullable(),
          d2Gy: z.number().nullable(),
          /** Points for drawing: dose in Gy, volume in %. */
          curve: z.array(z.tuple([z.number(), z.number()])),
          /** The planning system's own, where it sent one of this structure. */
          planning: z.array(z.tuple([z.number(), z.number()])).optional(),
        }),
      ),
    }),
  ),
  'engine/openNetwork': request(z.strictObject({ path: z.string(), recipe: z.string().optional() }), NetworkSummary),
  /** Sets the recipe for this session and, where `save` is true, writes it beside the network. */
  'engine/setRecipe': request(
    z.strictObject({ network: z.string(), recipe: z.unknown(), save: z.boolean() }),
    NetworkSummary,
  ),
  /** What the network will see of a study: one volume a channel on the recipe's grid. */
  'engine/previewInput': request(
    z.strictObject({ network: z.string(), study: z.string() }),
    z.strictObject({
      channels: z.array(z.strictObject({ name: z.string(), volume: BlobVolume })),
      shape: z.array(z.number()),
      warnings: z.array(Warning),
    }),
  ),
  'engine/estimateJob': request(
    z.strictObject({ job: Job, base: z.string(), memoryGib }),
    z.strictObject({ analyses: z.array(Estimate) }),
  ),
  /**
   * `base`: the folder that the job's relative paths start from. `out`: the results folder that the user named. `language`: of its report,
   * English if left out. `memoryGib`: what tensors may take at once, half of what is free if left out.
   */
  'engine/startJob': request(
    z.strictObject({ job: Job, base: z.string(), out: z.string(), language: z.enum(languages).optional(), memoryGib }),
    jobId,
  ),
  'engine/cancelJob': request(jobId, nothing),
  /** Reads a results folder back: the numbers, and its volumes as blobs by `files` path. */
  'engine/openResults': request(
    z.strictObject({ folder: z.string() }),
    z.strictObject({ results: Results, volumes: z.record(z.string(), BlobVolume), notes: z.array(ProblemShape) }),
  ),
  /** What hiding one window of a study does to the score: the drop that an occlusion with these parameters has there. Null: beyond the input. */
  'engine/probe': request(
    z.strictObject({
      network: z.string(),
      study: z.string(),
      parameters: z.record(z.string(), z.unknown()),
      pointMm: z.tuple([z.number(), z.number(), z.number()]),
    }),
    z
      .strictObject({
        score: z.enum(scores),
        unit: z.string(),
        baseline: z.number(),
        drop: z.number(),
        boxMm: z.strictObject({
          min: z.tuple([z.number(), z.number(), z.number()]),
          max: z.tuple([z.number(), z.number(), z.number()]),
        }),
      })
      .nullable(),
  ),
  /** One channel of a saved or freshly computed activation map as a volume of its own. */
  'engine/activation': request(
    z.strictObject({ network: z.string(), study: z.string(), node: z.string(), channel: z.number().int() }),
    z.strictObject({ volume: BlobVolume, layerTop: z.number() }),
  ),
  /** One study with one degradation: what the network is given (null where nothing of it is an image), and what it says. */
  'engine/degradedInput': request(
    z.strictObject({
      network: z.string(),
      study: z.string(),
      family: z.enum(familyIds),
      severity: z.union([z.number(), z.string()]),
      seed: z.number().int().nonnegative(),
      move: z.enum(['all', 'image']),
    }),
    z.strictObject({
      volume: BlobVolume.nullable(),
      clean: CleanState,
      state: CleanState,
      flipped: z.boolean(),
    }),
  ),
  /** Small pictures of every channel of a node on one plane of the recipe's grid, channel-major, for the gallery. */
  'engine/gallery': request(
    z.strictObject({
      network: z.string(),
      study: z.string(),
      node: z.string(),
      positionMm: z.tuple([z.number(), z.number(), z.number()]),
    }),
    z.strictObject({
      channels: z.number(),
      rows: z.number(),
      columns: z.number(),
      values: z.instanceof(Float32Array),
      layerTop: z.number(),
      rowSpacingMm: z.number(),
      columnSpacingMm: z.number(),
    }),
  ),
  /** The kernels of a node, each array `[k…, in, out]`; of a very wide layer its first outputs only (`outputs` of `allOutputs`). */
  'engine/kernels': request(
    z.strictObject({ network: z.string(), node: z.string() }),
    z.strictObject({
      arrays: z.array(
        z.strictObject({
          weight: z.string(),
          kernelSize: z.array(z.number().int()),
          inputs: z.number().int(),
          outputs: z.number().int(),
          allOutputs: z.number().int(),
          values: z.instanceof(Float32Array),
          /** Largest |weight| of the whole array. */
          largest: z.number(),
        }),
      ),
    }),
  ),
  /**
   * The axial plane through a point of a study: image, dose and structures, a square of `sideMm` and `pixels` a side. Row 0 is the most
   * anterior, column 0 the patient's right. A study that is not open is read for this and let go.
   */
  'engine/crop': request(
    z.strictObject({
      study: z.string(),
      pointMm: z.tuple([z.number(), z.number(), z.number()]),
      sideMm: z.number().positive().max(1000),
      pixels: z.number().int().min(8).max(512),
    }),
    z.strictObject({
      /** NaN outside the image. */
      image: z.instanceof(Float32Array),
      modality: z.string(),
      /** Gy, NaN outside the grid; null where there is no dose of the plan. */
      dose: z.instanceof(Float32Array).nullable(),
      /** 1 inside. Those that the square meets. */
      structures: z.array(
        z.strictObject({
          name: z.string(),
          colour: z.tuple([z.number(), z.number(), z.number()]),
          mask: z.instanceof(Uint8Array),
        }),
      ),
    }),
  ),
  /** The middle plane of an array that a run saved, first channel; `file` is relative to the folder of results.json. NaN where nothing is known. */
  'engine/savedPlane': request(
    z.strictObject({ folder: z.string(), file: z.string() }),
    z.strictObject({ width: z.number().int(), height: z.number().int(), values: z.instanceof(Float32Array) }),
  ),
  /** A saved list of studies, its paths whole. */
  'engine/openDatabase': request(z.strictObject({ path: z.string() }), z.strictObject({ database: Database })),
  /** Saves a list; its paths then start from its own folder. */
  'engine/saveDatabase': request(z.strictObject({ path: z.string(), database: Database }), nothing),
  /** Splits a list into lists of their own in a folder: `by` is `folder`, `random` or a tag's name. No patient is in two. */
  'engine/splitDatabase': request(
    z.strictObject({
      database: Database,
      by: z.string(),
      shares: z.array(z.number().positive()).min(2),
      seed: z.number().int().nonnegative(),
      folder: z.string(),
    }),
    z.strictObject({
      lists: z.array(z.strictObject({ name: z.string(), patients: z.number(), included: z.number() })),
    }),
  ),
  /** Frees what a study, network or result holds. */
  'engine/close': request(z.strictObject({ id: z.string() }), nothing),
  /** Makes the demo's synthetic patients in `out` where they are missing, and lays what the tour shows of them in `results`. Progress: patients made. */
  'engine/makeDemo': request(
    z.strictObject({ out: z.string(), results: z.string() }),
    z.strictObject({ studies: z.array(z.string()), networks: z.array(z.string()) }),
  ),
} as const;
export type EngineRequests = typeof engineRequests;

export const engineStreams = {
  'engine/jobEvents': JobEvent,
  'engine/requestProgress': z.strictObject({ requestId: z.string(), progress: Progress }),
} as const;
