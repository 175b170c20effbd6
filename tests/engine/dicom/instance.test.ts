import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decoderOf } from '../../../main/engine/dicom/characterSet';
import { identify } from '../../../main/engine/dicom/identify';
import { imageHeaderOf, readImage } from '../../../main/engine/dicom/image';
import { parseInstance } from '../../../main/engine/dicom/instance';
import { readDose } from '../../../main/engine/dicom/dose';
import { readPlan } from '../../../main/engine/dicom/plan';
import { unpackRle } from '../../../main/engine/dicom/rle';
import { readStructureSet } from '../../../main/engine/dicom/structures';
import { IsolensError } from '../../../shared/problem/problem';
import { ctImage, dataSet, dicomFile, doseGrid, square, structureSet, type Encoding } from '../../samples/dicomFile';

describe('DICOM is recognised by its bytes', () => {
  it.each<Encoding>(['explicit', 'implicit', 'big-endian'])('with a preamble and without one (%s)', (encoding) => {
    const attributes = ctImage(5);
    const whole = parseInstance(dicomFile(attributes, encoding), { upTo: 'end' });
    expect(whole?.elements.text('SOPInstanceUID')).toBe('1.2.3.1050');
    const headless = parseInstance(new Uint8Array(dataSet(attributes, encoding)), { upTo: 'end' });
    expect(headless?.elements.text('SOPInstanceUID')).toBe('1.2.3.1050');
    expect(headless?.elements.uint16('Columns')).toBe(4);
  });

  it('with group 2 first and no preamble, and with no transfer syntax stated', () => {
    const file = dicomFile(ctImage(5), 'explicit');
    expect(parseInstance(file.subarray(132), { upTo: 'end' })?.elements.uint16('Rows')).toBe(3);
    const unstated = dicomFile(ctImage(5), 'implicit', '');
    expect(parseInstance(unstated, { upTo: 'end' })?.elements.uint16('Rows')).toBe(3);
  });

  it('and nothing else is taken for it', () => {
    expect(identify(new Uint8Array(0), 0)).toBeNull();
    expect(identify(new TextEncoder().encode('patient,dose\n1,2\n'), 17)).toBeNull();
    expect(parseInstance(new Uint8Array(1000), { upTo: 'end' })).toBeNull();
    // Headless bytes that look right but name no class and instance are not believed.
    expect(parseInstance(new Uint8Array(dataSet({ Modality: 'CT' })), { upTo: 'end' })).toBeNull();
  });

  it('and a header is read from the beginning of a file alone', () => {
    const file = dicomFile(ctImage(5));
    const start = file.subarray(0, file.length - 20);
    const instance = parseInstance(start, { upTo: 'pixels', fileBytes: file.length });
    expect(instance).toMatchObject({ complete: true, reachesPixels: true });
  });
});

describe('text', () => {
  it.each<[string[], number[], string]>([
    [[], [0x4d, 0xfc], 'Mü'],
    [['ISO_IR 100'], [0x4d, 0xfc], 'Mü'],
    [['ISO_IR 192'], [0x4d, 0xc3, 0xbc], 'Mü'],
    [['ISO_IR 144'], [0xbf, 0xe0], 'Пр'],
    [['ISO_IR 13'], [0xb1], 'ｱ'],
    [['GB18030'], [0xcd, 0xf5], '王'],
    [['', 'ISO 2022 IR 87'], [0x1b, 0x24, 0x42, 0x3b, 0x33, 0x1b, 0x28, 0x42], '山'],
    [['', 'ISO 2022 IR 149'], [0x1b, 0x24, 0x29, 0x43, 0xb1, 0xe8], '김'],
    [['ISO_IR 999'], [0x41, 0xfc], 'Aü'],
  ])('is decoded by its character set %j', (terms, bytes, text) => {
    expect(decoderOf(terms)(Uint8Array.from(bytes))).toBe(text);
  });

  it('that cannot be decoded shows replacement signs and never fails', () => {
    expect(decoderOf(['ISO_IR 192'])(Uint8Array.of(0x41, 0xff))).toBe('A\ufffd');
  });
});

describe('RLE', () => {
  /** Packs bytes as literal runs and repeats, as a writer would. */
  function packed(bytes: readonly number[]): number[] {
    const out: number[] = [];
    for (let n = 0; n < bytes.length;) {
      let run = 1;
      while (n + run < bytes.length && run < 128 && bytes[n + run] === bytes[n]) run++;
      if (run > 1) out.push(257 - run, bytes[n] as number);
      else out.push(0, bytes[n] as number);
      n += run;
    }
    return out;
  }

  it('gives back what was packed, most significant byte first', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 65535 }), { minLength: 1, maxLength: 300 }), (values) => {
        const high = packed(values.map((v) => v >> 8));
        const low = packed(values.map((v) => v & 255));
        const header = new Uint32Array(16);
        header.set([2, 64, 64 + high.length]);
        const frame = Uint8Array.from([...new Uint8Array(header.buffer), ...high, ...low]);
        const bytes = unpackRle(frame, { pixels: values.length, samples: 1, bytesPerSample: 2 });
        expect([...new Uint16Array(bytes.buffer)]).toEqual(values);
      }),
    );
  });

  it('is refused where it is damaged', () => {
    for (const bytes of [
      new Uint8Array(10),
      new Uint8Array(64),
      Uint8Array.from([...new Uint8Array(Uint32Array.of(1, 64).buffer), ...new Array<number>(56).fill(0), 5, 1]),
    ]) {
      expect(() => unpackRle(bytes, { pixels: 100, samples: 1, bytesPerSample: 1 })).toThrow(IsolensError);
    }
  });
});

describe('damaged files', () => {
  it('that inflate without end are refused', () => {
    const bomb = deflateRawSync(Buffer.alloc(64 * 2 ** 20));
    const file = dicomFile(ctImage(0), 'deflated');
    const head = file.subarray(0, 132 + 8 + 22);
    expect(() => parseInstance(new Uint8Array(Buffer.concat([head, bomb])), { upTo: 'end' })).toThrow(
      expect.objectContaining({
        problem: expect.objectContaining({ code: 'dicom/inflate-limit' }) as unknown,
      }) as Error,
    );
  });

  const samples = [
    ...(['explicit', 'implicit', 'big-endian', 'deflated'] as const).map((encoding) => dicomFile(ctImage(3), encoding)),
    dicomFile(structureSet([{ name: 'A', contours: [square(0, 0, 0, 3), square(0, 0, 2, 3)] }])),
    dicomFile(structureSet([{ name: 'A', contours: [square(0, 0, 0, 3), square(0, 0, 2, 3)] }]), 'implicit'),
    dicomFile(doseGrid()),
  ];

  /** Reads a file as everything that it could be; only a named problem may come out. */
  function readAll(bytes: Uint8Array): void {
    for (const upTo of ['pixels', 'end'] as const) {
      try {
        const instance = parseInstance(bytes, { upTo });
        if (instance === null) continue;
        const attempts = [
          () => readStructureSet(instance.elements),
          () => readPlan(instance.elements, false),
          () => readDose(instance),
          () => readImage(bytes, imageHeaderOf(instance)),
        ];
        for (const attempt of attempts) {
          try {
            attempt();
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(IsolensError);
          }
        }
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(IsolensError);
      }
    }
  }

  it('cut anywhere give a named problem, never a crash', () => {
    for (const sample of samples) for (let n = 0; n < sample.length; n += 7) readAll(sample.subarray(0, n));
  });

  it('with any bytes changed give a named problem or other values, never a crash or a hang', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...samples),
        fc.array(fc.tuple(fc.nat(5000), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 6 }),
        (sample, changes) => {
          const bytes = sample.slice();
          for (const [at, value] of changes) bytes[at % bytes.length] = value;
          readAll(bytes);
        },
      ),
      { seed: 20261122, numRuns: 600 },
    );
  });
});
