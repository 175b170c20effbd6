/**
 * Colours of numbers, the same in the window and in the report. Sources: the sequential map follows matplotlib's inferno;
 * the diverging one is black at zero so that the CT shows where a map says nothing; dose is ordered in lightness.
 */

export const colourMaps = ['sequential', 'diverging', 'dose', 'grey'] as const;
export type ColourMap = (typeof colourMaps)[number];

/** Red, green and blue, 0 … 255 each. */
export type Rgb = readonly [number, number, number];

type Stop = readonly [at: number, colour: number];

const stops: Readonly<Record<ColourMap, readonly Stop[]>> = {
  sequential: [
    [0, 0x000004],
    [0.12, 0x1b0c41],
    [0.25, 0x4a0c6b],
    [0.37, 0x781c6d],
    [0.5, 0xa52c60],
    [0.62, 0xcf4446],
    [0.75, 0xed6925],
    [0.87, 0xfb9b06],
    [1, 0xfcffa4],
  ],
  diverging: [
    [0, 0x8fd0ff],
    [0.125, 0x3d9be9],
    [0.25, 0x1b5fa8],
    [0.375, 0x0b2a4a],
    [0.5, 0x101010],
    [0.625, 0x4a2408],
    [0.75, 0xa85210],
    [0.875, 0xf08a24],
    [1, 0xffd08a],
  ],
  dose: [
    [0, 0x24124f],
    [0.167, 0x3b2f8f],
    [0.33, 0x2f6f9f],
    [0.5, 0x1f9e89],
    [0.667, 0x6dcd59],
    [0.83, 0xd8e219],
    [1, 0xfff7b0],
  ],
  grey: [
    [0, 0x000000],
    [1, 0xffffff],
  ],
};

const channelsOf = (colour: number): Rgb => [(colour >> 16) & 255, (colour >> 8) & 255, colour & 255];

function between(map: ColourMap, t: number): Rgb {
  const list = stops[map];
  const after = list.findIndex(([at]) => at >= t);
  const [high, low] = [list[after], list[after - 1]];
  if (high === undefined) return channelsOf((list.at(-1) as Stop)[1]);
  if (low === undefined) return channelsOf(high[1]);
  const share = (t - low[0]) / (high[0] - low[0]);
  const [a, b] = [channelsOf(low[1]), channelsOf(high[1])];
  return [a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1]), a[2] + share * (b[2] - a[2])];
}

/** 256 colours, three bytes each: entry `n` is the colour of t = n / 255. */
export const colourTables: Readonly<Record<ColourMap, Uint8Array>> = Object.fromEntries(
  colourMaps.map((map) => {
    const table = new Uint8Array(256 * 3);
    for (let n = 0; n < 256; n++) table.set(between(map, n / 255).map(Math.round), n * 3);
    return [map, table];
  }),
) as Record<ColourMap, Uint8Array>;

/** The colour of `t` (0 … 1; beyond it the end's colour; NaN takes the lower end's). In a diverging map zero is t = 0.5. */
export function colourOf(map: ColourMap, t: number): Rgb {
  const entry = Math.round(Math.min(1, Math.max(0, Number.isNaN(t) ? 0 : t)) * 255) * 3;
  const table = colourTables[map];
  return [table[entry] ?? 0, table[entry + 1] ?? 0, table[entry + 2] ?? 0];
}

/** A CSS gradient of the map from left to right, for legends. */
export function cssGradientOf(map: ColourMap): string {
  const parts = stops[map].map(
    ([at, colour]) => `#${colour.toString(16).padStart(6, '0')} ${String(Math.round(at * 1000) / 10)}%`,
  );
  return `linear-gradient(90deg, ${parts.join(', ')})`;
}
