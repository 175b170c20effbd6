import type { NetworkArray } from '../network';
import { tf, type Tensor } from '../tensorflow';
import { sizesOfBox, volumeOf } from './box';
import { paddingRows } from './assembly';
import { joinedAlong, reshaped } from './native';
import { isView, type Step } from './program';
import type { Computed } from './runStep';
import { runBatch, type Turns } from './runBatch';
import type { IntactMaps, Running, Setting } from './running';

/** Bytes that the intact maps of one entry take. */
export function intactBytes({ program, demanded, parts }: Setting): number {
  let bytes = 0;
  for (const step of program.steps) {
    const box = demanded[step.index];
    if (!box || isView(step)) continue;
    const own = 4 * volumeOf(sizesOfBox(box)) * step.channels;
    bytes += parts[step.index] && step.activation.kind !== 'linear' ? 2 * own : own;
  }
  return bytes;
}

/** Runs some entries with nothing hidden, within what is demanded, and keeps every map. Free them with `freeMaps`. */
export async function intactMaps(
  setting: Setting,
  inputs: ReadonlyMap<string, NetworkArray>,
  entries: readonly number[],
  turns: Turns,
): Promise<IntactMaps> {
  const { program, demanded, parts } = setting;
  const count = entries.length;
  const sizes = demanded.map((box) => box && sizesOfBox(box));
  const rows: (Tensor | null)[] = program.steps.map(() => null);
  const before: (Tensor | null)[] = program.steps.map(() => null);
  let finite = true;
  const hold = (step: Step, { output, before: sum }: Computed): void => {
    rows[step.index] = tf.keep(tableOf(output, step.channels));
    if (!parts[step.index]) return;
    const largest = tf.tidy(() => tf.max(tf.abs(tf.mul(sum, 0))).dataSync()[0]!);
    if (largest !== 0) finite = false;
    if (sum !== output) before[step.index] = tf.keep(reshaped(sum, [sum.size / step.channels, step.channels]));
  };
  const running: Running = {
    ...setting,
    delta: program.steps.map(() => false),
    intact: null,
    count,
    sizes,
    starts: demanded.map((box) => box && repeatedStarts(box.start, count)),
    slots: Int32Array.from({ length: count }, (_, n) => n),
    patches: program.steps.map(() => null),
    boxRows: new Map(),
  };
  try {
    for (const step of program.steps) {
      const box = demanded[step.index];
      if (step.work.kind !== 'input' || !box) continue;
      const patch = inputPatch(inputs.get(step.node.name)!, entries, box.start, sizesOfBox(box));
      running.patches[step.index] = patch;
      tf.tidy(() => {
        hold(step, { output: patch, before: patch });
      });
    }
    const target = await runBatch(running, turns, hold);
    target.dispose();
    return { entries, rows, before, finite };
  } catch (thrown) {
    freeMaps({ entries, rows, before, finite });
    throw thrown;
  }
}

export function freeMaps({ rows, before }: IntactMaps): void {
  for (const tensor of [...rows, ...before]) tensor?.dispose();
}

/** The map's rows with the two of padding behind them. */
const tableOf = (map: Tensor, channels: number): Tensor =>
  joinedAlong([reshaped(map, [map.size / channels, channels]), paddingRows(channels)], 0);

function repeatedStarts(start: readonly number[], count: number): Int32Array {
  const all = new Int32Array(count * start.length);
  for (let item = 0; item < count; item++) all.set(start, item * start.length);
  return all;
}

/** A box of some entries of an input. */
function inputPatch(
  { shape, values }: NetworkArray,
  entries: readonly number[],
  start: readonly number[],
  sizes: readonly number[],
): Tensor {
  const patch = new Float32Array(entries.length * volumeOf(sizes) * shape.at(-1)!);
  let at = 0;
  for (const entry of entries) {
    copyBox(values, entry * volumeOf(shape.slice(1)), shape.slice(1), start, sizes, patch, at);
    at += volumeOf(sizes) * shape.at(-1)!;
  }
  return tf.tensor(patch, [entries.length, ...sizes, shape.at(-1)!]);
}

/** Copies a box of a map `[sizes…, channels]`, row by row. */
export function copyBox(
  from: Float32Array,
  base: number,
  shape: readonly number[],
  start: readonly number[],
  sizes: readonly number[],
  to: Float32Array,
  target: number,
): void {
  const channels = shape.at(-1)!;
  const rank = sizes.length;
  const length = (rank === 0 ? 1 : sizes[rank - 1]!) * channels;
  const rows = volumeOf(sizes.slice(0, -1));
  for (let row = 0; row < rows; row++) {
    let rest = row;
    let offset = rank === 0 ? 0 : start[rank - 1]!;
    let step = rank === 0 ? 1 : shape[rank - 1]!;
    for (let axis = rank - 2; axis >= 0; axis--) {
      offset += (start[axis]! + (rest % sizes[axis]!)) * step;
      rest = Math.floor(rest / sizes[axis]!);
      step *= shape[axis]!;
    }
    const first = base + offset * channels;
    to.set(from.subarray(first, first + length), target + row * length);
  }
}
