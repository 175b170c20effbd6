import { predict as definition, type PredictParameters, type PredictValues } from '../../../../shared/analysis/predict';
import type { InputResult, Warning } from '../../../../shared/result';
import type { Volume } from '../../../../shared/volume';
import type { InputWriter } from '../../result/inputWriter';
import type { Analysis, Context, OpenInput, Part } from '../analysis';
import { fileActivationOf } from '../probability';
import { classesOf } from '../classes';
import { differenceOf, doseFigures } from '../doseDifference';
import { extremesOf, forward, type NamedOutput } from '../forward';
import { labelMapOf } from '../labelMap';
import { metricsOf, type Kept } from './metrics';
import { placingOf } from '../placing';
import { saveOutput } from './place';
import { arrayLabelFigures, labelFigures } from '../labelFigures';

/** What an input's first output says by the recipe's kind of output. */
interface Reading {
  readonly values: Partial<PredictValues>;
  readonly files: Readonly<Record<string, string>>;
  readonly warnings: readonly Warning[];
}

const nothing: Reading = { values: {}, files: {}, warnings: [] };

async function readLabels(
  output: NamedOutput,
  { network, recipe }: Context,
  input: OpenInput,
  writer: InputWriter,
  fileActivation: string | null,
): Promise<Reading> {
  if (recipe?.output.kind !== 'segmentation') return nothing;
  const { prepared, study } = input;
  const labelled = labelMapOf(output, recipe.output, fileActivation);
  const placing = placingOf(network, prepared, output.node, output.shape);
  if (study === null || placing === null) {
    const spatial = output.shape.slice(1, -1);
    const found = arrayLabelFigures(labelled.map, spatial, labelled.labels, input);
    const files = {
      labels: await writer.array('labels', labelled.map, output.shape[0] === 1 ? spatial : output.shape.slice(0, -1)),
    };
    return { values: { labels: found.labels }, files, warnings: [...labelled.warnings, ...found.warnings] };
  }
  const placed = prepared.toVolume(Float32Array.from(labelled.map), placing);
  const map = Uint8Array.from(placed.values);
  // Planes that the recipe left out are NaN in the volume: they are neither label nor background.
  const seen = placed.values.some(Number.isNaN)
    ? Uint8Array.from(placed.values, (x) => (Number.isNaN(x) ? 0 : 1))
    : null;
  const volume: Volume<Uint8Array> = { ...placed, values: map };
  const own = { ...prepared, grid: placed.grid };
  const found = labelFigures(map, seen, labelled.labels, recipe, own, study);
  return {
    values: { labels: found.labels },
    files: { labels: await writer.volume('labels', volume) },
    warnings: [...labelled.warnings, ...found.warnings],
  };
}

async function readDose(
  output: NamedOutput,
  { network, recipe }: Context,
  { prepared, study, truth }: OpenInput,
  writer: InputWriter,
): Promise<Reading> {
  if (recipe?.output.kind !== 'regression' || output.shape.at(-1) !== 1) return nothing;
  const { unitGy } = recipe.output;
  const inGy = output.values.map((value) => value * unitGy);
  const placing = placingOf(network, prepared, output.node, output.shape);
  if (study === null || placing === null) {
    const shape = output.shape[0] === 1 ? output.shape.slice(1, -1) : output.shape.slice(0, -1);
    const files = { dose: await writer.array('dose', inGy, shape) };
    if (truth?.values.length !== inGy.length) return { values: {}, files, warnings: [] };
    const found = differenceOf(
      inGy,
      truth.values.map((value) => value * unitGy),
      null,
    );
    const dose =
      found === null
        ? { voxels: 0, meanDifferenceGy: null, meanAbsoluteDifferenceGy: null, structures: [] }
        : {
            voxels: found.voxels,
            meanDifferenceGy: found.meanDifferenceGy,
            meanAbsoluteDifferenceGy: found.meanAbsoluteDifferenceGy,
            structures: [],
          };
    return { values: { dose }, files, warnings: [] };
  }
  const volume: Volume<Float32Array> = { ...prepared.toVolume(inGy, placing), unit: 'Gy' };
  const found = doseFigures(volume, study);
  return {
    values: { dose: found.dose },
    files: { dose: await writer.volume('dose', volume) },
    warnings: found.warnings,
  };
}

async function read(
  output: NamedOutput | undefined,
  context: Context,
  input: OpenInput,
  writer: InputWriter,
): Promise<Reading> {
  const kind = context.recipe?.output.kind;
  if (output === undefined || kind === undefined) return nothing;
  const fileActivation = fileActivationOf(context.network);
  if (kind === 'segmentation') return readLabels(output, context, input, writer, fileActivation);
  if (kind === 'regression') return readDose(output, context, input, writer);
  if (context.recipe?.output.kind !== 'classification') return nothing;
  return { ...classesOf(output, context.recipe.output, fileActivation, input), files: {} };
}

/** The plain forward pass: outputs in patient space, read by the recipe and held against what is known. */
export const predict: Analysis<PredictParameters> = {
  definition,

  passes: ({ prepared }) => prepared.array.shape[0] ?? 1,

  async *onInput(input, context, _parameters, writer, signal) {
    const { prepared } = input;
    const running = forward(context, prepared, signal);
    let step = await running.next();
    for (; !step.done; step = await running.next()) yield step.value;
    const outputs = step.value;

    const saved: Record<string, string> = {};
    const savedOutputs = context.isCompared === true && context.recipe !== null ? [] : outputs;
    for (const [n, output] of savedOutputs.entries()) {
      const name = outputs.length === 1 ? 'output' : `output/${output.name}`;
      const placing = placingOf(context.network, prepared, output.node, output.shape);
      saved[output.name] = await saveOutput(name, output, placing, prepared, writer);
      yield { kind: 'progress', done: 0.8 + (0.1 * (n + 1)) / savedOutputs.length, stage: 'save' };
    }
    const reading = await read(outputs[0], context, input, writer);
    const values: PredictValues = {
      outputs: outputs.map((output) => ({ name: output.name, ...extremesOf(output) })),
      ...reading.values,
    };
    const result: InputResult = {
      id: prepared.id,
      values,
      files: { ...(savedOutputs.length > 0 ? { output: saved } : {}), ...reading.files },
      warnings: [...prepared.warnings, ...reading.warnings],
    };
    const { right, labels, dose } = values;
    const kept: Kept = {
      patient: prepared.patient,
      values: { ...(right === undefined ? {} : { right }), ...(labels ? { labels } : {}), ...(dose ? { dose } : {}) },
    };
    return { result, kept };
  },

  conclude(parts: readonly Part[]) {
    const { metrics, warnings } = metricsOf(parts.map(({ kept }) => kept as Kept));
    return { summary: { metrics }, verdict: null, warnings };
  },
};
