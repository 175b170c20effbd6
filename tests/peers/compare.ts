import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { occluderOf } from '../../main/engine/network/incremental/occluder';
import type { HiddenPlace } from '../../main/engine/network/network';
import { startBackend } from '../../main/engine/network/tensorflow';
import { median, printTable } from '../bench/figures';
import { benchCases, drawn, windowsOf, type BenchCase } from '../bench/incrementalNetworks';

const budgetBytes = 4 * 2 ** 30;
const rounds = 3;
const product = (sizes: readonly number[]): number => sizes.reduce((p, n) => p * n, 1);

/** Windows side by side, some 64 of them: what one costs the others does not hang on its size. */
const window: Readonly<Record<string, number>> = {
  'classifier-2d-256': 32,
  'classifier-2d-512': 64,
  'classifier-3d-64': 16,
  'classifier-3d-96': 24,
  'unet-2d-512': 64,
  'unet-3d-96': 24,
};

interface Peer {
  readonly values: readonly number[];
  readonly wallMs: number;
  readonly cpuMs: number;
}
interface Peers {
  readonly intact: number;
  readonly captum: Peer;
  readonly monai: Peer;
  readonly tfExplain?: Peer & { readonly intact: number; readonly grey: number };
}

/** Weights are drawn anew each time that a case is made: each is made once. */
const cases = new Map<string, BenchCase>();
function caseOf(key: string): BenchCase {
  const made = cases.get(key) ?? benchCases[key]?.();
  if (!made) throw new Error(`there is no case ${key}: ${Object.keys(benchCases).join(', ')}`);
  cases.set(key, made);
  return made;
}

const imageOf = ({ sizes }: BenchCase): Float32Array => drawn(product(sizes));
const sideBySide = (key: string, made: BenchCase): BenchCase => ({
  ...made,
  window: window[key] ?? made.window,
  stride: window[key] ?? made.stride,
});

/** The cases, each in a folder of its own, for `occlude.py`. */
export async function write(folder: string, keys: readonly string[]): Promise<void> {
  for (const key of keys) {
    const made = caseOf(key);
    const { graph, sizes, region } = made;
    const parts: Float32Array[] = [];
    let offset = 0;
    const nodes = graph.nodes.map(({ name, op, inputs, weights, attributes }) => ({
      name,
      op,
      inputs,
      relu: attributes['activation'] !== null && attributes['activation'] !== undefined,
      weights: weights.map(({ name: own, shape, values }) => {
        parts.push(values);
        offset += values.length;
        return { name: own, shape, offset: offset - values.length };
      }),
    }));
    const own = join(folder, key);
    await mkdir(own, { recursive: true });
    const bytes = (arrays: readonly Float32Array[]): Buffer =>
      Buffer.concat(arrays.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)));
    const image = imageOf(made);
    await writeFile(join(own, 'graph.json'), JSON.stringify({ nodes, sizes, region, window: window[key] }));
    await writeFile(join(own, 'numbers.bin'), bytes(parts));
    await writeFile(join(own, 'input.bin'), bytes([image]));
  }
}

interface Ours {
  /** For each window, what the target reads: the logits, or the sum over the region. */
  readonly scores: readonly (readonly number[])[];
  readonly intact: readonly number[];
}

/** Scores with each window hidden, by the incremental core. */
async function ours(one: BenchCase, image: Float32Array, places: readonly HiddenPlace[]): Promise<Ours> {
  const occluder = await occluderOf(one.graph, {
    inputs: { input: { shape: [1, ...one.sizes, 1], values: image } },
    hiddenIn: 'input',
    fetch: { node: one.node, stage: 'output' },
    region: one.region,
    budgetBytes,
  });
  if (!occluder) throw new Error(`${one.name} has no occluder`);
  try {
    const whole = await occluder.intact(0);
    const { region } = one;
    const channels = occluder.shape.at(-1) ?? 1;
    const intact = region ? [whole.reduce((sum, v) => sum + v, 0)] : Array.from(whole);
    const scores = places.map(() => intact);
    for await (const { outcomes } of occluder.hide(places)) {
      for (const { place, box, values } of outcomes) {
        if (!box) continue;
        if (!region) {
          scores[place] = Array.from(values);
          continue;
        }
        // The region's sum moves by what the changed box of it moves.
        const change = changeIn(whole, region, box, values, channels);
        scores[place] = [(intact[0] ?? NaN) + change];
      }
    }
    return { scores, intact };
  } finally {
    occluder.close();
  }
}

function changeIn(
  whole: Float32Array,
  region: NonNullable<BenchCase['region']>,
  box: NonNullable<BenchCase['region']>,
  values: Float32Array,
  channels: number,
): number {
  const sizes = box.end.map((to, axis) => to - (box.start[axis] ?? 0));
  const extent = region.end.map((to, axis) => to - (region.start[axis] ?? 0));
  let change = 0;
  for (let cell = 0; cell < product(sizes); cell++) {
    let [rest, at, step] = [cell, 0, 1];
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      const own = (rest % (sizes[axis] ?? 1)) + (box.start[axis] ?? 0) - (region.start[axis] ?? 0);
      at += own * step;
      step *= extent[axis] ?? 1;
      rest = Math.floor(rest / (sizes[axis] ?? 1));
    }
    for (let c = 0; c < channels; c++)
      change += (values[cell * channels + c] ?? NaN) - (whole[at * channels + c] ?? NaN);
  }
  return change;
}

/** What one window costs on the lattice that the targets are given for: medians of three, ms. */
async function cost(made: BenchCase, image: Float32Array): Promise<{ readonly wall: number; readonly cpu: number }> {
  const places = windowsOf(made);
  const taken: { wall: number; cpu: number }[] = [];
  for (let n = 0; n < rounds; n++) {
    const [began, before] = [performance.now(), process.cpuUsage()];
    await ours(made, image, places);
    const { user, system } = process.cpuUsage(before);
    taken.push({ wall: (performance.now() - began) / places.length, cpu: (user + system) / 1000 / places.length });
  }
  return { wall: median(taken.map(({ wall }) => wall)), cpu: median(taken.map(({ cpu }) => cpu)) };
}

const softmax = (logits: readonly number[], k: number): number => {
  const most = Math.max(...logits);
  const all = logits.map((z) => Math.exp(z - most));
  return (all[k] ?? NaN) / all.reduce((sum, e) => sum + e, 0);
};

const greatest = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((most, v, n) => Math.max(most, Math.abs(v - (b[n] ?? NaN))), 0);

/** Reads what `occlude.py` found, and prints times and differences, all as drops: score intact − score hidden. */
export async function compare(folder: string, keys: readonly string[]): Promise<void> {
  const { threads } = await startBackend();
  console.log(`peers on the same networks, inputs, windows and processor, ${threads} threads each`);
  const rows: (readonly string[])[] = [];
  for (const key of keys) {
    const made = caseOf(key);
    const image = new Float32Array((await readFile(join(folder, key, 'input.bin'))).buffer.slice(0));
    const peers = JSON.parse(await readFile(join(folder, key, 'peers.json'), 'utf8')) as Peers;
    const apart = sideBySide(key, made);
    const places = windowsOf(apart);
    const own = await ours(apart, image, places);
    const [intact = NaN] = own.intact;
    const drops = own.scores.map(([score = NaN]) => intact - score);
    const scale = Math.max(Math.abs(intact), ...drops.map(Math.abs));
    const captum = greatest(drops, peers.captum.values) / scale;
    // MONAI gives the score with the window hidden.
    const monai =
      greatest(
        drops,
        peers.monai.values.map((hidden) => peers.intact - hidden),
      ) / scale;
    const { wall, cpu } = await cost(made, image);
    const fastest = peers.captum.wallMs <= peers.monai.wallMs ? peers.captum : peers.monai;
    rows.push([
      made.name,
      `${wall.toFixed(2)} / ${cpu.toFixed(2)}`,
      `${peers.captum.wallMs.toFixed(1)} / ${peers.captum.cpuMs.toFixed(1)}`,
      `${peers.monai.wallMs.toFixed(1)} / ${peers.monai.cpuMs.toFixed(1)}`,
      `${(fastest.wallMs / wall).toFixed(0)} / ${(fastest.cpuMs / cpu).toFixed(0)}`,
      captum.toExponential(1),
      monai.toExponential(1),
      peers.tfExplain ? await besideTfExplain(apart, image, places, peers.tfExplain) : '–',
    ]);
  }
  printTable(
    [
      'case',
      'ours ms a window (wall / CPU)',
      'Captum',
      'MONAI',
      'ratio to the faster',
      'difference to Captum',
      'to MONAI',
      'to tf-explain (its ms)',
    ],
    rows,
  );
}

/** tf-explain fills with 127.5 and gives 1 − p. */
async function besideTfExplain(
  apart: BenchCase,
  image: Float32Array,
  places: readonly HiddenPlace[],
  { values, grey, wallMs }: NonNullable<Peers['tfExplain']>,
): Promise<string> {
  const filled = places.map((place) => ({ ...place, values: place.values.map(() => grey) }));
  const { scores } = await ours(apart, image, filled);
  const found = scores.map((logits) => 1 - softmax(logits, 0));
  return `${greatest(found, values).toExponential(1)} (${wallMs.toFixed(1)})`;
}
