import { initialLaws, type InitialLaw } from '../../../shared/analysis/filters';
import { normalCdf } from './statistics/normal';
import type { Draws } from './statistics/draws';
import type { KernelLayer } from './kernelLayer';

/** A law that weights are drawn from before any training. */
export interface Law {
  readonly id: InitialLaw;
  readonly variance: number;
  /** No weight lies beyond; Infinity where the law has no end. */
  readonly limit: number;
  /** Fourth moment over the squared variance, less 3. */
  readonly excess: number;
  readonly cdf: (w: number) => number;
  readonly draw: (draws: Draws) => number;
}

/** Spread of a standard normal law that is cut at two. */
const cutSpread = 0.879_625_66;
const cutExcess = -0.634;
const cutMass = normalCdf(2) - normalCdf(-2);

function uniform(id: InitialLaw, limit: number): Law {
  return {
    id,
    variance: limit ** 2 / 3,
    limit,
    excess: -1.2,
    cdf: (w) => Math.min(1, Math.max(0, (w + limit) / (2 * limit))),
    draw: (draws) => limit * (2 * draws.unit() - 1),
  };
}

/** `parameter` is the spread before the cut. */
function truncated(id: InitialLaw, parameter: number): Law {
  return {
    id,
    variance: (parameter * cutSpread) ** 2,
    limit: 2 * parameter,
    excess: cutExcess,
    cdf: (w) => {
      const z = w / parameter;
      return z <= -2 ? 0 : z >= 2 ? 1 : (normalCdf(z) - normalCdf(-2)) / cutMass;
    },
    draw: (draws) => {
      let z = draws.normal();
      while (Math.abs(z) > 2) z = draws.normal();
      return z * parameter;
    },
  };
}

function normal(id: InitialLaw, sd: number): Law {
  return {
    id,
    variance: sd ** 2,
    limit: Infinity,
    excess: 0,
    cdf: (w) => normalCdf(w / sd),
    draw: (draws) => sd * draws.normal(),
  };
}

/**
 * A law for a layer's numbers of inputs and outputs, as its framework counts them.
 * *Source* Glorot & Bengio 2010; He 2015; the initialisers of Keras, of TensorFlow.js (which leave out the correction for the cut) and of PyTorch.
 */
export function lawOf(id: InitialLaw, { fanIn, fanOut }: Pick<KernelLayer, 'fanIn' | 'fanOut'>): Law {
  const [glorot, he] = [2 / (fanIn + fanOut), 2 / fanIn];
  switch (id) {
    case 'glorot-uniform':
      return uniform(id, Math.sqrt(3 * glorot));
    case 'he-uniform':
      return uniform(id, Math.sqrt(3 * he));
    case 'glorot-normal':
      return truncated(id, Math.sqrt(glorot) / cutSpread);
    case 'he-normal':
      return truncated(id, Math.sqrt(he) / cutSpread);
    case 'tfjs-glorot-normal':
      return truncated(id, Math.sqrt(glorot));
    case 'tfjs-he-normal':
      return truncated(id, Math.sqrt(he));
    case 'torch-uniform':
      return uniform(id, Math.sqrt(1 / fanIn));
    case 'torch-he-normal':
      return normal(id, Math.sqrt(he));
  }
}

/** The laws that are tried where nobody names one: four of Keras, two of TensorFlow.js. */
export const triedLaws = initialLaws.filter((id) => !id.startsWith('torch'));
