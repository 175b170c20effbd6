import { valueFamily } from '../family';
import { mixed, unitField } from '../gaussian';
import { centreIndex, onPlanes, spacingOfField, type Physical } from '../physical';

/** Attenuation near 70 keV, per mm: water, and titanium. */
const water = 0.0193;
const titanium = 0.24;
/** Photons that leave for one detector element; at least one is always counted. */
const photons = 1e5;
const angles = 180;

/** The rays of one slice at one angle, that pass through the metal: detector bins, and what starvation does to each. */
interface Shadow {
  readonly from: number;
  readonly faults: Float64Array;
}

/** Middle of what lies above −300 HU in a slice, in mm from the slice's first pixel; the slice's middle where there is nothing. */
function middleOf(plane: Float32Array, width: number, height: number): readonly [number, number] {
  let [x, y, n] = [0, 0, 0];
  for (let v = 0; v < plane.length; v++) {
    if ((plane[v] as number) <= -300) continue;
    x += v % width;
    y += Math.floor(v / width);
    n++;
  }
  return n === 0 ? [(width - 1) / 2, (height - 1) / 2] : [x / n, y / n];
}

/** What a detector misreads behind the metal at one angle: −ln of the counted photons, less the true line integral. */
function shadowOf(
  read: (x: number, y: number) => number,
  centre: readonly [number, number],
  radius: number,
  angle: number,
  pitch: number,
  reach: number,
  noise: (bin: number) => number,
): Shadow {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const own = centre[0] * c + centre[1] * s;
  const from = Math.ceil((own - radius) / pitch);
  const to = Math.floor((own + radius) / pitch);
  const faults = new Float64Array(Math.max(0, to - from + 1));
  for (let bin = from; bin <= to; bin++) {
    const t = bin * pitch;
    let line = 0;
    for (let along = -reach; along <= reach; along += pitch) line += read(t * c - along * s, t * s + along * c) * pitch;
    const chord = 2 * Math.sqrt(Math.max(0, radius * radius - (t - own) ** 2));
    const through = line + chord * (titanium - water);
    const expected = photons * Math.exp(-through);
    const counted = Math.max(1, expected + Math.sqrt(expected) * noise(bin));
    faults[bin - from] = -Math.log(counted / photons) - through;
  }
  return { from, faults };
}

/** The ramp filter of a sampled projection. Source: Kak & Slaney 1988, section 3.3, equation 61. */
const ramp = (n: number, pitch: number): number =>
  n === 0 ? 1 / (4 * pitch * pitch) : n % 2 === 0 ? 0 : -1 / (Math.PI * n * pitch) ** 2;

/** Streaks of a cylinder of titanium of so many mm (width and length) in the middle of the body. *Units* HU. */
function streaks(
  field: Physical,
  diameter: number,
  noise: Float32Array,
  plane: Float32Array,
  at: readonly [number, number],
): Float32Array {
  const [nx, ny] = field.grid.size;
  const [dx, dy] = spacingOfField(field);
  const pitch = Math.min(dx, dy);
  const [x0, y0] = [((nx - 1) * dx) / 2, ((ny - 1) * dy) / 2];
  const reach = Math.hypot(nx * dx, ny * dy) / 2;
  const read = (x: number, y: number): number => {
    const [i, j] = [Math.round((x + x0) / dx), Math.round((y + y0) / dy)];
    if (i < 0 || j < 0 || i >= nx || j >= ny) return 0;
    return Math.max(0, water * (1 + (plane[i + nx * j] as number) / 1000));
  };
  const centre = [at[0] * dx - x0, at[1] * dy - y0] as const;
  const bins = Math.ceil(reach / pitch);
  const added = new Float64Array(nx * ny);
  const filtered = new Float64Array(2 * bins + 3);
  for (let n = 0; n < angles; n++) {
    const angle = (Math.PI * n) / angles;
    const draw = (bin: number): number => noise[n * (2 * bins + 1) + bin + bins] ?? 0;
    const { from, faults } = shadowOf(read, centre, diameter / 2, angle, pitch, reach, draw);
    if (faults.length === 0) continue;
    for (let bin = -bins - 1; bin <= bins + 1; bin++) {
      let sum = 0;
      for (let m = 0; m < faults.length; m++) sum += (faults[m] as number) * ramp(bin - from - m, pitch);
      filtered[bin + bins + 1] = sum * pitch;
    }
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    for (let j = 0; j < ny; j++) {
      for (let i = 0; i < nx; i++) {
        const t = ((i * dx - x0) * c + (j * dy - y0) * s) / pitch;
        const below = Math.floor(t);
        const share = t - below;
        const low = filtered[below + bins + 1] ?? 0;
        const high = filtered[below + bins + 2] ?? 0;
        added[i + nx * j] = (added[i + nx * j] as number) + low * (1 - share) + high * share;
      }
    }
  }
  return Float32Array.from(added, (mu) => ((mu * Math.PI) / angles / water) * 1000);
}

/** Photon starvation behind metal: the reconstruction of what the detectors misread is added; rays past the metal read what they did. */
export const metal = valueFamily('metal', { reads: 'image', units: true, modality: 'CT' }, (field, seed) => {
  const { grid, values } = field;
  const [nx, ny, nz] = grid.size;
  const [dx, dy, dz] = spacingOfField(field);
  const middle = Math.min(nz - 1, Math.max(0, Math.round(centreIndex(field)[2])));
  const at = middleOf(values.subarray(middle * nx * ny, (middle + 1) * nx * ny), nx, ny);
  const bins = Math.ceil(Math.hypot(nx * dx, ny * dy) / 2 / Math.min(dx, dy));
  const drawn = new Map<number, Float32Array>();
  const noiseAt = (k: number): Float32Array => {
    const found = drawn.get(k) ?? unitField(angles * (2 * bins + 1), mixed(seed, k));
    drawn.set(k, found);
    return found;
  };
  return (diameter) => {
    if (diameter === 0) return values;
    const changed = values.slice();
    onPlanes(grid, changed, (plane, k) => {
      if (k !== middle && Math.abs(k - middle) * dz > diameter / 2) return;
      const streak = streaks(field, diameter, noiseAt(k), plane.slice(), at);
      for (let v = 0; v < plane.length; v++) plane[v] = (plane[v] as number) + (streak[v] as number);
    });
    return changed;
  };
});
