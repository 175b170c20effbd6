/** Probabilities of scores divided by a temperature, in double precision, safe against large numbers. */
export function softmaxOf(scores: readonly number[], temperature = 1): readonly number[] {
  const top = Math.max(...scores);
  const powers = scores.map((z) => Math.exp((z - top) / temperature));
  const sum = powers.reduce((all, power) => all + power, 0);
  return powers.map((power) => power / sum);
}

/** −Σ p·ln p. *Units* nats. */
export const entropyOf = (probabilities: readonly number[]): number =>
  -probabilities.reduce((sum, p) => (p > 0 ? sum + p * Math.log(p) : sum), 0);

/** −T·ln Σ e^{z/T}. Source: Liu 2020. */
export function energyOf(scores: readonly number[], temperature = 1): number {
  const top = Math.max(...scores);
  return -top - temperature * Math.log(scores.reduce((sum, z) => sum + Math.exp((z - top) / temperature), 0));
}

/** Σ_k (p_k − 1_k)², 0 … 2: for two classes twice the binary score. Source: Brier 1950. */
export const brierScore = (probabilities: readonly number[], truth: number): number =>
  probabilities.reduce((sum, p, k) => sum + (p - (k === truth ? 1 : 0)) ** 2, 0);

/** Probabilities below this count as this in the logarithm. */
export const leastProbability = 1e-12;

/** −ln p of the truth. */
export const negativeLogLikelihood = (probabilities: readonly number[], truth: number): number =>
  -Math.log(Math.max(leastProbability, probabilities[truth] ?? 0));

/** Scores of one answer, and the class that is true. */
export interface Scored {
  readonly scores: readonly number[];
  readonly truth: number;
}

const meanLoss = (cases: readonly Scored[], temperature: number): number =>
  cases.reduce((sum, { scores, truth }) => sum + negativeLogLikelihood(softmaxOf(scores, temperature), truth), 0) /
  cases.length;

/** The temperature, 0.01 … 100, at which the true classes are likeliest; by golden sections in its logarithm. Source: Guo 2017. */
export function fitTemperature(cases: readonly Scored[]): number {
  const ratio = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [Math.log(0.01), Math.log(100)];
  let [a, b] = [high - ratio * (high - low), low + ratio * (high - low)];
  let [atA, atB] = [meanLoss(cases, Math.exp(a)), meanLoss(cases, Math.exp(b))];
  for (let step = 0; step < 60; step++) {
    if (atA <= atB) {
      [high, b, atB] = [b, a, atA];
      a = high - ratio * (high - low);
      atA = meanLoss(cases, Math.exp(a));
    } else {
      [low, a, atA] = [a, b, atB];
      b = low + ratio * (high - low);
      atB = meanLoss(cases, Math.exp(b));
    }
  }
  return Math.exp((low + high) / 2);
}
