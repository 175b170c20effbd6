import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { imageHeaderOf, readImage, type ImageHeader } from '../../../main/engine/dicom/image';
import { parseInstance } from '../../../main/engine/dicom/instance';
import { stacksOf } from '../../../main/engine/dicom/stack';
import { applyAffine, determinant } from '../../../shared/geometry';
import { ctImage, dicomFile, words, type Attributes, type Encoding } from '../../samples/dicomFile';

const headerOf = (attributes: Attributes): ImageHeader => {
  const instance = parseInstance(dicomFile(attributes), { upTo: 'pixels' });
  if (instance === null) throw new Error('not read');
  return imageHeaderOf(instance);
};
const headers = (zs: readonly number[], changes: Attributes = {}): ImageHeader[] =>
  zs.map((z) => headerOf(ctImage(z, changes)));
const range = (n: number, step = 2.5): number[] => Array.from({ length: n }, (_, k) => k * step);
const only = (images: readonly ImageHeader[]) => {
  const stacks = stacksOf(images);
  expect(stacks).toHaveLength(1);
  return stacks[0] as (typeof stacks)[number];
};
const codes = (stack: ReturnType<typeof only>): string[] => (stack.geometry?.notes ?? []).map(({ code }) => code);

describe('the images of a series', () => {
  it('are placed by position and orientation: rows and columns are not swapped', () => {
    const { geometry } = only(headers(range(4)));
    expect(geometry?.grid.size).toEqual([4, 3, 4]);
    // Pixel Spacing is [between rows 2, between columns 1.5].
    expect(geometry?.grid.affine).toEqual([1.5, 0, 0, -10, 0, 2, 0, -20, 0, 0, 2.5, 0, 0, 0, 0, 1]);
    expect(geometry?.notes).toEqual([]);
  });

  it('give the same volume in whatever order they come', () => {
    const images = headers([5, 0, 7.5, 2.5]);
    const expected = only(images);
    fc.assert(
      fc.property(fc.shuffledSubarray(images, { minLength: 4, maxLength: 4 }), (shuffled) => {
        const stack = only(shuffled);
        expect(stack.geometry).toEqual(expected.geometry);
        expect(stack.images.map(({ positionMm }) => positionMm?.[2])).toEqual([0, 2.5, 5, 7.5]);
      }),
    );
  });

  it.each([
    ['HFS', [1, 0, 0, 0, 1, 0]],
    ['HFP', [-1, 0, 0, 0, -1, 0]],
    ['FFS', [-1, 0, 0, 0, 1, 0]],
    ['FFP', [1, 0, 0, 0, -1, 0]],
    ['oblique', [0.8, 0.6, 0, 0, 0, -1]],
  ])('are never mirrored: the determinant is positive for %s', (_, cosines) => {
    const { geometry } = only(
      headers(range(3), { ImageOrientationPatient: cosines, ImagePositionPatient: [0, 0, 0] }).map((header, k) => {
        const { rowDirection: r, columnDirection: c } = header;
        if (r === null || c === null) throw new Error('no direction');
        const n = [r[1] * c[2] - r[2] * c[1], r[2] * c[0] - r[0] * c[2], r[0] * c[1] - r[1] * c[0]];
        return {
          ...header,
          positionMm: [3 * k * (n[0] as number), 3 * k * (n[1] as number), 3 * k * (n[2] as number)] as const,
        };
      }),
    );
    expect(geometry && determinant(geometry.grid.affine)).toBeCloseTo(9, 9);
    expect(geometry?.spacingMm).toBeCloseTo(3, 9);
  });

  it('of a feet-first stack run from head to feet, and up stays patient z', () => {
    const { geometry, images } = only(headers(range(3), { ImageOrientationPatient: [-1, 0, 0, 0, 1, 0] }));
    expect(images.map(({ positionMm }) => positionMm?.[2])).toEqual([5, 2.5, 0]);
    expect(geometry && applyAffine(geometry.grid.affine, [0, 0, 2])[2]).toBe(0);
  });

  it('with a gap say how many slices are missing, and where', () => {
    const { geometry } = only(headers([0, 2.5, 10, 12.5, 15]));
    expect(geometry?.notes).toEqual([
      { code: 'dicom/slice-missing', facts: { count: 2, fromMm: 2.5, toMm: 10 }, where: {} },
    ]);
    expect(geometry?.gapsMm).toEqual([5, 7.5]);
    expect(geometry?.grid.size[2]).toBe(7);
    expect(geometry?.slices[3]).toMatchObject({ below: 1, above: 2 });
    expect(geometry?.slices[3]?.weight).toBeCloseTo(2 / 3, 9);
  });

  it('with uneven steps are laid on even ones, and it is said', () => {
    const stack = only(headers([0, 2, 4.4, 6, 8]));
    expect(codes(stack)).toEqual(['dicom/slices-uneven']);
    expect(stack.geometry?.grid.size[2]).toBe(5);
    expect(stack.geometry?.slices[2]?.weight).toBeCloseTo(2 / 2.4, 9);
  });

  it('of a tilted acquisition are sheared, not straightened', () => {
    const images = headers(range(4)).map((header, k) => ({
      ...header,
      positionMm: [-10, -20 + 0.5 * k, 2.5 * k] as const,
    }));
    const stack = only(images);
    expect(codes(stack)).toEqual(['dicom/tilted']);
    const affine = stack.geometry?.grid.affine;
    expect(affine && applyAffine(affine, [0, 0, 3])).toEqual([-10, -18.5, 7.5]);
  });

  it('that lie beside the line are refused', () => {
    const images = headers(range(4)).map((header, k) => ({
      ...header,
      positionMm: [k === 2 ? 30 : -10, -20, 2.5 * k] as const,
    }));
    expect(only(images).problem?.code).toBe('dicom/slices-out-of-line');
  });

  it('of which one alone is there have no slice spacing', () => {
    const { geometry } = only(headers([4]));
    expect(geometry?.spacingMm).toBeNull();
    expect(geometry?.notes.map(({ code }) => code)).toEqual(['dicom/single-slice']);
  });

  it('at one position are split by echo, b-value, time or acquisition', () => {
    const first = headers(range(3), { AcquisitionNumber: 1 });
    const second = headers(range(3), { AcquisitionNumber: 2 }).map((header) => ({
      ...header,
      sopInstanceUid: `${header.sopInstanceUid}.2`,
    }));
    const stacks = stacksOf([...first, ...second]);
    expect(stacks.map(({ part, parts, images }) => [part, parts, images.length])).toEqual([[1, 2, 3], [2, 2, 3]]); // prettier-ignore
    expect(stacks[0]?.geometry?.notes.map(({ code }) => code)).toContain('dicom/split');
  });

  it('of different acquisitions stay one volume where no two share a position', () => {
    const stack = only([
      ...headers([0, 2.5], { AcquisitionNumber: 1 }),
      ...headers([5, 7.5], { AcquisitionNumber: 2 }),
    ]);
    expect(stack.images).toHaveLength(4);
  });

  it('that nothing tells apart at one position are refused with the position', () => {
    const twins = headers(range(3)).map((header) => ({ ...header, sopInstanceUid: `${header.sopInstanceUid}.2` }));
    expect(only([...headers(range(3)), ...twins]).problem).toMatchObject({
      code: 'dicom/same-position',
      facts: { atMm: 0 },
    });
  });

  it('are split by size, spacing, frame of reference and orientation', () => {
    const other = (changes: Attributes) => headers([50, 52.5, 55], changes);
    for (const changes of [
      { Rows: 6 },
      { PixelSpacing: [2.1, 1.5] },
      { FrameOfReferenceUID: '1.9' },
      { ImageOrientationPatient: [0, 1, 0, 0, 0, -1] },
    ]) {
      expect(stacksOf([...headers(range(3)), ...other(changes)])).toHaveLength(2);
    }
    expect(stacksOf([...headers(range(3)), ...headers([7.5], { PixelSpacing: [2.0001, 1.5] })])).toHaveLength(1);
  });

  it('leave localizers out, named or alone in their orientation', () => {
    const named = headers([100], { ImageType: 'ORIGINAL\\PRIMARY\\LOCALIZER' });
    const coronal = headers([101], { ImageOrientationPatient: [1, 0, 0, 0, 0, -1] });
    const stacks = stacksOf([...headers(range(4)), ...named, ...coronal]);
    expect(stacks).toHaveLength(2);
    expect(stacks[0]?.images).toHaveLength(4);
    expect(stacks[1]).toMatchObject({
      localizers: true,
      geometry: null,
      problem: { code: 'dicom/localizer', facts: { count: 2 } },
    });
  });

  it('without position, spacing or a valid orientation form no volume and say why', () => {
    const { ImagePositionPatient: _p, ...noPosition } = ctImage(0);
    const { PixelSpacing: _s, ...noSpacing } = ctImage(0);
    expect(only([headerOf(noPosition)]).problem?.code).toBe('dicom/no-position');
    expect(only([headerOf(noSpacing)]).problem?.code).toBe('dicom/no-spacing');
    expect(only(headers([0], { PixelSpacing: [0, 1] })).problem?.code).toBe('dicom/no-spacing');
    expect(only(headers([0], { ImageOrientationPatient: [1, 0, 0, 0.5, 1, 0] })).problem?.code).toBe(
      'dicom/orientation-invalid',
    );
    expect(only(headers([0], { ImageOrientationPatient: [2, 0, 0, 0, 1, 0] })).problem?.code).toBe(
      'dicom/orientation-invalid',
    );
    expect(only(headers([0], { PhotometricInterpretation: 'RGB' })).problem?.code).toBe('dicom/colour');
  });
});

describe('the values of an image', () => {
  const read = (changes: Attributes, encoding: Encoding = 'explicit') => {
    const attributes = ctImage(0, changes);
    return readImage(dicomFile(attributes, encoding), headerOf(attributes));
  };

  it.each<Encoding>(['implicit', 'explicit', 'deflated'])(
    'are rescaled by the image’s own slope and intercept (%s)',
    (encoding) => {
      expect([...read({ RescaleSlope: 2, RescaleIntercept: -10 }, encoding).values].slice(0, 3)).toEqual([
        1990, 1992, 1994,
      ]);
    },
  );

  it('are swapped from big endian', () => {
    const swapped = words(Array.from({ length: 12 }, (_, n) => 1000 + n)).slice();
    for (let b = 0; b < swapped.length; b += 2)
      [swapped[b], swapped[b + 1]] = [swapped[b + 1] as number, swapped[b] as number];
    expect([...read({ PixelData: swapped }, 'big-endian').values].slice(0, 2)).toEqual([-24, -23]);
  });

  it('keep BitsStored bits up to HighBit and take the sign from the highest of them', () => {
    const stored = [0xf800, 0x07ff, 0x0800, 0xffff, 0x0001, 0, 0, 0, 0, 0, 0, 0];
    const signed = read({
      BitsStored: 12,
      HighBit: 11,
      PixelRepresentation: 1,
      RescaleIntercept: 0,
      PixelData: words(stored),
    });
    expect([...signed.values].slice(0, 5)).toEqual([-2048, 2047, -2048, -1, 1]);
    const unsigned = read({ BitsStored: 12, HighBit: 11, RescaleIntercept: 0, PixelData: words(stored) });
    expect([...unsigned.values].slice(0, 4)).toEqual([2048, 2047, 2048, 4095]);
    const shifted = read({
      BitsStored: 12,
      HighBit: 15,
      RescaleIntercept: 0,
      PixelData: words([0x7ff0, 0x8000, ...stored.slice(2)]),
    });
    expect([...shifted.values].slice(0, 2)).toEqual([0x7ff, 0x800]);
  });

  it('mark padding by the stored value, and its range, as air', () => {
    const stored = [0, 5, 9, 10, 1024, 1024, 1024, 1024, 1024, 1024, 1024, 1024];
    const { values, padding } = read({ PixelPaddingValue: 0, PixelPaddingRangeLimit: 9, PixelData: words(stored) });
    expect([...(padding ?? [])].slice(0, 5)).toEqual([1, 1, 1, 0, 0]);
    expect([...values].slice(0, 5)).toEqual([-1000, -1000, -1000, -1014, 0]);
    expect(read({ PixelPaddingValue: 7 }).padding).toBeNull();
  });

  it('come from the modality LUT where there is one', () => {
    const lut = { LUTDescriptor: [3, 1001, 16], LUTData: words([10, 20, 30]) };
    const { values } = read({ ModalityLUTSequence: [lut] });
    expect([...values].slice(0, 5)).toEqual([10, 10, 20, 30, 30]);
  });

  it('are refused when the pixels are cut short or the rescale is no number', () => {
    expect(() => read({ PixelData: words([1, 2, 3]) })).toThrow(expect.objectContaining({ problem: { code: 'dicom/pixels-incomplete', facts: { have: 6, need: 24 }, where: {} } }) as Error); // prettier-ignore
    expect(() => read({ RescaleIntercept: '1A' })).toThrow(/RescaleIntercept/);
    expect(() => read({ BitsAllocated: 64 })).toThrow(/64 bits/);
  });
});
