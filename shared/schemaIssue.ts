import { z } from 'zod';

/** The first thing that is wrong with data that a schema refused: a key that does not exist, or a value that cannot be. */
export type SchemaIssue =
  | { readonly kind: 'unknown-key'; readonly key: string; readonly nearest: string }
  | { readonly kind: 'invalid'; readonly key: string; readonly reason: string };

type Issue = z.core.$ZodIssue;

/** A path as people write it: `channels[0].clip`. */
const written = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${String(part)}]` : text === '' ? String(part) : `${text}.${String(part)}`,
    '',
  );

/** Of a union, the branch that was most likely meant: the one with the fewest complaints, unknown keys counted least. */
function leaves(issues: readonly Issue[], above: readonly PropertyKey[]): Issue[] {
  return issues.flatMap((issue) => {
    const path = [...above, ...issue.path];
    if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [{ ...issue, path }];
    const branches = issue.errors.map((branch) => leaves(branch, path));
    const weight = (branch: readonly Issue[]): number =>
      branch.reduce((sum, { code, path: at }) => {
        const deep = 1 / (1 + at.length);
        return sum + (code === 'unrecognized_keys' ? 0.5 : 1) * deep;
      }, 0);
    const likely = branches.reduce((best, branch) => (weight(branch) < weight(best) ? branch : best));
    const allPlain = branches.every((branch) => branch.length === 1 && branch[0]?.path.length === path.length);
    return allPlain ? [{ ...issue, path }] : likely;
  });
}

/** Number of letters to insert, drop or replace to turn one word into the other, case ignored. */
export function editDistance(a: string, b: string): number {
  const [from, to] = [a.toLowerCase(), b.toLowerCase()];
  let row = Array.from({ length: to.length + 1 }, (_, n) => n);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const swap = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}

/** The word of the list that is nearest to `word`; the first of equals, which is the word itself when the list is empty. */
export const nearestWord = (word: string, known: readonly string[]): string =>
  known.reduce(
    (best, other) => (editDistance(word, other) < editDistance(word, best) ? other : best),
    known[0] ?? word,
  );

/** Every key that a schema knows, at any depth. */
export function keysOf(schema: z.ZodType): readonly string[] {
  const keys = new Set<string>();
  const walk = (part: unknown): void => {
    if (Array.isArray(part)) part.forEach(walk);
    else if (typeof part === 'object' && part !== null) {
      for (const [name, inner] of Object.entries(part)) {
        if (name === 'properties') Object.keys(inner as object).forEach((key) => keys.add(key));
        walk(inner);
      }
    }
  };
  walk(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
  return [...keys];
}

/** What to say first of a refused value; unknown keys go before all else, since they are most often a slip of the pen. */
export function schemaIssueOf(error: z.ZodError, schema: z.ZodType): SchemaIssue {
  const all = leaves(error.issues, []);
  for (const issue of all) {
    if (issue.code !== 'unrecognized_keys') continue;
    const key = issue.keys[0] ?? '';
    return { kind: 'unknown-key', key: written([...issue.path, key]), nearest: nearestWord(key, keysOf(schema)) };
  }
  const first = all[0];
  return { kind: 'invalid', key: written(first?.path ?? []) || 'schema', reason: first?.message ?? 'unreadable' };
}
