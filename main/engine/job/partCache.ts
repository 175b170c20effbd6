import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { InputResult } from '../../../shared/result';
import type { Part } from '../analysis/analysis';
import type { Picture } from '../result/picture';
import { finishedInput } from '../result/writeResults';
import { writeWhole } from '../result/writeWhole';

/** Everything that a part's numbers depend on. */
export interface PartKey {
  readonly network: string;
  readonly input: string;
  readonly inputId: string;
  /** What a database says of it. */
  readonly tags?: unknown;
  /** What the job says of it: whose it is, and its class. */
  readonly patient?: string | null;
  readonly label?: string | null;
  /** Identity of the array that holds its truth. */
  readonly truth?: string | null;
  readonly recipe: unknown;
  readonly analysis: string;
  readonly version: number;
  readonly parameters: unknown;
  /** What tells the further studies that the parameters name, by name. */
  readonly studies?: Readonly<Record<string, string | null>>;
  /** The parts that it is made of, where it compares. */
  readonly of?: readonly (string | null)[];
}

/** Finished parts of a run by name, in the folder of its results and nowhere else. */
export interface PartCache {
  /** The part, when it was finished and its files are still there. */
  find(name: string): Promise<Part | null>;
  /** Keeps a part and gives it as it will be found again, so that a run and its resumption hold the same numbers. */
  keep(name: string, part: Part): Promise<Part>;
  /** The part as it may be held for long: a large one stays on the disk, and is read whenever it is looked at. */
  held(name: string, part: Part): Part;
  /** What the report drew of a part; null where nothing was kept. */
  picturesOf(name: string): Promise<readonly Picture[] | null>;
  keepPictures(name: string, pictures: readonly Picture[]): Promise<void>;
  /** The part that was made of files that have not changed since; null where nothing was noted. */
  recall(seen: string): Promise<string | null>;
  note(seen: string, part: string): Promise<void>;
}

/** Longer parts are not held in memory: those of hundreds of inputs would fill it. */
const heldBytes = 16 * 1024;

/** Where parts lie in a folder of results. */
export const partsFolder = '.parts';

const Kept = z.object({ result: InputResult, kept: z.unknown() });
const Noted = z.object({ part: z.string() });
const Drawn = z.array(
  z.object({
    name: z.string(),
    kind: z.enum(['labels', 'dose', 'signed', 'activation']),
    unit: z.string(),
    range: z.tuple([z.number(), z.number()]),
    views: z.array(
      z.object({
        plane: z.enum(['axial', 'coronal', 'sagittal']),
        positionMm: z.number(),
        width: z.number(),
        height: z.number(),
        png: z.base64().transform((text): Uint8Array => Buffer.from(text, 'base64')),
      }),
    ),
  }),
);

const hashOf = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex');

/** The name under which a part is kept. */
export const partName = (key: PartKey): string => hashOf(key);

/** Everything that a part's numbers depend on, where the input's own content is told by its files' sizes and times. */
export interface SeenKey extends Omit<PartKey, 'input' | 'truth'> {
  readonly spec: unknown;
  /** Names of the parameters that the job itself gives: they decide what is refused. */
  readonly given: readonly string[];
  readonly files: string;
}

export const seenName = (key: SeenKey): string => `seen-${hashOf(key)}`;

export function filesOf(files: InputResult['files']): string[] {
  return Object.values(files).flatMap((entry) =>
    typeof entry === 'string' ? [entry] : filesOf(entry as InputResult['files']),
  );
}

const plain = (_: string, value: unknown): unknown =>
  ArrayBuffer.isView(value) && !(value instanceof DataView) ? Array.from(value as Float32Array) : value;

const drawn = (key: string, value: unknown): unknown =>
  key === 'png' && value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;

export function partCache(out: string): PartCache {
  const path = (name: string): string => join(out, partsFolder, `${name}.json`);
  const save = (name: string, text: string): Promise<void> => writeWhole(path(name), [text], `${partsFolder}/${name}`);

  async function read<T>(name: string, schema: z.ZodType<T>): Promise<T | null> {
    try {
      const text = await readFile(path(name), 'utf8');
      sizes.set(name, text.length);
      return schema.parse(JSON.parse(text));
    } catch {
      // Not there, or no longer whole: it is computed again.
      return null;
    }
  }

  /** Length of each part's file that was read or written here. */
  const sizes = new Map<string, number>();
  let last: { readonly name: string; readonly part: Part } | null = null;

  function load(name: string): Part {
    if (last?.name === name) return last.part;
    const { result, kept } = Kept.parse(JSON.parse(readFileSync(path(name), 'utf8')));
    last = { name, part: { result, kept } };
    return last.part;
  }

  return {
    held(name, part) {
      if ((sizes.get(name) ?? 0) < heldBytes) return part;
      const { id } = part.result;
      return {
        result: {
          id,
          get values() {
            return load(name).result.values;
          },
          get files() {
            return load(name).result.files;
          },
          get warnings() {
            return load(name).result.warnings;
          },
        },
        get kept() {
          return load(name).kept;
        },
      };
    },
    async find(name) {
      const found = await read(name, Kept);
      if (!found) return null;
      try {
        await Promise.all(filesOf(found.result.files).map((file) => access(join(out, file))));
      } catch {
        // A map that somebody removed is made again.
        return null;
      }
      return { result: found.result, kept: found.kept };
    },
    async keep(name, { result, kept }) {
      const text = JSON.stringify({ result: finishedInput(result), kept }, plain);
      sizes.set(name, text.length);
      await save(name, text);
      const found = Kept.parse(JSON.parse(text));
      return { result: found.result, kept: found.kept };
    },
    picturesOf: (name) => read(`${name}.pictures`, Drawn),
    keepPictures: (name, pictures) => save(`${name}.pictures`, JSON.stringify(pictures.map(plainPicture), drawn)),
    recall: async (seen) => (await read(seen, Noted))?.part ?? null,
    note: (seen, part) => save(seen, JSON.stringify({ part })),
  };
}

/** `Buffer` writes itself as JSON before a replacer sees it. */
const plainPicture = (picture: Picture): Picture => ({
  ...picture,
  views: picture.views.map((view) => ({ ...view, png: new Uint8Array(view.png) })),
});
