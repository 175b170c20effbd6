import { isView, type Program, type Step } from '../incremental/program';
import { sizesOfBox, volumeOf } from '../incremental/box';
import { boxOfRows, rowCount, schedule, type Rows, type Thickness } from './schedule';

/** Multiply-adds that keep one native call well below 200 ms on two cores. */
const callMacs = 1.5e9;
/** A chunk's own bytes, so that its kernels stay near the cache. */
const chunkBytes = 2 ** 26;

export const rowBytes = (step: Step): number => 4 * volumeOf(step.sizes.slice(1)) * step.channels;

export const bytesOfRows = (step: Step, rows: Rows): number =>
  4 * volumeOf(sizesOfBox(boxOfRows(step, rows))) * step.channels;

function largest(step: Step): number {
  const cells = volumeOf(step.sizes.slice(1));
  const byWork = Math.floor(callMacs / Math.max(1, step.macsPerCell * cells));
  const byBytes = Math.floor(chunkBytes / Math.max(1, rowBytes(step)));
  return Math.max(1, Math.min(rowCount(step), byWork, byBytes));
}

/**
 * What is held at the fullest moment: rows still to be read, the chunk being made with its sum before the activation, and copies of what
 * it reads: put together, and padded.
 */
export function peakBytes(program: Program, thickness: Thickness): number {
  const held = program.steps.map(() => 0);
  const kept = program.steps.map(() => 0);
  let all = 0;
  let peak = 0;
  for (const event of schedule(program, thickness)) {
    const { index } = event.step;
    if (event.kind === 'drop') {
      const freed = Math.min(held[index]!, Math.max(0, event.before - kept[index]!) * rowBytes(event.step));
      kept[index] = event.before;
      held[index]! -= freed;
      all -= freed;
      continue;
    }
    const own = bytesOfRows(event.step, event.rows);
    let read = 0;
    for (const [source, rows] of event.reads) read += bytesOfRows(program.steps[source]!, rows);
    peak = Math.max(peak, all + 3 * own + 2 * read);
    held[index]! += own;
    all += own;
  }
  return peak;
}

/**
 * As many rows at once as keep native calls short and all together within the budget; with the bytes that they take. With a single row at
 * once it may still be more than the budget: then nothing less is possible.
 */
export function thicknessWithin(
  program: Program,
  budgetBytes: number,
): { readonly thickness: Thickness; readonly peak: number } {
  const most = program.steps.map((step) => (isView(step) ? 1 : largest(step)));
  for (let share = 1; ; share /= 2) {
    const thickness: Thickness = ({ index }) => Math.max(1, Math.floor(most[index]! * share));
    const peak = peakBytes(program, thickness);
    if (peak <= budgetBytes || most.every((rows) => rows * share <= 1)) return { thickness, peak };
  }
}
