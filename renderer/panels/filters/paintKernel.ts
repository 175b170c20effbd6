import { colourTables } from '../../../shared/colourMaps';

/** Weights as signed colours, symmetric about 0. *Sign* orange above, blue below; grey: no number. */
export function paintWeights(picture: ImageData, values: ArrayLike<number>, top: number): void {
  const table = colourTables.diverging;
  for (let at = 0; at < values.length; at++) {
    const value = values[at] ?? 0;
    const share = Number.isFinite(value) && top > 0 ? Math.min(1, Math.max(-1, value / top)) : 0;
    const entry = 3 * Math.round(127.5 * (share + 1));
    const known = Number.isFinite(value);
    picture.data[4 * at] = known ? (table[entry] ?? 0) : 128;
    picture.data[4 * at + 1] = known ? (table[entry + 1] ?? 0) : 128;
    picture.data[4 * at + 2] = known ? (table[entry + 2] ?? 0) : 128;
    picture.data[4 * at + 3] = 255;
  }
}
