import { describe, expect, it } from 'vitest';
import { guideBlocks, spansOf } from '../../../renderer/panels/help/guideBlocks';
import { documents } from '../../../renderer/panels/help/documents';

describe('the guide inside the window', () => {
  it('reads bold, code and links', () => {
    expect(spansOf('a **b** `c` [d](e.md#f).')).toEqual([
      { kind: 'text', text: 'a ' },
      { kind: 'bold', text: 'b' },
      { kind: 'text', text: ' ' },
      { kind: 'code', text: 'c' },
      { kind: 'text', text: ' ' },
      { kind: 'link', text: 'd', href: 'e.md#f' },
      { kind: 'text', text: '.' },
    ]);
  });
  it('reads headings, paragraphs over lines, lists, tables and code', () => {
    const text = '# One\n\nfirst\nsecond\n\n- a\n  more\n- b\n\n| h | i |\n| - | - |\n| 1 | 2 |\n\n```json\n{ }\n```\n';
    expect(guideBlocks(text).map(({ kind }) => kind)).toEqual(['heading', 'paragraph', 'list', 'table', 'code']);
    expect(guideBlocks(text)[1]).toMatchObject({ spans: [{ text: 'first second' }] });
    expect(guideBlocks(text)[2]).toMatchObject({ items: [[{ text: 'a more' }], [{ text: 'b' }]] });
    expect(guideBlocks(text)[3]).toMatchObject({ rows: [[[{ text: '1' }], [{ text: '2' }]]] });
    expect(guideBlocks(text)[4]).toMatchObject({ text: '{ }' });
  });
  it('has as many chapters in French as in English, and leaves no mark of its source on the screen', () => {
    const chapters = (text: string): number =>
      guideBlocks(text).filter((block) => block.kind === 'heading' && block.level === 2).length;
    expect(chapters(documents.fr.guide)).toBe(chapters(documents.en.guide));
    for (const text of [documents.en.guide, documents.fr.guide])
      for (const block of guideBlocks(text))
        if (block.kind === 'paragraph')
          expect(block.spans.filter(({ kind, text: said }) => kind === 'text' && /\*\*|^\||^#/.test(said))).toEqual([]);
  });
});
