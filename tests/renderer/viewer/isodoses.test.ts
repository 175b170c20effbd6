import { describe, expect, it } from 'vitest';
import { labelOutlines, levelLines } from '../../../renderer/viewer/isodoses';

const columns = 81;
const rows = 61;

/** A cone: the value falls by one a pixel from the centre, so its line of value v is a circle of radius 100 − v. */
const cone = Float32Array.from({ length: columns * rows }, (_, n) => {
  return 100 - Math.hypot((n % columns) - 40.3, Math.floor(n / columns) - 30.6);
});

describe('lines of equal dose', () => {
  it('of a cone are closed circles of the right radius, within the sag of a straight step', () => {
    const [lines] = levelLines({ columns, rows, values: cone }, [80]);
    expect(lines).toHaveLength(1);
    const [circle] = lines ?? [];
    expect(circle?.closed).toBe(true);
    const points = circle?.points ?? new Float64Array();
    for (let n = 0; n < points.length; n += 2)
      expect(Math.abs(Math.hypot((points[n] ?? 0) - 40.3, (points[n + 1] ?? 0) - 30.6) - 20)).toBeLessThan(0.01);
    let area = 0;
    for (let n = 0; n < points.length; n += 2) {
      const m = (n + 2) % points.length;
      area += ((points[n] ?? 0) * (points[m + 1] ?? 0) - (points[m] ?? 0) * (points[n + 1] ?? 0)) / 2;
    }
    expect(Math.abs(Math.abs(area) - Math.PI * 400)).toBeLessThan(2);
  });

  it('of a ramp are straight and lie where the value is met, not on the nearest pixel', () => {
    const values = Float32Array.from({ length: 20 }, (_, n) => 10 * (n % 5));
    const [lines] = levelLines({ columns: 5, rows: 4, values }, [23]);
    expect(lines).toHaveLength(1);
    const points = [...(lines?.[0]?.points ?? [])];
    expect(points.filter((_, n) => n % 2 === 0).every((x) => Math.abs(x - 2.3) < 1e-6)).toBe(true);
    expect(lines?.[0]?.closed).toBe(false);
  });

  it('stop where the dose is unknown', () => {
    const values = cone.map((value, n) => (n % columns > 40 ? NaN : value));
    const [lines] = levelLines({ columns, rows, values }, [80]);
    expect(lines).toHaveLength(1);
    expect(lines?.[0]?.closed).toBe(false);
    expect(Math.max(...(lines?.[0]?.points ?? []).filter((_, n) => n % 2 === 0))).toBeLessThanOrEqual(40);
  });

  it('join or part opposite corners by the value between them', () => {
    const joined = levelLines({ columns: 2, rows: 2, values: new Float32Array([4, 0, 0, 4]) }, [1])[0];
    const parted = levelLines({ columns: 2, rows: 2, values: new Float32Array([4, 0, 0, 4]) }, [3])[0];
    const ends = (lines: typeof joined): string[] => (lines ?? []).map(({ points }) => [...points].join(' ')).sort();
    expect(ends(joined)).toHaveLength(2);
    // High corners are top left and bottom right: joined lines cut off the low corners, parted ones the high corners.
    expect(ends(joined).every((line) => /^(0\.75 0|1 0\.25|0 0\.75|0\.25 1)/.test(line))).toBe(true);
    expect(ends(parted).every((line) => /^(0\.25 0|0 0\.25|1 0\.75|0\.75 1)/.test(line))).toBe(true);
  });

  it('give nothing where no value reaches the level', () => {
    expect(levelLines({ columns, rows, values: cone }, [101])[0]).toEqual([]);
  });
});

describe('borders of labels', () => {
  it('run along the edges of the pixels', () => {
    const values = new Uint8Array([0, 0, 0, 0, 2, 0, 0, 0, 0]);
    const outlines = labelOutlines({ columns: 3, rows: 3, values }, 3);
    expect(outlines[1]).toEqual([]);
    expect(outlines[2]).toHaveLength(1);
    const points = [...(outlines[2]?.[0]?.points ?? [])];
    expect(Math.min(...points)).toBe(0.5);
    expect(Math.max(...points)).toBe(1.5);
    expect(outlines[2]?.[0]?.closed).toBe(true);
  });
});
