import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  digitsFor,
  formatBytes,
  formatNumber,
  formatPlain,
  formatSeconds,
  formatShare,
  formatSigned,
  formatWithUnit,
  minusSign,
  thinSpace,
} from '../../../renderer/controls/numbers';

describe('numbers on the screen', () => {
  it('groups thousands by a thin space and takes the decimal sign of the language', () => {
    expect(formatNumber(5583, 0, 'en')).toBe(`5${thinSpace}583`);
    expect(formatNumber(1234567.89, 1, 'fr')).toBe(`1${thinSpace}234${thinSpace}567,9`);
    expect(formatNumber(0.81, 2, 'en')).toBe('0.81');
    expect(formatNumber(0.81, 2, 'fr')).toBe('0,81');
  });
  it('writes minus as U+2212, and never a minus before a zero', () => {
    expect(formatNumber(-12.5, 1, 'en')).toBe('\u221212.5');
    expect(formatNumber(-0.04, 1, 'en')).toBe('0.0');
    expect(formatSigned(0.34, 2, 'fr')).toBe('+0,34');
    expect(formatSigned(0.001, 2, 'fr')).toBe('0,00');
    expect(formatSigned(-0.11, 2, 'en')).toBe(`${minusSign}0.11`);
  });
  it('puts a thin space before the unit and says UH in French', () => {
    expect(formatWithUnit(19, 0, 'HU', 'en')).toBe(`19${thinSpace}HU`);
    expect(formatWithUnit(19, 0, 'HU', 'fr')).toBe(`19${thinSpace}UH`);
    expect(formatWithUnit(0.5, 1, '1', 'en')).toBe('0.5');
  });
  it('gives percentages no decimal from 10 up and one below', () => {
    expect(formatShare(0.66, 'en')).toBe(`66${thinSpace}%`);
    expect(formatShare(0.008, 'fr')).toBe(`0,8${thinSpace}%`);
    expect(formatShare(0, 'en')).toBe(`0${thinSpace}%`);
  });
  it('says times in hours, minutes and seconds', () => {
    expect(formatSeconds(190, 'en')).toBe(`3${thinSpace}min 10${thinSpace}s`);
    expect(formatSeconds(120, 'en')).toBe(`2${thinSpace}min`);
    expect(formatSeconds(3900, 'fr')).toBe(`1${thinSpace}h 5${thinSpace}min`);
    expect(formatSeconds(0.4, 'en')).toBe(`0${thinSpace}s`);
  });
  it('shows three significant digits of what has no known size', () => {
    expect(formatPlain(0.0314159, 'en')).toBe('0.0314');
    expect(formatPlain(1234.5, 'en')).toBe(`1${thinSpace}235`);
    expect(formatPlain(3e-7, 'fr')).toBe('3,0·10⁻⁷');
    expect(formatPlain(0, 'en')).toBe('0');
  });
  it('gives a column the decimals of its largest value', () => {
    expect([34, 3.4, 0.34, 0.034, 0].map(digitsFor)).toEqual([0, 1, 2, 3, 0]);
  });
  it('counts memory in binary units, named in the language', () => {
    expect(formatBytes(3 * 2 ** 30, 'en')).toBe(`3.0${thinSpace}GiB`);
    expect(formatBytes(500 * 2 ** 20, 'fr')).toBe(`500${thinSpace}Mio`);
  });
  it('can be read back: nothing but spaces, signs and the decimal comma is added', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e9, max: 1e9, noNaN: true }), fc.integer({ min: 0, max: 6 }), (value, digits) => {
        const back = formatNumber(value, digits, 'fr')
          .replaceAll(thinSpace, '')
          .replace(minusSign, '-')
          .replace(',', '.');
        expect(Math.abs(Number(back) - value)).toBeLessThanOrEqual(0.5 * 10 ** -digits + 1e-6);
      }),
    );
  });
});
