import type { Box } from '../incremental/box';
import { isView, type Program, type Step } from '../incremental/program';
import { gridOf, neededBox } from '../incremental/reach';

/** Rows of a map: cells along its first spatial axis, half-open. A vector has one row. */
export interface Rows {
  readonly from: number;
  readonly to: number;
}

/** What happens next while a network runs from its first rows to its last. */
export type Event =
  /** Rows of a step are computed (of an input: read) from those of the held steps that it reads. */
  | { readonly kind: 'compute'; readonly step: Step; readonly rows: Rows; readonly reads: ReadonlyMap<number, Rows> }
  /** Nobody reads the rows before this one any more. */
  | { readonly kind: 'drop'; readonly step: Step; readonly before: number };

/** How many rows of each step are computed at once, at most. */
export type Thickness = (step: Step) => number;

export const rowCount = ({ sizes }: Step): number => sizes[0] ?? 1;

/** The box of some rows; what is spread on a grid is cut on it, even beyond the map. */
export function boxOfRows(step: Step, { from, to }: Rows): Box {
  const grid = gridOf(step);
  const start = step.sizes.map((_, axis) => (axis === 0 ? from : 0));
  const end = step.sizes.map((n, axis) => (axis === 0 ? to : n));
  if (!grid) return { start, end };
  return {
    start: start.map((at, axis) => Math.floor(at / grid[axis]!) * grid[axis]!),
    end: end.map((at, axis) => Math.ceil(at / grid[axis]!) * grid[axis]!),
  };
}

/** The rows that a box of a step reads of each held step, views looked through. */
function readsOf(program: Program, step: Step, box: Box, reads = new Map<number, Rows>()): Map<number, Rows> {
  step.inputs.forEach((index, input) => {
    const source = program.steps[index]!;
    const needed = neededBox(step, input, box);
    if (!needed) return;
    if (isView(source)) {
      readsOf(program, source, needed, reads);
      return;
    }
    const [from, to] = [needed.start[0] ?? 0, needed.end[0] ?? 1];
    const known = reads.get(index);
    reads.set(index, { from: Math.min(from, known?.from ?? from), to: Math.max(to, known?.to ?? to) });
  });
  return reads;
}

/**
 * The order in which every map's rows come into being and are let go: each row is computed once, when what stands behind it asks for it,
 * so that of a map only those rows are held at once that a window further on still reads. What mixes a whole map asks for all of it.
 */
export function* schedule(program: Program, thickness: Thickness): Generator<Event, void> {
  const done = program.steps.map(() => 0);
  const held = program.steps.map(() => 0);
  const readers = heldReaders(program);

  function* ensure(step: Step, upTo: number): Generator<Event, void> {
    while (done[step.index]! < Math.min(upTo, rowCount(step))) {
      const from = done[step.index]!;
      const rows = { from, to: nextEnd(step, from, thickness(step)) };
      const reads = readsOf(program, step, boxOfRows(step, rows));
      for (const [index, { to }] of reads) yield* ensure(program.steps[index]!, to);
      yield { kind: 'compute', step, rows, reads };
      done[step.index] = rows.to;
      for (const index of reads.keys()) yield* release(program.steps[index]!);
    }
  }

  function* release(step: Step): Generator<Event, void> {
    let before = done[step.index]!;
    for (const reader of readers[step.index]!) {
      const next = done[reader.index]!;
      if (next >= rowCount(reader)) continue;
      const box = boxOfRows(reader, { from: next, to: next + 1 });
      before = Math.min(before, readsOf(program, reader, box).get(step.index)?.from ?? before);
    }
    if (before <= held[step.index]!) return;
    held[step.index] = before;
    yield { kind: 'drop', step, before };
  }

  const target = program.steps[program.target]!;
  while (done[target.index]! < rowCount(target)) {
    yield* ensure(target, done[target.index]! + 1);
    held[target.index] = done[target.index]!;
    yield { kind: 'drop', step: target, before: done[target.index]! };
  }
}

/** Steps that mix all of a map come into being at once. */
function nextEnd(step: Step, from: number, thickness: number): number {
  const all = rowCount(step);
  if (step.work.kind === 'whole' || step.work.kind === 'mean') return all;
  const grid = gridOf(step)?.[0] ?? 1;
  return Math.min(all, from + Math.max(grid, Math.floor(thickness / grid) * grid));
}

/** The steps that read each held step, through views too. */
function heldReaders(program: Program): readonly (readonly Step[])[] {
  const readers = program.steps.map((): Step[] => []);
  const follow = (step: Step, reader: Step): void => {
    for (const index of step.inputs) {
      const source = program.steps[index]!;
      if (isView(source)) follow(source, reader);
      else if (!readers[index]!.includes(reader)) readers[index]!.push(reader);
    }
  };
  for (const step of program.steps) if (!isView(step)) follow(step, step);
  return readers;
}
