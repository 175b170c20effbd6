import { HeldWeights } from '../execute';
import { optionalWeight } from '../operation/operation';
import { tf, type Tensor } from '../tensorflow';
import { volumeOf } from './box';
import type { DeltaPart } from './delta';
import type { Step } from './program';

/** Weights of the rewritten network as tensors, made when first asked for and freed all at once. */
export class StepWeights {
  readonly #held = new HeldWeights();
  readonly #own = new Map<string, Tensor>();

  of({ node, inputShapes }: Step): Readonly<Record<string, Tensor>> {
    return this.#held.of(node, inputShapes);
  }

  bias({ node, bias }: Step): Tensor | null {
    return bias && this.#kept(`${node.name} bias`, () => tf.tensor1d(bias));
  }

  /** Slopes of a PReLU, whichever node it was joined with. */
  slopes({ node }: Step): Tensor | undefined {
    const slopes = optionalWeight(node, 'alpha');
    return slopes && this.#kept(`${node.name} alpha`, () => tf.tensor(slopes.values, [...slopes.shape]));
  }

  /** The kernel's channels that read one part of a concatenation; turned round for the 3D form, *Shape* `[k…, out, in]`. */
  part(step: Step, { from, to }: DeltaPart): Tensor {
    const kernel = this.of(step)['kernel']!;
    const turn = step.sizes.length === 3;
    if (!turn && from === 0 && to === kernel.shape.at(-2)) return kernel;
    return this.#kept(`${step.node.name} ${from} ${to}`, () => {
      const [inside, out] = kernel.shape.slice(-2) as [number, number];
      const taps = volumeOf(kernel.shape.slice(0, -2));
      const values = kernel.dataSync() as Float32Array;
      const part = new Float32Array(taps * (to - from) * out);
      for (let tap = 0; tap < taps; tap++) {
        for (let i = from; i < to; i++) {
          for (let o = 0; o < out; o++) {
            const value = values[(tap * inside + i) * out + o]!;
            if (turn) part[((taps - 1 - tap) * out + o) * (to - from) + i - from] = value;
            else part[(tap * (to - from) + i - from) * out + o] = value;
          }
        }
      }
      return tf.tensor(part, [...kernel.shape.slice(0, -2), ...(turn ? [out, to - from] : [to - from, out])]);
    });
  }

  free(): void {
    this.#held.free();
    for (const tensor of this.#own.values()) tensor.dispose();
    this.#own.clear();
  }

  /** Made outside of every scope, as they outlive the batch that first asks for them. */
  #kept(key: string, make: () => Tensor): Tensor {
    const found = this.#own.get(key);
    if (found) return found;
    const made = tf.keep(make());
    this.#own.set(key, made);
    return made;
  }
}
