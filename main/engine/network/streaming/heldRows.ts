import { cut, joinedAlong } from '../incremental/native';
import { tf, type Tensor } from '../tensorflow';
import type { Rows } from './schedule';

/** The rows of one map that are still to be read: chunks `[1, rows, …, channels]`, one behind the other. */
export class HeldRows {
  readonly #chunks: { readonly from: number; readonly tensor: Tensor }[] = [];

  append(from: number, tensor: Tensor): void {
    this.#chunks.push({ from, tensor });
  }

  /** These rows as one tensor, which the surrounding tidy frees. Rows past the map's end are there where a chunk holds them. */
  read({ from, to }: Rows): Tensor {
    const parts: Tensor[] = [];
    for (const { from: start, tensor } of this.#chunks) {
      const first = Math.max(from, start);
      const last = Math.min(to, start + tensor.shape[1]!);
      if (first >= last) continue;
      const begin = tensor.shape.map((_, axis) => (axis === 1 ? first - start : 0));
      const size = tensor.shape.map((n, axis) => (axis === 1 ? last - first : n));
      parts.push(last - first === tensor.shape[1] ? tensor : cut(tensor, begin, size));
    }
    return joinedAlong(parts, 1);
  }

  dropBefore(row: number): void {
    for (let [first] = this.#chunks; first && first.from + first.tensor.shape[1]! <= row; [first] = this.#chunks) {
      first.tensor.dispose();
      this.#chunks.shift();
    }
  }

  /** A vector has no rows: it is held as it is. */
  get whole(): Tensor {
    return this.#chunks[0]!.tensor;
  }

  free(): void {
    tf.dispose(this.#chunks.map(({ tensor }) => tensor));
    this.#chunks.length = 0;
  }
}
