/** A run of text of one kind. `href` for links. */
export interface Span {
  readonly kind: 'text' | 'bold' | 'code' | 'link';
  readonly text: string;
  readonly href?: string;
}

export type GuideBlock =
  | { readonly kind: 'heading'; readonly level: 1 | 2 | 3; readonly id: string; readonly spans: readonly Span[] }
  | { readonly kind: 'paragraph'; readonly spans: readonly Span[] }
  | { readonly kind: 'list'; readonly ordered: boolean; readonly items: readonly (readonly Span[])[] }
  | {
      readonly kind: 'table';
      readonly head: readonly (readonly Span[])[];
      readonly rows: readonly (readonly Span[])[][];
    }
  | { readonly kind: 'code'; readonly text: string };

/** Bold, code and links of a line; everything else is plain text. */
export function spansOf(line: string): readonly Span[] {
  const spans: Span[] = [];
  const marks = /`([^`]+)`|\*\*(.+?)\*\*|\[([^\]]+)\]\(([^)]+)\)|(?<![\w*])_([^_]+)_(?!\w)/g;
  let from = 0;
  for (const found of line.matchAll(marks)) {
    if (found.index > from) spans.push({ kind: 'text', text: line.slice(from, found.index) });
    const [whole, code, bold, link, href, leaning] = found;
    if (code !== undefined) spans.push({ kind: 'code', text: code });
    else if (bold !== undefined) spans.push({ kind: 'bold', text: bold.replace(/`/g, '') });
    else if (link !== undefined) spans.push({ kind: 'link', text: link, href: href ?? '' });
    else spans.push({ kind: 'text', text: leaning ?? whole });
    from = found.index + whole.length;
  }
  if (from < line.length) spans.push({ kind: 'text', text: line.slice(from) });
  return spans;
}

/** How a heading is linked to: lower case, words joined by hyphens. */
const idOf = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s-]/gu, '')
    .trim()
    .replace(/\s+/g, '-');

const cellsOf = (line: string): readonly (readonly Span[])[] =>
  line
    .trim()
    .replace(/^\||\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => spansOf(cell.trim().replace(/\\\|/g, '|')));

const startsAnother = /^(#{1,3} |\||```|\s*([-*]|\d+\.) )/;
const item = /^\s*([-*]|\d+\.) +/;

/** The guide's own Markdown: headings, paragraphs, lists, tables and code. */
export function guideBlocks(text: string): readonly GuideBlock[] {
  const lines = text.split(/\r?\n/);
  const blocks: GuideBlock[] = [];
  let at = 0;
  const take = (): string => lines[at++] ?? '';
  while (at < lines.length) {
    const line = take();
    const heading = /^(#{1,3}) (.*)$/.exec(line);
    if (line.trim() === '') continue;
    if (heading?.[1] && heading[2] !== undefined)
      blocks.push({
        kind: 'heading',
        level: heading[1].length as 1 | 2 | 3,
        id: idOf(heading[2]),
        spans: spansOf(heading[2]),
      });
    else if (line.startsWith('```')) {
      const code: string[] = [];
      while (at < lines.length && !lines[at]?.startsWith('```')) code.push(take());
      at++;
      blocks.push({ kind: 'code', text: code.join('\n') });
    } else if (line.startsWith('|')) {
      const rows: (readonly Span[])[][] = [];
      while (lines[at]?.startsWith('|')) {
        const row = take();
        if (!/^\|[\s|:-]+\|?$/.test(row)) rows.push([...cellsOf(row)]);
      }
      blocks.push({ kind: 'table', head: cellsOf(line), rows });
    } else if (item.test(line)) {
      const items = [line.replace(item, '')];
      while (at < lines.length && lines[at]?.trim() !== '') {
        const next = take();
        if (item.test(next)) items.push(next.replace(item, ''));
        else items.push(`${items.pop() ?? ''} ${next.trim()}`);
      }
      blocks.push({ kind: 'list', ordered: /^\s*\d/.test(line), items: items.map(spansOf) });
    } else {
      const words = [line];
      while (at < lines.length && lines[at]?.trim() !== '' && !startsAnother.test(lines[at] ?? '')) words.push(take());
      blocks.push({ kind: 'paragraph', spans: spansOf(words.join(' ')) });
    }
  }
  return blocks;
}
