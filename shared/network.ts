import { z } from 'zod';

export const formats = ['keras3', 'keras2', 'tfjs-layers', 'tfjs-graph', 'savedmodel', 'graphdef', 'onnx'] as const;
export type Format = (typeof formats)[number];

/** Batch axis first, channels last; null where free. null as a whole: behind an unknown node. */
const Shape = z.array(z.number().int().nullable()).nullable();

/** In input voxels, one entry a spatial axis in tensor order; `size` null where the axis is mixed whole. */
export const ReceptiveField = z.strictObject({
  size: z.array(z.number().nullable()),
  step: z.array(z.number()),
  start: z.array(z.number()),
});
export type ReceptiveField = z.infer<typeof ReceptiveField>;

export const NodeDescription = z.strictObject({
  name: z.string(),
  op: z.string(),
  inputs: z.array(z.string()),
  outputShape: Shape,
  parameters: z.number().int(),
  activation: z.string().nullable(),
  receptiveField: z
    .union([ReceptiveField, z.literal('global'), z.record(z.string(), z.union([ReceptiveField, z.literal('global')]))])
    .nullable(),
});
export type NodeDescription = z.infer<typeof NodeDescription>;

/** `fileAxes`: for each axis of `shape` the one that it is in the file, where files have their own order. */
const Port = z.strictObject({ name: z.string(), shape: Shape, fileAxes: z.array(z.number().int()).optional() });

/** `isolens/describe@1`: what is in a network file. Nodes stand in topological order. */
export const Description = z.strictObject({
  schema: z.literal('isolens/describe@1'),
  network: z.strictObject({
    name: z.string(),
    format: z.enum(formats),
    sha256: z.string(),
    parameters: z.number().int(),
    inputs: z.array(Port),
    outputs: z.array(Port),
  }),
  nodes: z.array(NodeDescription),
  unsupported: z.array(z.strictObject({ node: z.string(), op: z.string(), reason: z.string() })),
  warnings: z.array(z.strictObject({ code: z.string(), message: z.string() })).optional(),
});
export type Description = z.infer<typeof Description>;
