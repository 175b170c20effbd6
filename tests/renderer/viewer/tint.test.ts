// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest';
import { colourOf } from '../../../shared/colourMaps';
import { heatTint, scaleEnds } from '../../../renderer/viewer/heat';
import type { Overlay } from '../../../renderer/viewer/overlay';
import { tintPixels, type Tint } from '../../../renderer/viewer/tint';
import { washTint } from '../../../renderer/viewer/wash';
import { blobOf, upright } from './grids';

function tinted(values: readonly number[], tint: Tint): number[][] {
  const out = new Uint32Array(values.length);
  tintPixels({ columns: values.length, rows: 1, values: Float32Array.from(values) }, tint, out);
  const bytes = new Uint8Array(out.buffer);
  return values.map((_, n) => [...bytes.subarray(n * 4, n * 4 + 4)]);
}

const overlayOf = (kind: Overlay['kind'], range: readonly [number, number]): Overlay => ({
  kind,
  volume: blobOf(upright([2, 2, 2], [1, 1, 1]), 'float32', range),
  name: { en: 'map', fr: 'carte' },
  unit: '1',
  range,
});

describe('colours of a picture', () => {
  it('of dose begin at the threshold, run to the plan’s maximum, and leave unknown dose clear', () => {
    const [below, at, top, unknown] = tinted([19.99, 20, 70, NaN], washTint(70, 20));
    expect(below).toEqual([0, 0, 0, 0]);
    expect(at).toEqual([...colourOf('dose', 20 / 70), 255]);
    expect(top).toEqual([...colourOf('dose', 1), 255]);
    expect(unknown).toEqual([0, 0, 0, 0]);
  });

  it('of support are symmetric: equal sizes are equally opaque, zero is clear', () => {
    const [minus, zero, plus] = tinted([-0.2, 0, 0.2], heatTint(overlayOf('support', [-0.1, 0.25]), 0)) as [
      number[],
      number[],
      number[],
    ];
    expect(scaleEnds(overlayOf('support', [-0.1, 0.25]))).toEqual([-0.25, 0.25]);
    expect(Math.abs((minus[3] ?? 0) - (plus[3] ?? 0))).toBeLessThanOrEqual(1);
    expect(zero[3]).toBeLessThan(8);
    expect(plus[0]).toBeGreaterThan(plus[2] ?? 255);
    expect(minus[2]).toBeGreaterThan(minus[0] ?? 255);
  });

  it('of both signs are hidden below a threshold by size', () => {
    const alphas = tinted([-0.2, -0.05, 0.05, 0.2], heatTint(overlayOf('support', [-0.25, 0.25]), 0.1)).map(
      ([, , , alpha]) => (alpha ?? 0) > 0,
    );
    expect(alphas).toEqual([true, false, false, true]);
  });

  it('of an activation begin clear at zero and end in the map’s last colour', () => {
    const [zero, top] = tinted([0, 3], heatTint(overlayOf('activation', [0, 3]), 0));
    expect(zero?.[3]).toBe(0);
    expect(top).toEqual([...colourOf('sequential', 1), 255]);
  });

  it('of the input are the grey of its own range', () => {
    const [low, high] = tinted([-1, 1], heatTint(overlayOf('input', [-1, 1]), 0));
    expect(low).toEqual([0, 0, 0, 255]);
    expect(high).toEqual([255, 255, 255, 255]);
  });
});
