import { freemem } from 'node:os';
import { IsolensError } from '../../../../shared/problem/problem';
import { failureOf } from '../execute';
import type { NetworkGraph, Shape } from '../graph';
import { sizesOfBox, volumeOf } from '../incremental/box';
import { copyBox } from '../incremental/intactMaps';
import { programOf, type Program, type Step } from '../incremental/program';
import { Turns } from '../incremental/runBatch';
import { finished, runStep } from '../incremental/runStep';
import type { Running } from '../incremental/running';
import { StepWeights } from '../incremental/stepWeights';
import type { Fetch, NetworkArray } from '../network';
import { convolvedByPlanes, goesByPlanes, type Planes } from '../operation/planes';
import { tf, type Tensor } from '../tensorflow';
import { HeldRows } from './heldRows';
import { boxOfRows, rowCount, schedule, type Event, type Rows } from './schedule';
import { thicknessWithin } from './thickness';

type Compute = Extract<Event, { kind: 'compute' }>;

/**
 * The fetched values of inputs whose maps are too large to be held whole: rows of every map are computed once, in the order in which
 * they are needed, and let go when nobody reads them any more. The values are those of a whole run to rounding; no overlap is
 * computed twice. Null for what does not hang on the input, or where parts hold no less than `wholeBytes`. *Problems* network/out-of-memory where even single rows need more than the budget and more than is free, network/cannot-run,
 * engine/cancelled.
 */
export async function streamed(
  graph: NetworkGraph,
  inputs: ReadonlyMap<string, NetworkArray>,
  fetch: Fetch,
  { budgetBytes, wholeBytes }: { readonly budgetBytes: number; readonly wholeBytes: number },
  signal?: AbortSignal,
): Promise<NetworkArray | null> {
  const entries = [...inputs.values()][0]!.shape[0]!;
  const shapes = new Map<string, Shape>([...inputs].map(([name, { shape }]) => [name, [1, ...shape.slice(1)]]));
  const program = firstOf(graph.inputs, ({ node }) => programOf(graph, shapes, node, fetch));
  if (!program) return null;
  const { thickness, peak } = thicknessWithin(program, budgetBytes);
  if (peak >= wholeBytes) return null;
  if (peak > Math.max(budgetBytes, freemem())) {
    const gib = (bytes: number): string => (bytes / 2 ** 30).toPrecision(3);
    const reason = `${gib(peak)} GiB are needed even in parts, and ${gib(budgetBytes)} are allowed`;
    throw new IsolensError('network/out-of-memory', { reason }, { node: fetch.node });
  }
  const target = program.steps[program.target]!;
  const size = volumeOf(target.sizes) * target.channels;
  const values = new Float32Array(entries * size);
  const weights = new StepWeights();
  const turns = new Turns(signal);
  try {
    weights.make(program.steps);
    for (let entry = 0; entry < entries; entry++) {
      const own = values.subarray(entry * size, (entry + 1) * size);
      await streamEntry({ program, weights, inputs, entry }, schedule(program, thickness), own, turns);
    }
  } finally {
    weights.free();
  }
  return { shape: [entries, ...target.sizes, target.channels], values };
}

function firstOf<T, R>(list: readonly T[], find: (each: T) => R | null): R | null {
  for (const each of list) {
    const found = find(each);
    if (found !== null) return found;
  }
  return null;
}

interface Streaming {
  readonly program: Program;
  readonly weights: StepWeights;
  readonly inputs: ReadonlyMap<string, NetworkArray>;
  readonly entry: number;
}

async function streamEntry(
  streaming: Streaming,
  events: Iterable<Event>,
  values: Float32Array,
  turns: Turns,
): Promise<void> {
  const { program } = streaming;
  const held = program.steps.map(() => new HeldRows());
  const target = program.steps[program.target]!;
  const rowSize = values.length / rowCount(target);
  try {
    for (const event of events) {
      const { step } = event;
      if (event.kind === 'drop') {
        held[step.index]!.dropBefore(event.before);
        continue;
      }
      const made = compute(streaming, held, event);
      held[step.index]!.append(event.rows.from, made);
      if (step === target) values.set(made.dataSync(), event.rows.from * rowSize);
      await turns.take();
    }
  } finally {
    for (const rows of held) rows.free();
  }
}

function compute(streaming: Streaming, held: readonly HeldRows[], event: Compute): Tensor {
  const { step, rows } = event;
  if (step.work.kind === 'input') return inputRows(streaming, step, rows);
  try {
    return tf.tidy(() => {
      const made = byPlanes(streaming, held, event) ?? runStep(runningOf(streaming, held, event), step).output;
      // What passes through is cloned: each map owns its rows.
      return tf.clone(made);
    });
  } catch (thrown) {
    throw failureOf({ ...step.node, outputShape: null }, thrown);
  }
}

function inputRows({ inputs, entry }: Streaming, step: Step, rows: Rows): Tensor {
  const { shape, values } = inputs.get(step.node.name)!;
  const box = boxOfRows(step, rows);
  const sizes = sizesOfBox(box);
  const part = new Float32Array(volumeOf(sizes) * step.channels);
  copyBox(values, entry * volumeOf(shape.slice(1)), shape.slice(1), box.start, sizes, part, 0);
  return tf.tensor(part, [1, ...sizes, step.channels]);
}

/** The step on its own, with the rows that it reads as patches and nothing around them but padding. */
function runningOf(
  { program, weights }: Streaming,
  held: readonly HeldRows[],
  { step, rows, reads }: Compute,
): Running {
  const patches: (Tensor | null)[] = program.steps.map(() => null);
  const sizes: (readonly number[] | null)[] = program.steps.map(() => null);
  const starts: (Int32Array | null)[] = program.steps.map(() => null);
  for (const [index, needed] of reads) {
    const source = program.steps[index]!;
    const vector = source.sizes.length === 0;
    const patch = vector ? held[index]!.whole : held[index]!.read(needed);
    patches[index] = patch;
    sizes[index] = patch.shape.slice(1, -1);
    starts[index] = Int32Array.from(source.sizes, (_, axis) => (axis === 0 ? needed.from : 0));
  }
  const box = boxOfRows(step, rows);
  sizes[step.index] = sizesOfBox(box);
  starts[step.index] = Int32Array.from(box.start);
  const none = program.steps.map(() => null);
  return {
    program,
    weights,
    demanded: none,
    parts: none,
    intact: null,
    count: 1,
    sizes,
    delta: program.steps.map(() => false),
    starts,
    slots: Int32Array.of(0),
    patches,
    boxRows: new Map(),
  };
}

/**
 * A dilated convolution in space reads planes that lie apart: only those are taken, not all that lie between. Null for other steps.
 */
function byPlanes(
  { program, weights }: Streaming,
  held: readonly HeldRows[],
  { step, rows, reads }: Compute,
): Tensor | null {
  const { work } = step;
  const source = program.steps[step.inputs[0]!]!;
  if (work.kind !== 'convolution' || !goesByPlanes(work.sliding) || !reads.has(source.index)) return null;
  const planes: Planes = {
    count: rowCount(source),
    read: (from, to) => held[source.index]!.read({ from, to }),
  };
  const sum = convolvedByPlanes(planes, weights.of(step)['kernel']!, work.sliding, rows);
  const box = boxOfRows(step, rows);
  const sizes = program.steps.map(() => sizesOfBox(box));
  const starts = program.steps.map(() => Int32Array.from(box.start));
  return finished({ weights, count: 1, sizes, starts }, step, sum).output;
}
