const words = /(?:epoch|époque|epoque|step|iter(?:ation)?|ckpt|checkpoint|(?<![a-z])(?:ep|it|e))[\s_.-]*(\d+)/i;

/** The moment of training that a checkpoint's name holds: 10 of `epoch-010`, 12000 of `ckpt_12000`; null where it names none. */
export function epochOf(name: string): number | null {
  const digits = words.exec(name)?.[1];
  return digits === undefined ? null : Number(digits);
}

/** Names in the order of training: by the number that each holds, those without one behind them by their letters and numbers. */
export function inOrderOfTraining(names: readonly string[]): string[] {
  const moments = new Map(names.map((name) => [name, epochOf(name) ?? Infinity]));
  return [...names].sort((a, b) => {
    const [x, y] = [moments.get(a) ?? Infinity, moments.get(b) ?? Infinity];
    return x === y ? a.localeCompare(b, 'en', { numeric: true }) : x - y;
  });
}
