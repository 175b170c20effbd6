import { execute, acceptInputs, HeldWeights } from '../../../../main/engine/network/execute';
import type { NetworkGraph } from '../../../../main/engine/network/graph';
import { occluderOf } from '../../../../main/engine/network/incremental/occluder';
import type { Fetch, HiddenPlace, Occluder, VoxelBox } from '../../../../main/engine/network/network';

const product = (sizes: readonly number[]): number => sizes.reduce((p, n) => p * n, 1);

export interface Compared {
  /** Largest difference at any place and any voxel that counts, over the largest value there is (at least 1). */
  readonly worst: number;
  /** Largest change that any place made. */
  readonly effect: number;
  readonly outcomes: number;
  readonly occluder: Occluder;
}

/** Every cell of `box` in a map of these sizes, row by row. */
function cellsOf(sizes: readonly number[], box: VoxelBox): Int32Array {
  const extent = box.end.map((to, a) => to - box.start[a]!);
  return Int32Array.from({ length: product(extent) }, (_, n) => {
    let [rest, at, step] = [n, 0, 1];
    for (let a = sizes.length - 1; a >= 0; a--) {
      at += (box.start[a]! + (rest % extent[a]!)) * step;
      rest = Math.floor(rest / extent[a]!);
      step *= sizes[a]!;
    }
    return at;
  });
}

/** Hides every place both ways and compares all values of the region. Frees everything. */
export async function comparedWithFull(
  graph: NetworkGraph,
  input: { readonly shape: readonly number[]; readonly values: Float32Array },
  places: readonly HiddenPlace[],
  fetch: Fetch,
  region: VoxelBox | null,
  budgetBytes = 2 ** 30,
): Promise<Omit<Compared, 'occluder'>> {
  const occluder = await occluderOf(graph, { inputs: { input }, hiddenIn: 'input', fetch, region, budgetBytes });
  if (!occluder) throw new Error('there is no occluder for this network');
  const weights = new HeldWeights();
  const key = fetch.stage === 'output' ? fetch.node : `${fetch.node}:preActivation`;
  const full = async (shape: readonly number[], values: Float32Array) =>
    (await execute(graph, weights, acceptInputs(graph, { input: { shape, values } }), [fetch])).get(key)!;
  try {
    const size = product(input.shape.slice(1));
    const channels = input.shape.at(-1)!;
    const intact = await full(input.shape, input.values);
    const sizes = intact.shape.slice(1, -1);
    const width = intact.shape.at(-1)!;
    const whole = { start: sizes.map(() => 0), end: sizes };
    const counted = cellsOf(sizes, region ?? whole);
    let [worst, effect, outcomes] = [0, 0, 0];
    let largest = 1;
    const differ = (a: number, b: number): void => {
      const difference = Math.abs(a - b);
      if (!(difference <= worst)) worst = difference;
      if (Math.abs(b) > largest) largest = Math.abs(b);
    };
    const seen = new Set<number>();
    const found: { place: number; box: VoxelBox | null; values: Float32Array }[] = [];
    for await (const { outcomes: some } of occluder.hide(places)) found.push(...some);
    for (let from = 0; from < places.length; from += 32) {
      const part = places.slice(from, from + 32);
      const batch = new Float32Array(part.length * size);
      part.forEach(({ entry, box, values }, n) => {
        batch.set(input.values.subarray(entry * size, (entry + 1) * size), n * size);
        let k = 0;
        for (const at of cellsOf(input.shape.slice(1, -1), box)) {
          for (let c = 0; c < channels; c++) batch[n * size + at * channels + c] = values[k++]!;
        }
      });
      const hidden = await full([part.length, ...input.shape.slice(1)], batch);
      const cells = product(sizes) * width;
      for (const { place, box, values } of found) {
        if (place < from || place >= from + part.length) continue;
        outcomes += 1;
        if (seen.has(place)) throw new Error(`place ${place} came twice`);
        seen.add(place);
        const { entry } = places[place]!;
        const base = entry * cells;
        const wanted = hidden.values.subarray((place - from) * cells, (place - from + 1) * cells);
        for (const at of counted) {
          for (let c = 0; c < width; c++) {
            effect = Math.max(effect, Math.abs(wanted[at * width + c]! - intact.values[base + at * width + c]!));
          }
        }
        const given = Float32Array.from(intact.values.subarray(base, base + cells));
        let k = 0;
        if (box) {
          for (const at of cellsOf(sizes, box)) for (let c = 0; c < width; c++) given[at * width + c] = values[k++]!;
        }
        for (const at of counted)
          for (let c = 0; c < width; c++) differ(given[at * width + c]!, wanted[at * width + c]!);
      }
    }
    return { worst: worst / largest, effect, outcomes };
  } finally {
    occluder.close();
    weights.free();
  }
}
