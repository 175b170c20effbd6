/** Numbers of kernels that the table knows. */
const counts = [8, 16, 32, 64, 128, 256, 1024, 4096] as const;

/** Variance entropy of iid normal kernels, by weights in a kernel: 5 % quantile, then median, for each number of kernels. *Source* simulated for methods §1.2. */
const table: Readonly<Record<number, { readonly q05: readonly number[]; readonly median: readonly number[] }>> = {
  9: {
    q05: [0.6026, 0.7752, 0.8627, 0.9086, 0.9315, 0.9428, 0.9512, 0.9536],
    median: [0.6658, 0.8184, 0.8852, 0.921, 0.9377, 0.9462, 0.9523, 0.9538],
  },
  25: {
    q05: [0.7504, 1.0153, 1.2007, 1.2987, 1.3477, 1.373, 1.3916, 1.3964],
    median: [0.781, 1.0401, 1.2172, 1.3092, 1.3539, 1.3759, 1.3925, 1.3966],
  },
  27: {
    q05: [0.7539, 1.0247, 1.2198, 1.3244, 1.3783, 1.4052, 1.4248, 1.4297],
    median: [0.7864, 1.0493, 1.2374, 1.3356, 1.3836, 1.4076, 1.4254, 1.4298],
  },
  49: {
    q05: [0.7957, 1.0915, 1.3376, 1.5085, 1.6003, 1.6452, 1.6789, 1.6874],
    median: [0.8118, 1.1063, 1.3503, 1.5189, 1.6049, 1.6478, 1.6796, 1.6875],
  },
};

/** What noise gives; between two numbers of kernels, interpolated over their logarithm. null outside the table. */
export function entropyOfNoise(cells: number, kernels: number): { q05: number; median: number } | null {
  const own = table[cells];
  const above = counts.findIndex((count) => count >= kernels);
  if (!own || above < 0 || kernels < counts[0]) return null;
  if (above === 0) return { q05: own.q05[0] as number, median: own.median[0] as number };
  const [low, high] = [counts[above - 1] as number, counts[above] as number];
  const along = Math.log(kernels / low) / Math.log(high / low);
  const between = (list: readonly number[]): number =>
    (list[above - 1] as number) + along * ((list[above] as number) - (list[above - 1] as number));
  return { q05: between(own.q05), median: between(own.median) };
}
