import { z } from 'zod';

const positive = z.number().positive();
const range = z.tuple([z.number(), z.number()]);
const rising = range.refine(([low, high]) => low < high, 'the first number must be below the second');

const Scale = z.union([range, z.strictObject({ mean: z.number(), sd: positive }), z.literal('zscore')]);

const shared = {
  clip: rising.optional(),
  scale: Scale.optional(),
  /** The value beyond the scan (or the dose grid), before clip and scale. */
  outside: z.number().optional(),
};

const ImageChannel = z.strictObject({ image: z.string(), ...shared });
const StructureChannel = z.strictObject({
  structure: z.string(),
  aliases: z.array(z.string()).optional(),
  /** `centre`: 1 where the voxel's centre is inside; `soft`: the share of the voxel that is inside. */
  mask: z.enum(['centre', 'soft']).default('centre'),
  ...shared,
});
const DoseChannel = z.strictObject({ dose: z.literal('plan'), unitGy: positive.default(1), ...shared });

export const Channel = z.union([ImageChannel, StructureChannel, DoseChannel]);
export type Channel = z.output<typeof Channel>;

const Activation = z.enum(['softmax', 'sigmoid', 'none']);
export type OutputActivation = z.infer<typeof Activation>;

const Label = z.string().min(1);

export const Output = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('classification'),
    labels: z.array(Label).min(1),
    unit: z.enum(['slice', 'patient']).default('slice'),
    activation: Activation.default('softmax'),
  }),
  z.strictObject({
    kind: z.literal('segmentation'),
    labels: z.array(Label).min(1),
    activation: Activation.default('softmax'),
    /** Other names under which a label's structure may stand in a study, by label. */
    aliases: z.record(z.string(), z.array(z.string())).optional(),
  }),
  z.strictObject({ kind: z.literal('regression'), quantity: z.literal('dose'), unitGy: positive.default(1) }),
]);
export type Output = z.output<typeof Output>;

const Centre = z.union([
  z.enum(['volume', 'body', 'isocentre']),
  z.strictObject({ structure: z.string() }),
  z.strictObject({ mm: z.tuple([z.number(), z.number(), z.number()]) }),
]);

/** Number of voxels along one axis; null: all of it, padded to the network's multiple. */
const Extent = z.number().int().positive().nullable();

/**
 * How a study becomes a network's input, and its output a volume. `size` and `spacingMm` are (i, j, k) along `orientation`.
 * Source: design of the recipe, schema `isolens/recipe@1`.
 */
export const Recipe = z.strictObject({
  schema: z.literal('isolens/recipe@1'),
  dims: z.union([z.literal(2), z.literal(3)]),
  plane: z.enum(['axial', 'coronal', 'sagittal']).default('axial'),
  slices: z
    .union([
      z.literal('all'),
      z.strictObject({ structure: z.string() }),
      z
        .tuple([z.number().int().nonnegative(), z.number().int().nonnegative()])
        .refine(([first, last]) => first <= last, 'the first slice must not lie behind the last'),
    ])
    .default('all'),
  context: z.number().int().min(0).max(64).default(0),
  /** The patient sides that i, j and k grow to, one of each pair L R, P A, S I, in any order. */
  orientation: z
    .string()
    .regex(/^(?=.*[LR])(?=.*[PA])(?=.*[SI])[LRPASI]{3}$/, 'three letters: one of L R, one of P A, one of S I')
    .default('LPS'),
  grid: z.strictObject({
    spacingMm: z.union([z.literal('native'), z.tuple([positive, positive, positive])]).default('native'),
    size: z.tuple([Extent, Extent, Extent]).default([null, null, null]),
    centre: Centre.default('volume'),
  }),
  gaps: z.enum(['refuse', 'interpolate']).default('refuse'),
  channels: z.array(Channel).min(1),
  output: Output,
});
/** A recipe with its defaults filled in. */
export type Recipe = z.output<typeof Recipe>;
