/** What a scanner stores, HU. */
const scannerHu = [-1024, 3071] as const;

/** Keeps HU within what a scanner stores, or within what this scan itself holds where that is more. */
export function clipToScanner(values: Float32Array, original: Int16Array | Float32Array): Float32Array {
  let [low, high]: [number, number] = [scannerHu[0], scannerHu[1]];
  for (const value of original) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  for (let v = 0; v < values.length; v++) {
    const value = values[v] as number;
    if (value < low) values[v] = low;
    else if (value > high) values[v] = high;
  }
  return values;
}
