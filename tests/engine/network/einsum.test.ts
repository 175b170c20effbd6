import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openNetwork } from '../../../main/engine/network/open';
import { startBackend, tf } from '../../../main/engine/network/tensorflow';
import { constant, field, graph, input, node, raw, tensor } from './graphFiles';
import { noise } from './handmade';

await startBackend({ rung: 'native' });
const folder = mkdtempSync(join(tmpdir(), 'isolens-einsum-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

interface Array_ {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

const count = (shape: readonly number[]): number => shape.reduce((p, n) => p * n, 1);

/** The definition: for every value of every letter the product is added where the letters of the result say. */
function summed(letters: readonly string[], out: string, operands: readonly Array_[]): Array_ {
  const sizes = new Map<string, number>();
  letters.forEach((own, i) => {
    Array.from(own).forEach((letter, a) => sizes.set(letter, operands[i]!.shape[a]!));
  });
  const all = [...sizes];
  const shape = Array.from(out, (letter) => sizes.get(letter)!);
  const values = new Float64Array(count(shape));
  const index = new Map<string, number>();
  const at = (own: string): number =>
    Array.from(own).reduce((place, letter) => place * sizes.get(letter)! + index.get(letter)!, 0);
  for (let n = 0; n < count(all.map(([, size]) => size)); n++) {
    let rest = n;
    for (const [letter, size] of all) {
      index.set(letter, rest % size);
      rest = Math.floor(rest / size);
    }
    values[at(out)]! += letters.reduce((product, own, i) => product * operands[i]!.values[at(own)]!, 1);
  }
  return { shape, values: Float32Array.from(values) };
}

const drawn = (shape: readonly number[], seed: number): Array_ => ({ shape, values: noise(count(shape), seed) });

/** Opens a graph of one Einsum: of x with a constant before it or behind, or with itself. */
async function opened(equation: string, x: Array_, constants: readonly (Array_ | null)[]) {
  const names = constants.map((own, i) => (own ? `k${i}` : 'x'));
  const bytes = graph(
    input('x', x.shape),
    ...constants.flatMap((own, i) => (own ? [constant(`k${i}`, tensor(1, own.shape, raw([...own.values])))] : [])),
    node('Einsum', 'sum', names, { equation: field(2, equation) }),
    node('Neg', 'y', ['sum']),
  );
  writeFileSync(join(folder, 'sum.pb'), bytes);
  return openNetwork(join(folder, 'sum.pb'));
}

describe('Einsum', () => {
  it.each([
    // Keras' MultiHeadAttention: projection in, scores, values, projection out.
    ['abc,cde->abde', 'abc', 'cde', 'abde', [2, 3, 4], [4, 2, 3]],
    ['abcd,cde->abe', 'abcd', 'cde', 'abe', [2, 3, 2, 4], [2, 4, 5]],
    ['abcd,def->abcef', 'abcd', 'def', 'abcef', [2, 3, 2, 4], [4, 2, 3]],
    // Keras' EinsumDense in its documentation, and axes in other orders.
    ['ab,bc->ac', 'ab', 'bc', 'ac', [2, 3], [3, 4]],
    ['...x,xy->...y', 'abx', 'xy', 'aby', [2, 3, 4], [4, 5]],
    ['abc,cd', 'abc', 'cd', 'abd', [2, 3, 4], [4, 5]],
    ['abc,dcb->ad', 'abc', 'dcb', 'ad', [2, 3, 4], [5, 4, 3]],
    ['abc,bd->adc', 'abc', 'bd', 'adc', [2, 3, 4], [3, 5]],
  ] as const)('%s of a map and a constant', async (equation, a, b, out, shape, other) => {
    const before = tf.memory().numTensors;
    const [x, k] = [drawn(shape, 1), drawn(other, 2)];
    const network = await opened(equation, x, [null, k]);
    expect(network.description.unsupported).toEqual([]);
    const { shape: found, values } = (await network.run({ x }, [{ node: 'sum', stage: 'output' }])).get('sum')!;
    const wanted = summed([a, b], out, [x, k]);
    expect(found).toEqual(wanted.shape);
    values.forEach((v, n) => {
      expect(v).toBeCloseTo(wanted.values[n]!, 5);
    });
    network.close();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('takes the constant first as well', async () => {
    const [x, k] = [drawn([2, 3, 4], 1), drawn([5, 4], 2)];
    const network = await opened('dc,abc->abd', x, [k, null]);
    const { values } = (await network.run({ x }, [{ node: 'sum', stage: 'output' }])).get('sum')!;
    const wanted = summed(['dc', 'abc'], 'abd', [k, x]);
    values.forEach((v, n) => {
      expect(v).toBeCloseTo(wanted.values[n]!, 5);
    });
    network.close();
  });

  it.each([
    // Scores of heads: the keys in the plane, and all heads' at once.
    ['aecd,abcd->acbe', 'aecd', 'abcd', 'acbe', [2, 3, 2, 4]],
    ['abcd,abed->ace', 'abcd', 'abed', 'ace', [2, 3, 2, 4]],
    ['abcd,aecd->abe', 'abcd', 'aecd', 'abe', [2, 3, 2, 4]],
    ['abcd,aefd->abcef', 'abcd', 'aefd', 'abcef', [2, 3, 2, 4]],
    ['abc,adc->abd', 'abc', 'adc', 'abd', [2, 3, 4]],
    ['abc,ade->abcde', 'abc', 'ade', 'abcde', [2, 3, 4]],
  ] as const)('%s of a map and itself', async (equation, a, b, out, shape) => {
    const before = tf.memory().numTensors;
    const x = drawn(shape, 3);
    const network = await opened(equation, x, [null, null]);
    expect(network.description.unsupported).toEqual([]);
    const { shape: found, values } = (await network.run({ x }, [{ node: 'sum', stage: 'output' }])).get('sum')!;
    const wanted = summed([a, b], out, [x, x]);
    expect(found).toEqual(wanted.shape);
    values.forEach((v, n) => {
      expect(v).toBeCloseTo(wanted.values[n]!, 5);
    });
    network.close();
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each([
    ['abc,cd->bad', [4, 5], 'it moves the batch'],
    ['abc,bcd->abd', [3, 4, 5], 'its constant differs along an axis that stays'],
    ['abc,de->abd', [5, 6], 'it sums up an axis of one operand alone'],
    ['aac,cd->ad', [4, 5], 'its equation is aac,cd->ad'],
    ['abc,cd->abx', [4, 5], 'its equation is abc,cd->abx'],
  ] as const)('leaves %s to nobody, and says why', async (equation, other, reason) => {
    const network = await opened(equation, drawn([2, 3, 4], 1), [null, drawn(other, 2)]);
    expect(network.description.unsupported).toMatchObject([{ node: 'sum', op: 'Einsum', reason }]);
    network.close();
  });
});
