import { describe, expect, it } from 'vitest';
import { colourMaps, colourOf, colourTables, cssGradientOf } from '../../shared/colourMaps';

describe('colour maps', () => {
  it('hold the ends and the zero that the legend shows', () => {
    expect(colourOf('sequential', 0)).toEqual([0, 0, 4]);
    expect(colourOf('sequential', 1)).toEqual([0xfc, 0xff, 0xa4]);
    expect(colourOf('dose', 1)).toEqual([0xff, 0xf7, 0xb0]);
    expect(colourOf('grey', 128 / 255)).toEqual([128, 128, 128]);
    const zero = colourOf('diverging', 0.5);
    expect(Math.max(...zero) - Math.min(...zero)).toBeLessThan(3);
  });

  it('draw a value beyond the scale as its end', () => {
    expect(colourOf('diverging', -3)).toEqual(colourOf('diverging', 0));
    expect(colourOf('diverging', 7)).toEqual(colourOf('diverging', 1));
  });

  it('grow lighter all the way where order is what they show', () => {
    for (const map of ['sequential', 'dose', 'grey'] as const) {
      const table = colourTables[map];
      const lightness = Array.from(
        { length: 256 },
        (_, n) => 0.2126 * table[3 * n]! + 0.7152 * table[3 * n + 1]! + 0.0722 * table[3 * n + 2]!,
      );
      for (let n = 8; n < 256; n += 8) expect(lightness[n]!).toBeGreaterThan(lightness[n - 8]!);
    }
  });

  it('give a legend gradient for every map', () => {
    for (const map of colourMaps)
      expect(cssGradientOf(map)).toMatch(/^linear-gradient\(90deg, #[0-9a-f]{6} 0%, .*100%\)$/);
  });
});
