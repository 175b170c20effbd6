import { isView, type Program, type Step } from './program';

/** One input of a convolution in the difference form: channels [from, to) of its kernel read this step. */
export interface DeltaPart {
  readonly step: number;
  readonly from: number;
  readonly to: number;
}

/**
 * The convolutions that can run on the difference to the intact input, with what they read: of a concatenation each input by itself, as the
 * boxes of skips are much smaller than those of what comes from below. Stride 1.
 */
export function deltaPartsOf(program: Program): readonly (readonly DeltaPart[] | null)[] {
  return program.steps.map((step) => {
    const { work } = step;
    if (work.kind !== 'convolution') return null;
    const eligible = work.sliding.every(({ stride }) => stride === 1) && work.sliding.some(({ kernel }) => kernel > 1);
    return eligible ? partsBehind(program, step.inputs[0]!, 0) : null;
  });
}

function partsBehind(program: Program, index: number, from: number): readonly DeltaPart[] | null {
  const step = program.steps[index]!;
  if (step.work.kind !== 'channels') {
    return sourceOf(program, step) ? [{ step: index, from, to: from + step.channels }] : null;
  }
  const parts: DeltaPart[] = [];
  let at = from;
  for (const input of step.inputs) {
    const own = partsBehind(program, input, at);
    if (!own) return null;
    parts.push(...own);
    at += program.steps[input]!.channels;
  }
  return parts;
}

/** The held step behind a chain of lookups; null where a concatenation lies between. */
export function sourceOf(program: Program, step: Step): Step | null {
  let source = step;
  while (source.work.kind === 'lookup') source = program.steps[source.inputs[0]!]!;
  return isView(source) ? null : source;
}
