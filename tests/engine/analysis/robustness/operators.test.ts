import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fourier2d } from '../../../../main/engine/volume/fourier';
import { metadataFaults } from '../../../../shared/analysis/robustnessFamilies';
import { degrade, differenceOf, meanOf, sdOf } from './degrade';

const filled = (count: number, value: number | ((v: number) => number)): number[] =>
  Array.from({ length: count }, (_, v) => (typeof value === 'number' ? value : value(v)));
const first = async (...parameters: Parameters<typeof degrade>): Promise<Float32Array> =>
  (await degrade(...parameters))[0]!;

describe('noise', () => {
  it('is white, with mean 0 and the severity as its standard deviation', async () => {
    const noise = await first('white-noise', filled(40 * 40 * 40, 0), [40, 40, 40], [20]);
    expect(sdOf(noise)).toBeCloseTo(20, 0);
    expect(Math.abs(meanOf(noise))).toBeLessThan((3.3 * 20) / Math.sqrt(64000));
    const neighbours = meanOf(Array.from(noise.subarray(1), (value, v) => value * noise[v]!)) / 400;
    expect(Math.abs(neighbours)).toBeLessThan(3.3 / Math.sqrt(64000));
  });

  it.each(['white-noise', 'ct-noise', 'bias-field'] as const)(
    'keeps its pattern while its strength grows (%s)',
    async (id) => {
      const image = filled(16 * 16 * 2, (v) => 100 + (v % 7));
      const kind = id === 'bias-field' ? 'MR' : 'CT';
      const [one, two, again] = await degrade(id, image, [2, 16, 16], [0.1, 0.2, 0.1], { kind, seed: 3 });
      expect(again).toEqual(one);
      const [a, b] = [differenceOf(one!, image), differenceOf(two!, image)];
      a.forEach((value, v) => {
        expect(Math.sign(b[v]!)).toBe(Math.sign(value));
      });
      const [other] = await degrade(id, image, [2, 16, 16], [0.1], { kind, seed: 4 });
      expect(other).not.toEqual(one);
    },
  );

  it('of a scanner has the asked standard deviation, no constant part, and the power f·exp(−(f/f_c)²)', async () => {
    const n = 64;
    const slices = 40;
    const noise = await first('ct-noise', filled(slices * n * n, 0), [slices, n, n], [20]);
    // Over 40 fields of 64²; the method's own simulation gave 20.006.
    expect(Math.abs(sdOf(noise) - 20)).toBeLessThan(0.3);
    const power = new Float64Array(n / 2);
    const counts = new Float64Array(n / 2);
    for (let k = 0; k < slices; k++) {
      const re = Float64Array.from(noise.subarray(k * n * n, (k + 1) * n * n));
      const im = new Float64Array(n * n);
      fourier2d(re, im, n);
      expect(Math.abs(re[0]!)).toBeLessThan(0.05);
      for (let q = 0; q < n; q++)
        for (let p = 0; p < n; p++) {
          const radius = Math.round(Math.hypot(p > n / 2 ? p - n : p, q > n / 2 ? q - n : q));
          if (radius >= n / 2) continue;
          power[radius]! += re[p + n * q]! ** 2 + im[p + n * q]! ** 2;
          counts[radius]!++;
        }
    }
    const law = (radius: number): number => (radius / n) * Math.exp(-((radius / n / 0.25) ** 2));
    const scale = power[11]! / counts[11]! / law(11);
    for (const radius of [4, 8, 16, 24])
      expect(power[radius]! / counts[radius]! / scale / law(radius)).toBeCloseTo(1, 0.7);
  });

  it('of a quarter of the mAs makes the noise of the scan twice as large', async () => {
    const own = 15;
    const shape = [30, 64, 64] as const;
    const scan = await first('white-noise', filled(shape[0] * 64 * 64, 50), shape, [own]);
    const low = await first('low-dose', scan, shape, [0.25]);
    // The windows of soft tissue leave out what strays beyond it: a few per cent.
    expect(sdOf(low) / own).toBeCloseTo(2, 0.9);
    const [same] = await degrade('low-dose', scan, shape, [1]);
    expect(same).toEqual(scan);
  });

  it('of a magnitude image has Rayleigh’s mean and standard deviation in the background', async () => {
    const image = filled(40 * 40 * 20, (v) => (v < 16000 ? 0 : 200));
    const noisy = await first('rician', image, [20, 40, 40], [0.1], { kind: 'MR' });
    const background = noisy.subarray(0, 16000);
    expect(meanOf(background) / 20).toBeCloseTo(1.25331, 1.5);
    expect(sdOf(background) / 20).toBeCloseTo(0.65514, 1.5);
    expect(meanOf(noisy.subarray(16000))).toBeCloseTo(Math.hypot(200, 20), -0.5);
  });
});

describe('CT numbers', () => {
  it('are all raised by an offset, and all but air by a slope', async () => {
    const image = [-1000, 0, 500, 1000];
    const [up, down] = await degrade('offset', image, [1, 1, 4], [5, -40]);
    expect([...up!]).toEqual([-995, 5, 505, 1005]);
    expect([...down!]).toEqual([-1040, -40, 460, 960]);
    const [steeper] = await degrade('slope', image, [1, 1, 4], [0.02]);
    expect([...steeper!]).toEqual([-1000, 20, 530, 1040]);
  });

  it('beyond the field of view are air', async () => {
    const cut = await first('truncation', filled(81, 40), [1, 9, 9], [10], { spacingMm: [5, 5, 5] });
    for (let v = 0; v < 81; v++)
      expect(cut[v]).toBe(Math.hypot((v % 9) - 4, Math.floor(v / 9) - 4) * 5 > 10 ? -1000 : 40);
  });
});

describe('sharpness', () => {
  it('of an edge, from 10 to 90 %, is 2.563 standard deviations of the blur', async () => {
    const n = 201;
    const fwhm = 20;
    const blurred = await first(
      'blur',
      filled(n, (v) => (v > 100 ? 1000 : v < 100 ? 0 : 500)),
      [1, 1, n],
      [fwhm],
      { spacingMm: [0.5, 1, 1] },
    );
    const crossing = (level: number): number => {
      const at = blurred.findIndex((value) => value >= level);
      return at - (blurred[at]! - level) / (blurred[at]! - blurred[at - 1]!);
    };
    const sd = fwhm / 2.35482;
    expect((crossing(900) - crossing(100)) * 0.5).toBeCloseTo(2.563 * sd, 1);
  });

  it('lost twice adds in quadrature', async () => {
    const n = 101;
    const point = filled(n, (v) => (v === 50 ? 1000 : 0));
    const once = await first('blur', point, [1, 1, n], [12]);
    const twice = await first('blur', once, [1, 1, n], [16]);
    const whole = await first('blur', point, [1, 1, n], [20]);
    expect(Math.max(...differenceOf(twice, whole).map(Math.abs))).toBeLessThan(0.3);
  });

  it('across slices is a mean with fractional ends: a ramp stays, noise falls with the thickness', async () => {
    const ramp = filled(40, (v) => 10 * v);
    const [thick] = await degrade('slice-thickness', ramp, [40, 1, 1], [5.5], { spacingMm: [1, 1, 2] });
    for (let k = 3; k < 37; k++) expect(thick![k]).toBeCloseTo(ramp[k]!, 3);
    const shape = [400, 20, 20] as const;
    const noise = await first('white-noise', filled(160000, 0), shape, [10]);
    const [three, eight, one] = await degrade('slice-thickness', noise, shape, [3, 8, 1]);
    expect(sdOf(three!) ** 2).toBeCloseTo(100 / 3, -0.3);
    // Seven whole slices and two halves.
    expect(sdOf(eight!) ** 2).toBeCloseTo((100 * 7.5) / 64, -0.3);
    expect(one).toEqual(noise);
  });

  it.each([1.5, 2, 3])(
    'in the plane: pixels %s times as wide leave a constant, and a ramp away from the border',
    async (factor) => {
      const [constant] = await degrade('resample', filled(36 * 36, 70), [1, 36, 36], [factor]);
      for (const value of constant!) expect(value).toBeCloseTo(70, 4);
      const [ramp] = await degrade(
        'resample',
        filled(36, (v) => v),
        [1, 1, 36],
        [factor],
      );
      for (let i = 4; i < 32; i++) expect(Math.abs(ramp![i]! - i)).toBeLessThan(Number.isInteger(factor) ? 1e-4 : 0.12);
    },
  );
});

describe('artefacts', () => {
  it('in a ring have the severity at its radius and nothing elsewhere', async () => {
    const n = 121;
    const ring = await first('ring', filled(n * n, 0), [1, n, n], [40], { spacingMm: [2, 2, 2] });
    let [on, off] = [0, 0];
    for (let v = 0; v < n * n; v++) {
      const radius = Math.hypot((v % n) - 60, Math.floor(v / n) - 60) * 2;
      const inRing = Math.abs(radius - 50) <= 1;
      expect(ring[v]).toBe(inRing ? 40 : 0);
      if (inRing) on++;
      else off++;
    }
    expect(on).toBeGreaterThan(140);
    expect(off).toBeGreaterThan(14000);
  });

  it('of metal are exactly nothing without metal, and grow with it where its rays pass', async () => {
    const n = 64;
    const disc = filled(n * n, (v) => (Math.hypot((v % n) - 31.5, Math.floor(v / n) - 31.5) < 28 ? 0 : -1000));
    const options = { spacingMm: [5, 5, 5] };
    const [none, small, large] = await degrade('metal', disc, [1, n, n], [0, 10, 20], options);
    expect([...none!]).toEqual(disc);
    const [a, b] = [sdOf(differenceOf(small!, disc)), sdOf(differenceOf(large!, disc))];
    expect(a).toBeGreaterThan(1);
    expect(b).toBeGreaterThan(2 * a);
    // Only the slices that the metal reaches.
    const three = await first('metal', [...disc, ...disc, ...disc], [3, n, n], [9], options);
    expect([...three.subarray(0, n * n)]).toEqual(disc);
    expect([...three.subarray(n * n, 2 * n * n)]).not.toEqual(disc);
  });

  it('of the couch leave the body as it is', async () => {
    const [nx, ny] = [40, 40];
    const inBody = (i: number, j: number): boolean => Math.hypot(i - 20, j - 15) < 10;
    const image = filled(nx * ny, (v) => {
      const [i, j] = [v % nx, Math.floor(v / nx)];
      return inBody(i, j) ? 30 : j >= 29 && j <= 31 ? -500 : -1000;
    });
    const [removed, slab, lower] = await degrade('couch', image, [1, ny, nx], ['removed', 'slab', 10], {
      spacingMm: [2, 2, 2],
    });
    for (const changed of [removed!, slab!, lower!])
      for (let v = 0; v < image.length; v++) if (inBody(v % nx, Math.floor(v / nx))) expect(changed[v]).toBe(30);
    expect([...removed!].some((hu) => hu === -500)).toBe(false);
    expect(slab![20 + nx * 28]).toBe(0);
    // 10 mm are five rows further to the back.
    expect(lower![20 + nx * 34]).toBe(-500);
    expect(lower![20 + nx * 30]).toBe(-1000);
  });
});

describe('places', () => {
  it('moved by whole voxels are exact', async () => {
    const image = filled(60, (v) => (v * 37) % 101);
    const [moved] = await degrade('shift', image, [2, 5, 6], [4], { spacingMm: [2, 2, 2] });
    for (let v = 0; v < 60; v++) expect(moved![v]).toBe(v % 6 < 2 ? -1000 : image[v - 2]);
    const [alone] = await degrade('shift', image, [2, 5, 6], [-2], { spacingMm: [2, 2, 2], move: 'image' });
    for (let v = 0; v < 60; v++) expect(alone![v]).toBe(v % 6 === 5 ? -1000 : image[v + 1]);
  });

  it('turned by a right angle are exact', async () => {
    const image = filled(25, (v) => v);
    const [turned] = await degrade('rotation', image, [1, 5, 5], [90]);
    // About S, from the left (i) to the back (j).
    for (let j = 0; j < 5; j++)
      for (let i = 0; i < 5; i++) expect(turned![4 - j + 5 * i]).toBeCloseTo(image[i + 5 * j]!, 4);
  });

  it('of a dose are scaled, moved, and known at fewer points', async () => {
    const kind = 'dose' as const;
    const dose = filled(41, (v) => v);
    const [more] = await degrade('dose-scale', dose, [1, 1, 41], [0.03], { kind });
    expect(more![40]).toBeCloseTo(41.2, 5);
    const [moved] = await degrade('dose-shift', dose, [1, 1, 41], [3], { kind });
    expect([...moved!.subarray(3)]).toEqual(dose.slice(0, 38));
    const [ramp, peak] = [
      await first('dose-grid', dose, [1, 1, 41], [2.5], { kind }),
      await first(
        'dose-grid',
        filled(41, (v) => (v === 21 ? 10 : 0)),
        [1, 1, 41],
        [2],
        { kind },
      ),
    ];
    for (let v = 0; v < 38; v++) expect(ramp[v]).toBeCloseTo(v, 4);
    // An odd voxel lies between the points of a grid of 2 mm: what it holds is missed.
    expect(Math.max(...peak)).toBe(0);
  });

  it('of a contour: a sphere of radius r becomes one of r + q', async () => {
    const n = 41;
    const radius = 12;
    const sphere = filled(n ** 3, (v) => {
      const [i, j, k] = [v % n, Math.floor(v / n) % n, Math.floor(v / n / n)];
      return Math.hypot(i - 20, j - 20, k - 20) <= radius ? 1 : 0;
    });
    const volume = (mask: ArrayLike<number>): number => Array.from(mask).reduce((sum, value) => sum + value, 0);
    const margins = [1, 2, 3, 5, -1, -3, -5];
    const changed = await degrade('contour-margin', sphere, [n, n, n], margins, { kind: 'mask' });
    margins.forEach((margin, m) => {
      const ratio = volume(changed[m]!) / volume(sphere);
      // Within what half a voxel more or less on the radius would do.
      expect(ratio).toBeGreaterThan(((radius + margin - 0.5) / radius) ** 3);
      expect(ratio).toBeLessThan(((radius + margin + 0.5) / radius) ** 3);
    });
  });

  it('of a bias field: the brightest place has so much more than the darkest', async () => {
    const shaded = await first('bias-field', filled(20 ** 3, 100), [20, 20, 20], [0.4], { kind: 'MR' });
    expect(Math.max(...shaded) / Math.min(...shaded)).toBeCloseTo(1.4, 3);
  });
});

describe('faults of headers', () => {
  const shape = [3, 4, 5] as const;
  it.each(
    metadataFaults.filter((fault) =>
      ['mirrored', 'reversed-slices', 'feet-first', 'prone', 'monochrome1'].includes(fault),
    ),
  )('%s twice is the original', async (fault) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: -1024, max: 3071 }), { minLength: 60, maxLength: 60 }),
        async (image) => {
          const once = await first('metadata', image, shape, [fault]);
          expect([...(await first('metadata', once, shape, [fault]))]).toEqual(image);
        },
      ),
      { numRuns: 10 },
    );
  });

  it('change what they say', async () => {
    const image = filled(60, (v) => v - 10);
    const [raw, unsigned, mirrored] = await degrade('metadata', image, shape, ['no-rescale', 'unsigned', 'mirrored']);
    expect(raw![0]).toBe(1014);
    expect([unsigned![0], unsigned![20]]).toEqual([65526, 10]);
    expect([...mirrored!.subarray(0, 5)]).toEqual([-6, -7, -8, -9, -10]);
  });
});
