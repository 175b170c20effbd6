import { demand, type AxisRule } from '../operation/interval';
import { hull, meet, onGrid, wholeBox, type Box } from './box';
import type { Program, Step } from './program';

/** Boxes of a transposed convolution lie on its stride, so that every place of a batch is cut alike. */
export const gridOf = ({ work }: Step): readonly number[] | null =>
  work.kind === 'transposed' ? work.spreading.map(({ stride }) => stride) : null;

/** The box of an input that a box of the output reads, cut to the map; null where that is only padding. */
export function neededBox(step: Step, input: number, output: Box): Box | null {
  const sizes = step.inputShapes[input]!.slice(1, -1) as readonly number[];
  if (step.work.kind === 'whole' || step.work.kind === 'mean') return wholeBox(sizes);
  const along = step.rules[input]!.map((rule) => {
    const axis = rule.from === null ? null : rule.from - 1;
    return demand(rule, axis === null ? { start: 0, end: 1 } : { start: output.start[axis]!, end: output.end[axis]! });
  });
  const box = { start: along.map(({ start }) => start), end: along.map(({ end }) => end) };
  return meet(box, wholeBox(sizes));
}

/** The part of every map that the region of the target reads: nothing else is ever computed. */
export function demandOf({ steps, target }: Program, region: Box | null): readonly (Box | null)[] {
  const demanded: (Box | null)[] = steps.map(() => null);
  demanded[target] = meet(region ?? wholeBox(steps[target]!.sizes), wholeBox(steps[target]!.sizes));
  for (let n = steps.length - 1; n >= 0; n--) {
    const step = steps[n]!;
    const box = demanded[n];
    if (!box) continue;
    const own = onGrid(box, gridOf(step));
    demanded[n] = own;
    step.inputs.forEach((before, input) => {
      demanded[before] = hull(demanded[before]!, neededBox(step, input, own));
    });
  }
  return demanded;
}

/** The box of a step that changed boxes of its inputs can change; null where none of them reaches it. */
function changedBy(step: Step, boxes: readonly (Box | null)[]): Box | null {
  let changed: Box | null = null;
  step.inputs.forEach((before, input) => {
    const box = boxes[before];
    if (!box) return;
    changed = step.mixes ? wholeBox(step.sizes) : hull(changed, forwarded(step.rules[input]!, box, step.sizes));
  });
  return changed;
}

function forwarded(rules: readonly AxisRule[], box: Box, sizes: readonly number[]): Box | null {
  const start = sizes.map(() => 0);
  const end = [...sizes];
  for (let axis = 0; axis < rules.length; axis++) {
    const rule = rules[axis]!;
    const to = rule.from === null ? 0 : sizes[rule.from - 1]!;
    const own = rule.forward({ start: box.start[axis]!, end: box.end[axis]! }, rule.from === null ? 1 : to);
    if (own.start >= own.end) return null;
    if (rule.from === null) continue;
    start[rule.from - 1] = own.start;
    end[rule.from - 1] = own.end;
  }
  return { start, end };
}

/** What a hidden box of the input changes of every map, within what is demanded of it; null where nothing. */
export function changedBoxes(
  { steps, hidden }: Program,
  demanded: readonly (Box | null)[],
  box: Box,
): readonly (Box | null)[] {
  const boxes: (Box | null)[] = [];
  for (const step of steps) {
    const own = step.index === hidden ? box : step.inputs.length === 0 ? null : changedBy(step, boxes);
    const kept = meet(own, demanded[step.index]!);
    boxes.push(kept && onGrid(kept, gridOf(step)));
  }
  return boxes;
}
