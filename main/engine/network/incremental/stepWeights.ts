import { HeldWeights } from '../execute';
import { optionalWeight } from '../operation/operation';
import { tf, type Tensor } from '../tensorflow';
import type { DeltaPart } from './delta';
import type { Step } from './program';

/** Weights of the rewritten network as tensors, made when first asked for and freed all at once. */
export class StepWeights {
  readonly #held = new HeldWeights();
  readonly #own = new Map<string, Tensor>();

  of(step: Step): Readonly<Record<string, Tensor>> {
    return this.#held.of(step.node, step.inputShapes);
  }

  /** Every step's, before the first scope that would free them opens. */
  make(steps: readonly Step[]): void {
    for (const step of steps) if (step.work.kind !== 'input') this.of(step);
  }

  bias({ node, bias }: Step): Tensor | null {
    return bias && this.#kept(`${node.name} bias`, () => tf.tensor1d(bias));
  }

  /** Slopes of a PReLU, whichever node it was joined with. */
  slopes({ node }: Step): Tensor | undefined {
    const slopes = optionalWeight(node, 'alpha');
    return slopes && this.#kept(`${node.name} alpha`, () => tf.tensor(slopes.values, [...slopes.shape]));
  }

  /** The kernel's channels that read one part of a concatenation. */
  part(step: Step, { from, to }: DeltaPart): Tensor {
    const kernel = this.of(step)['kernel']!;
    if (from === 0 && to === kernel.shape.at(-2)) return kernel;
    return this.#kept(`${step.node.name} ${from} ${to}`, () => {
      const begin = kernel.shape.map((_, axis) => (axis === kernel.rank - 2 ? from : 0));
      const size = kernel.shape.map((n, axis) => (axis === kernel.rank - 2 ? to - from : n));
      return tf.slice(kernel, begin, size);
    });
  }

  /** A part of a kernel turned round, for the convolution as what each cell adds to those around it: *Shape* `[k…, out, in]`. */
  turned(step: Step, part: DeltaPart): Tensor {
    return this.#kept(`${step.node.name} ${part.from} ${part.to} turned`, () => {
      const kernel = this.part(step, part);
      const axes = Array.from({ length: kernel.rank - 2 }, (_, axis) => axis);
      return tf.transpose(tf.reverse(kernel, axes), [...axes, kernel.rank - 1, kernel.rank - 2]);
    });
  }

  /** A transposed convolution's kernel as a matrix: a row for each input channel, a column for each tap and output channel. */
  tiles(step: Step): Tensor {
    return this.#kept(`${step.node.name} tiles`, () => {
      const kernel = this.of(step)['kernel']!;
      const inside = kernel.shape.at(-1)!;
      return tf.transpose(tf.reshape(kernel, [kernel.size / inside, inside]));
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
    const made = tf.keep(tf.tidy(make));
    this.#own.set(key, made);
    return made;
  }
}
