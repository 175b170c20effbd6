import type { AxisRule } from '../operation/interval';
import { type Box } from './box';
import type { Program, Step } from './program';
import { changedBoxes, gridOf } from './reach';

/** Boxes of every step: three axes a step, the last ones its own, those before of size 1. A size of 0: no box. */
export interface StepBoxes {
  readonly starts: Int32Array;
  readonly sizes: Int32Array;
  /** Equal for places whose sizes are equal at every step. */
  readonly key: string;
}

/** Finds what a hidden box of the input changes of every map. What was found along an axis is remembered. */
export function boxFinder(program: Program, demanded: readonly (Box | null)[]): (box: Box) => StepBoxes {
  if (!program.steps.every(isSeparable)) return (box) => flattened(program, changedBoxes(program, demanded, box));
  const rank = Math.max(...program.steps.map(({ sizes }) => sizes.length));
  const axes = Array.from({ length: rank }, (_, axis) => new Along(program, demanded, axis));
  return (box) => {
    const count = program.steps.length;
    const along = axes.map((own, axis) => own.of(box.start[axis] ?? 0, box.end[axis] ?? 1));
    const starts = new Int32Array(3 * count);
    const sizes = new Int32Array(3 * count);
    for (let step = 0; step < count; step++) {
      if (along.some(({ from, to }) => from[step]! >= to[step]!)) continue;
      sizes.fill(1, 3 * step, 3 * step + 3);
      const own = program.steps[step]!.sizes.length;
      for (let axis = 0; axis < own; axis++) {
        const at = 3 * step + 3 - own + axis;
        starts[at] = along[axis]!.from[step]!;
        sizes[at] = along[axis]!.to[step]! - starts[at];
      }
    }
    return { starts, sizes, key: along.map(({ key }) => key).join() };
  };
}

/** No axis of an operation turns into another: then boxes can be found axis by axis. */
const isSeparable = ({ rules }: Step): boolean =>
  rules.every((own) => own.every(({ from }, axis) => from === null || from === axis + 1));

interface Intervals {
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly key: number;
}

/**
 * Changed intervals of every step along one axis. Where several ways meet of which one is cut off along another axis, they may be longer
 * than need be, which is as right.
 */
class Along {
  readonly #program: Program;
  readonly #demanded: readonly (Box | null)[];
  readonly #axis: number;
  readonly #known = new Map<number, Intervals>();
  readonly #keys = new Map<string, number>();
  constructor(program: Program, demanded: readonly (Box | null)[], axis: number) {
    this.#program = program;
    this.#demanded = demanded;
    this.#axis = axis;
  }

  of(start: number, end: number): Intervals {
    const at = start * 2 ** 20 + end;
    const known = this.#known.get(at);
    if (known) return known;
    const count = this.#program.steps.length;
    const from = new Int32Array(count);
    const to = new Int32Array(count);
    for (const step of this.#program.steps) this.#follow(step, start, end, from, to);
    const sizes = from.map((first, step) => to[step]! - first).join();
    const key = this.#keys.get(sizes) ?? this.#keys.size;
    this.#keys.set(sizes, key);
    const made = { from, to, key };
    this.#known.set(at, made);
    return made;
  }

  #follow(step: Step, start: number, end: number, from: Int32Array, to: Int32Array): void {
    const axis = this.#axis;
    const box = this.#demanded[step.index];
    if (!box) return;
    const own = step.sizes.length > axis;
    let [low, high] = [Infinity, -Infinity];
    if (step.index === this.#program.hidden) [low, high] = [own ? start : 0, own ? end : 1];
    step.inputs.forEach((before, input) => {
      if (from[before]! >= to[before]!) return;
      const rule = step.rules[input]![axis];
      const reached = own ? reachedBy(rule, from[before]!, to[before]!, step.sizes[axis]!) : [0, 1];
      if (reached[0]! >= reached[1]!) return;
      [low, high] = [Math.min(low, reached[0]!), Math.max(high, reached[1]!)];
    });
    if (low >= high) return;
    if (own) {
      if (step.mixes) [low, high] = [0, step.sizes[axis]!];
      [low, high] = [Math.max(low, box.start[axis]!), Math.min(high, box.end[axis]!)];
      if (low >= high) return;
      const grid = gridOf(step)?.[axis] ?? 1;
      [low, high] = [Math.floor(low / grid) * grid, Math.ceil(high / grid) * grid];
    }
    from[step.index] = low;
    to[step.index] = high;
  }
}

function reachedBy(rule: AxisRule | undefined, start: number, end: number, size: number): readonly number[] {
  // An axis that the output's follows in no input: all of it.
  if ((rule?.from ?? null) === null) return [0, size];
  const own = rule!.forward({ start, end }, size);
  return [own.start, own.end];
}

function flattened({ steps }: Program, boxes: readonly (Box | null)[]): StepBoxes {
  const starts = new Int32Array(3 * steps.length);
  const sizes = new Int32Array(3 * steps.length);
  boxes.forEach((box, step) => {
    if (!box) return;
    const rank = box.start.length;
    sizes.fill(1, 3 * step, 3 * step + 3);
    for (let axis = 0; axis < rank; axis++) {
      const at = 3 * step + 3 - rank + axis;
      starts[at] = box.start[axis]!;
      sizes[at] = box.end[axis]! - starts[at];
    }
  });
  return { starts, sizes, key: sizes.join() };
}
