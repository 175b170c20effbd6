import type { Format } from '../../../../shared/network';
import type { Warning } from '../../../../shared/result';
import type { GraphDraft } from '../assemble';
import type { NativeSource } from '../blackBox';

/** A network's main file, whole, and what lies beside it. */
export interface Source {
  /** As the user gave it, for messages. */
  readonly path: string;
  /** The folder in which it lies. */
  readonly folder: string;
  /** The file's name without folder and ending. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /**
   * Another file in the main file's folder or below it, by its way from there; null where it is missing or leads out. What is read
   * counts for the network's identity.
   */
  beside(name: string): Promise<Uint8Array | null>;
  /** The files in the main file's folder. */
  names(): Promise<readonly string[]>;
}

export interface ReadNetwork {
  readonly format: Format;
  readonly draft: GraphDraft;
  readonly warnings: readonly Warning[];
  /** Where TensorFlow itself can run what the graph does not know. */
  readonly native?: NativeSource;
}

/** One kind of file. `matches` looks at the content, never at the file's name. */
export interface Reader {
  matches(source: Source): boolean;
  /** Never executes anything from the file. *Problems* network/… naming the file or the node. */
  read(source: Source): Promise<ReadNetwork>;
}
