import { occlusion } from '../../../../main/engine/analysis/occlusion/occlusion';
import type { Context, OpenInput } from '../../../../main/engine/analysis/analysis';
import { occlusion as definition, type OcclusionValues } from '../../../../shared/analysis/occlusion';
import { InputResult } from '../../../../shared/result';
import { memoryWriter, runToEnd } from '../writtenNetwork';

/** Runs occlusion on one input, checks its result against the published schema, and gives what it wrote. */
export async function occlude(
  input: OpenInput,
  context: Context,
  parameters: Record<string, unknown>,
  signal = new AbortController().signal,
) {
  const asked = definition.parameters.parse(parameters);
  const { writer, arrays, volumes } = memoryWriter();
  const { steps, part } = await runToEnd(occlusion.onInput(input, context, asked, writer, signal));
  InputResult.parse(part.result);
  const values: OcclusionValues = definition.values.parse(JSON.parse(JSON.stringify(part.result.values)));
  const numbers = (name: string) => Array.from(arrays.get(name)?.values ?? []);
  return { steps, part, values, arrays, volumes, drops: numbers('drops'), map: numbers('map'), asked };
}
