import { z } from 'zod';
import type { AnalysisDefinition, Field } from '../../../shared/analysis/definition';

/** One row of a parameter form, as the analysis' definition tells it. */
export interface FormField extends Field {
  readonly key: string;
  readonly schema: z.ZodType;
  /** What the analysis takes where the user says nothing; undefined where it must be said or is found by the engine. */
  readonly standard: unknown;
  /** The words to choose from, in the definition's order. */
  readonly choices: readonly string[];
  /** True where a choice may also be `{ constant: number }`. */
  readonly takesConstant: boolean;
}

const controls: readonly Field['control'][] = [
  'length',
  'number',
  'choice',
  'choices',
  'nodes',
  'target',
  'text',
  'voxels',
  'families',
  'structures',
  'analyses',
  'network',
];

const Meta = z.object({
  label: z.object({ en: z.string(), fr: z.string() }),
  help: z.object({ en: z.string(), fr: z.string() }),
  unit: z.string().optional(),
  control: z.custom<Field['control']>((value) => controls.some((each) => each === value)),
});

/** What lies inside optional, default and the like. */
function inside(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault)
    return inside(schema.unwrap() as z.ZodType);
  return schema;
}

/** What a parameter says of itself: on the outside, or on what it wraps. */
function metaOf(schema: z.ZodType): z.output<typeof Meta> | null {
  const told = Meta.safeParse(schema.meta());
  if (told.success) return told.data;
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault)
    return metaOf(schema.unwrap() as z.ZodType);
  return null;
}

function choicesOf(schema: z.ZodType): string[] {
  const bare = inside(schema);
  if (bare instanceof z.ZodBoolean) return ['true', 'false'];
  if (bare instanceof z.ZodEnum) return bare.options.map(String);
  if (bare instanceof z.ZodLiteral) return [...bare.values].filter((value) => typeof value === 'string');
  if (bare instanceof z.ZodUnion) return [...new Set(bare.options.flatMap((each) => choicesOf(each as z.ZodType)))];
  if (bare instanceof z.ZodArray) return choicesOf(bare.element as z.ZodType);
  return [];
}

function takesConstant(schema: z.ZodType): boolean {
  const bare = inside(schema);
  if (bare instanceof z.ZodObject) return 'constant' in bare.shape;
  if (bare instanceof z.ZodUnion) return bare.options.some((each) => takesConstant(each as z.ZodType));
  if (bare instanceof z.ZodArray) return takesConstant(bare.element as z.ZodType);
  return false;
}

/** The rows of the form of an analysis, in the definition's order. A parameter that says nothing of itself has no row. */
export function fieldsOf({ parameters }: Pick<AnalysisDefinition, 'parameters'>): readonly FormField[] {
  const object = objectOf(parameters);
  if (!object) return [];
  return Object.entries(object.shape as Record<string, z.ZodType>).flatMap(([key, schema]) => {
    const told = metaOf(schema);
    if (!told) return [];
    const standard = schema.safeParse(undefined);
    const { unit, ...meta } = told;
    return [
      {
        key,
        schema,
        ...meta,
        ...(unit === undefined ? {} : { unit }),
        standard: standard.success ? standard.data : undefined,
        choices: choicesOf(schema),
        takesConstant: takesConstant(schema),
      },
    ];
  });
}

/** The object of parameters under refinements and transforms. */
function objectOf(schema: z.ZodType): z.ZodObject | null {
  if (schema instanceof z.ZodObject) return schema;
  if (schema instanceof z.ZodPipe) return objectOf(schema.in as z.ZodType);
  const bare = inside(schema);
  return bare === schema ? null : objectOf(bare);
}
