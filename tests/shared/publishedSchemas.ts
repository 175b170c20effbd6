import { z } from 'zod';
import { analysisDefinitions } from '../../shared/analysis/list';
import type { AnalysisDefinition } from '../../shared/analysis/definition';
import { Database } from '../../shared/database';
import { Job } from '../../shared/job';
import { Description } from '../../shared/network';
import { Recipe } from '../../shared/recipe';
import { AnalysisResult, InputResult, Results } from '../../shared/result';

/** What results.json holds of one analysis: its own parameters, values and summary in the common frame. */
const resultOf = ({ id, parameters, values, summary }: AnalysisDefinition) =>
  AnalysisResult.extend({
    id: z.literal(id),
    parameters,
    summary,
    inputs: z.array(InputResult.extend({ values })),
  });

/** A job with the parameters that each analysis takes. */
const JobWithParameters = Job.extend({
  analyses: z.array(
    z.union(
      analysisDefinitions.map(({ id, parameters }) =>
        z.strictObject({ id: z.literal(id), parameters: parameters.optional() }),
      ),
    ),
  ),
});

const ResultsWithValues = Results.extend({ analyses: z.array(z.union(analysisDefinitions.map(resultOf))) });

const published = {
  job: { title: 'Isolens job', schema: JobWithParameters, io: 'input' },
  recipe: { title: 'Isolens recipe', schema: Recipe, io: 'input' },
  database: { title: 'Isolens database', schema: Database, io: 'input' },
  describe: { title: 'Isolens describe', schema: Description, io: 'output' },
  results: { title: 'Isolens results', schema: ResultsWithValues, io: 'output' },
} as const;
export type SchemaName = keyof typeof published;
export const schemaNames = Object.keys(published) as SchemaName[];

/** The JSON Schema of one file that Isolens reads or writes, as it is published in resources/schemas. */
export function publishedSchema(name: SchemaName): Record<string, unknown> {
  const { title, schema, io } = published[name];
  const made = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Record<string, unknown>;
  return { $id: `https://isolens.invalid/schemas/${name}.schema.json`, title, ...withoutForm(made) };
}

/** Leaves out what a parameter says to the form (labels, help, controls): a schema speaks of values only. */
function withoutForm(part: Record<string, unknown>): Record<string, unknown> {
  const { label, help, control, unit, ...rest } = part;
  const isForm = typeof control === 'string' && typeof label === 'object';
  const kept = isForm ? { ...rest, ...description(help, unit) } : part;
  return Object.fromEntries(Object.entries(kept).map(([key, value]) => [key, inner(value)]));
}

const inner = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(inner)
    : typeof value === 'object' && value !== null
      ? withoutForm(value as Record<string, unknown>)
      : value;

function description(help: unknown, unit: unknown): { description?: string } {
  const text = (help as { en?: string } | undefined)?.en;
  if (text === undefined) return {};
  return { description: typeof unit === 'string' ? `${text} Unit: ${unit}.` : text };
}
