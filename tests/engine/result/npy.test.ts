import { describe, expect, it } from 'vitest';
import { npyHeader, readNpy } from '../../../main/engine/result/npy';
import type { IsolensError } from '../../../shared/problem/problem';
import cases from '../../references/arrays/arrays.json';

const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (thrown) {
    return (thrown as IsolensError).problem.code;
  }
  return 'nothing thrown';
};

const whole = (values: Float32Array | Uint8Array, shape: number[]): Uint8Array =>
  Buffer.concat([npyHeader(values, shape), new Uint8Array(values.buffer)]);

describe('.npy', () => {
  it.each(cases.filter(({ values }) => values !== null))('reads what numpy wrote: $name', ({ file, shape, values }) => {
    const read = readNpy(Buffer.from(file, 'base64'), 'x.npy');
    expect(read.shape).toEqual(shape);
    expect(Array.from(read.values)).toEqual((values as number[]).map(Math.fround));
  });

  it('refuses Python objects without looking into them', () => {
    const { file } = cases.find(({ name }) => name === 'objects')!;
    expect(codeOf(() => readNpy(Buffer.from(file, 'base64'), 'x.npy'))).toBe('result/objects-refused');
  });

  it('reads back what it writes, with the data on a 64-byte border', () => {
    const values = Float32Array.of(1, -2.5, NaN, 3e38, 0, 7);
    const bytes = whole(values, [3, 2]);
    expect((bytes.length - values.byteLength) % 64).toBe(0);
    expect(readNpy(bytes, 'x')).toEqual({ shape: [3, 2], values });
    expect(readNpy(whole(Uint8Array.of(0, 255, 3), [3]), 'x')).toEqual({
      shape: [3],
      values: Float32Array.of(0, 255, 3),
    });
  });

  it('names files that are cut short, damaged or of another kind', () => {
    const bytes = whole(Float32Array.of(1, 2, 3), [3]);
    expect(codeOf(() => readNpy(bytes.subarray(0, bytes.length - 1), 'x'))).toBe('result/file-unreadable');
    expect(codeOf(() => readNpy(bytes.subarray(0, 20), 'x'))).toBe('result/file-unreadable');
    expect(codeOf(() => readNpy(Buffer.from('not an array at all'), 'x'))).toBe('result/file-unreadable');
    const huge = Buffer.from(
      Buffer.from(bytes).toString('latin1').replace('(3,)', '(9999999999, 9)').slice(0, bytes.length),
      'latin1',
    );
    expect(codeOf(() => readNpy(huge, 'x'))).toBe('result/file-unreadable');
    const complex = Buffer.from(Buffer.from(bytes).toString('latin1').replace('<f4', '<c8'), 'latin1');
    expect(codeOf(() => readNpy(complex, 'x'))).toBe('result/file-unreadable');
  });
});
