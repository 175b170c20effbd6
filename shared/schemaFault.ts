import { z } from 'zod';

/** The first thing wrong with a document, in words that name the key. */
export type SchemaFault =
  | { readonly kind: 'unknown-key'; readonly key: string; readonly nearest: string | null }
  | { readonly kind: 'invalid'; readonly key: string; readonly reason: string };

/** Edit distance of two words (Levenshtein 1966). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** The known word that is most like the given one; null when none is near enough to be meant. */
export function nearestWord(word: string, known: readonly string[]): string | null {
  const ranked = known
    .map((candidate) => ({ candidate, far: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.far - b.far);
  const best = ranked[0];
  return best && best.far <= Math.max(2, Math.ceil(word.length / 2)) ? best.candidate : null;
}

/** Keys that an object at `path` may have; every branch of a union counts. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault) {
    return keysAt(schema.unwrap() as z.ZodType, path);
  }
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => keysAt(option as z.ZodType, path));
  const [head, ...rest] = path;
  if (schema instanceof z.ZodObject) {
    if (head === undefined) return Object.keys(schema.shape as object);
    const inner = (schema.shape as Record<PropertyKey, z.ZodType | undefined>)[head];
    return inner ? keysAt(inner, rest) : [];
  }
  if (schema instanceof z.ZodArray) return head === undefined ? [] : keysAt(schema.element as z.ZodType, rest);
  if (schema instanceof z.ZodRecord) return head === undefined ? [] : keysAt(schema.valueType as z.ZodType, rest);
  return [];
}

const keyOf = (path: readonly PropertyKey[]): string =>
  path
    .map((part) => (typeof part === 'number' ? `[${String(part)}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');

/** In a union the branch that came furthest says best what was meant: prefer an unknown key, then the deepest path. */
function plainest(
  issues: readonly z.core.$ZodIssue[],
  at: readonly PropertyKey[],
): { issue: z.core.$ZodIssue; path: PropertyKey[] } {
  const all = issues.flatMap((issue) => {
    const path = [...at, ...issue.path];
    if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [{ issue, path }];
    return issue.errors.map((branch) => plainest(branch, path));
  });
  const weight = ({ issue, path }: (typeof all)[number]): number =>
    path.length * 2 + (issue.code === 'unrecognized_keys' ? 1 : 0);
  const [best] = all.sort((a, b) => weight(b) - weight(a));
  if (!best) throw new Error('a failed parse has an issue');
  return best;
}

/** What to tell of a document that its schema refused. */
export function faultOf(schema: z.ZodType, error: z.ZodError): SchemaFault {
  const { issue, path } = plainest(error.issues, []);
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? '';
    return { kind: 'unknown-key', key: keyOf([...path, key]), nearest: nearestWord(key, keysAt(schema, path)) };
  }
  return { kind: 'invalid', key: keyOf(path), reason: issue.message };
}
