import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { boundsOf } from '../../../main/engine/network/bounds';
import { openNetwork } from '../../../main/engine/network/open';
import { rangeOf } from '../../../main/engine/network/operation/range';
import { startBackend } from '../../../main/engine/network/tensorflow';
import { graphCases, graphFolder, unzipped } from './graphCases';
import { constant, field, graph, input, node, raw, tensor } from './graphFiles';
import { noise } from './handmade';
import { unpacked } from './referenceCases';

await startBackend({ rung: 'native' });
const folder = mkdtempSync(join(tmpdir(), 'isolens-laws-'));
afterAll(() => rmSync(folder, { recursive: true }));

const integers = (values: readonly number[]): number[] =>
  field(
    7,
    [...values].map((v) => (v < 0 ? v + 256 : v)),
  );

describe('a convolution over a sequence, written as one over a plane', () => {
  const list = (...values: number[]): number[] => field(1, field(3, values));
  const word = (text: string): number[] => field(2, text);
  const bytes = graph(
    input('x', [1, 9, 2]),
    constant('axis', tensor(3, [], integers([1]))),
    node('ExpandDims', 'plane', ['x', 'axis']),
    constant('k', tensor(1, [1, 3, 2, 1], raw([1, 2, 3, 4, 5, 6]))),
    node('Conv2D', 'conv', ['plane', 'k'], { strides: list(1, 1, 1, 1), padding: word('VALID') }),
    node('Squeeze', 'line', ['conv'], { squeeze_dims: list(1) }),
  );

  it('is worked out by hand and sees three places', async () => {
    writeFileSync(join(folder, 'line.pb'), bytes);
    const network = await openNetwork(join(folder, 'line.pb'));
    const values = Float32Array.from({ length: 18 }, (_, i) => i);
    const results = await network.run({ x: { shape: [1, 9, 2], values } }, [{ node: 'line', stage: 'output' }]);
    // 0·1 + 1·2 + 2·3 + 3·4 + 4·5 + 5·6, and 21 · 2 more at each step.
    expect([...results.get('line')!.values]).toEqual([70, 112, 154, 196, 238, 280, 322]);
    expect(network.description.nodes.at(-1)).toMatchObject({
      name: 'line',
      outputShape: [null, 7, 1],
      receptiveField: { size: [3], step: [1], start: [0] },
    });
    network.close();
  });
});

describe('reshapes that touch the batch', () => {
  const minusOne = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1];
  const sizes = (name: string, ...after: number[]): number[] =>
    constant(name, tensor(3, [1 + after.length], field(7, [...minusOne, ...after])));

  it('as rows of one matrix are a dense layer over the voxels', async () => {
    const bytes = graph(
      input('x', [1, 2, 2]),
      sizes('rows', 2),
      node('Reshape', 'flat', ['x', 'rows']),
      constant('k', tensor(1, [2, 1], raw([1, 10]))),
      node('MatMul', 'product', ['flat', 'k']),
      sizes('back', 2, 1),
      node('Reshape', 'voxels', ['product', 'back']),
    );
    writeFileSync(join(folder, 'rows.pb'), bytes);
    const network = await openNetwork(join(folder, 'rows.pb'));
    const results = await network.run({ x: { shape: [2, 2, 2], values: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8) } }, [
      { node: 'voxels', stage: 'output' },
    ]);
    expect(results.get('voxels')).toEqual({ shape: [2, 2, 1], values: Float32Array.of(21, 43, 65, 87) });
    expect(network.graph.nodes.map((own) => own.op)).toEqual(['input', 'dense']);
    network.close();
  });

  it('and mix its entries are not read as something else', async () => {
    const bytes = graph(
      input('x', [2, 2, 2]),
      sizes('all', 4, 2),
      node('Reshape', 'mixed', ['x', 'all']),
      node('Relu', 'y', ['mixed']),
    );
    writeFileSync(join(folder, 'mixed.pb'), bytes);
    const network = await openNetwork(join(folder, 'mixed.pb'));
    expect(network.description.unsupported).toMatchObject([
      { node: 'mixed', op: 'Reshape', reason: 'it mixes the batch with other axes' },
    ]);
    network.close();
  });
});

/** Opens a graph of the references and gives what it takes. */
async function opened(path: string, remove: () => void = () => undefined) {
  const network = await openNetwork(path);
  remove();
  const [only] = network.graph.inputs;
  const runnable = network.graph.nodes.filter((own) => own.op !== 'unknown' && own.outputShape);
  return { network, only: only!, runnable };
}

const sources = [
  ['phase.pb', 'phase'],
  ['first.pb', 'first'],
  ['classifier2d.zip', 'classifier2d'],
  ['unet3d.zip', 'unet3d'],
] as const;

function pathOf(file: string): { readonly path: string; readonly remove: () => void } {
  if (file.endsWith('.pb')) return { path: join(graphFolder, file), remove: () => undefined };
  const made = unzipped(file);
  return { path: join(made.folder, 'frozen.pb'), remove: made.remove };
}

describe.each(sources)('the operations of %s', (file, name) => {
  const { array } = graphCases(2).find((c) => c.network === name)!;

  it('never leave their bounds', async () => {
    const { path, remove } = pathOf(file);
    const { network, only, runnable } = await opened(path, remove);
    const image = unpacked(array);
    const channels = image.shape.at(-1)!;
    const [low, high] = [Math.min(...image.values), Math.max(...image.values)];
    const bounds = boundsOf(
      network.graph,
      rangeOf(channels, () => [low, high]),
    );
    const fetches = runnable.map((own) => ({ node: own.name, stage: 'output' as const }));
    const results = await network.run({ [only.name]: image }, fetches);
    const outside = runnable.filter((own) => {
      const bound = bounds.get(own.name);
      const { shape, values } = results.get(own.name)!;
      const last = shape.at(-1)!;
      return bound && values.some((v, i) => v < bound.lower[i % last]! || v > bound.upper[i % last]!);
    });
    expect(outside.map((own) => own.name)).toEqual([]);
    expect(bounds.size).toBeGreaterThan(runnable.length / 2);
    network.close();
  });

  it('see no voxel beyond their receptive field', async () => {
    const { path, remove } = pathOf(file);
    const { network, only, runnable } = await opened(path, remove);
    const { shape, values } = unpacked(array);
    const image = { shape: [1, ...shape.slice(1)], values: values.slice(0, values.length / shape[0]!) };
    const fetches = runnable.map((own) => ({ node: own.name, stage: 'output' as const }));
    const intact = await network.run({ [only.name]: image }, fetches);
    const space = image.shape.slice(1, -1);
    for (const share of [0.1, 0.5, 0.8]) {
      const place = space.map((n) => Math.floor(n * share));
      const changed = await network.run({ [only.name]: poked(image, place) }, fetches);
      for (const own of runnable) {
        const seen = network.description.nodes.find((n) => n.name === own.name)!.receptiveField;
        if (!seen || seen === 'global' || !('size' in seen) || !Array.isArray(seen.size)) continue;
        const moved = movedCells(intact.get(own.name)!, changed.get(own.name)!);
        for (const cell of moved) expect(sees(seen as Field, cell, place)).toBe(true);
      }
    }
    network.close();
  });
});

interface Field {
  readonly size: readonly (number | null)[];
  readonly step: readonly number[];
  readonly start: readonly number[];
}

interface Image {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

function poked({ shape, values }: Image, place: readonly number[]): { shape: number[]; values: Float32Array } {
  const channels = shape.at(-1)!;
  const cell = place.reduce((at, p, a) => at * shape[a + 1]! + p, 0);
  const other = values.slice();
  for (let c = 0; c < channels; c++) other[cell * channels + c]! += 3 + noise(1, c + 1)[0]!;
  return { shape: [...shape], values: other };
}

/** Spatial positions at which any channel moved. */
function movedCells(a: Image, b: Image): number[][] {
  const space = a.shape.slice(1, -1);
  const channels = a.shape.at(-1)!;
  const cells = new Set<number>();
  a.values.forEach((v, i) => {
    if (v !== b.values[i]) cells.add(Math.floor(i / channels));
  });
  return [...cells].map((cell) => {
    let rest = cell;
    return space
      .map((n) => n)
      .reverse()
      .map((n) => {
        const at = rest % n;
        rest = Math.floor(rest / n);
        return at;
      })
      .reverse();
  });
}

/** Whether the node's voxel sees the input's place: axes that were turned are held against any of the node's. */
function sees({ size, step, start }: Field, cell: readonly number[], place: readonly number[]): boolean {
  return size.every((n, a) => {
    if (n === null) return true;
    const candidates = cell.length === size.length ? cell : [0, ...cell];
    return candidates.some((o) => {
      const low = start[a]! + step[a]! * o;
      return place[a]! >= low - 1e-6 && place[a]! <= low + n - 1 + 1e-6;
    });
  });
}
