import { describe, expect, it } from 'vitest';
import { graphLayout } from '../../../renderer/panels/network/graphLayout';
import type { LayerGroup } from '../../../renderer/panels/network/layers';
import type { NodeDescription } from '../../../shared/network';

const node = (name: string, channels: number, ...inputs: string[]): NodeDescription => ({
  name,
  op: 'conv2d',
  inputs,
  outputShape: [null, 8, 8, channels],
  parameters: 0,
  activation: null,
  receptiveField: null,
});

/** A U of three sizes with two skips: a → g and b → f. */
const groups: readonly LayerGroup[] = [
  { size: '8²', nodes: [node('a', 8)] },
  { size: '4²', nodes: [node('b', 16, 'a')] },
  { size: '2²', nodes: [node('c', 32, 'b'), node('d', 64, 'c')] },
  { size: '4²', nodes: [node('f', 16, 'd', 'b')] },
  { size: '8²', nodes: [node('g', 8, 'f', 'a')] },
];
const measures = { row: 20, lanes: 6 };
const laneOf = (layout: ReturnType<typeof graphLayout>, from: string, to: string): number | null | undefined =>
  layout.lines.find((line) => line.from === from && line.to === to)?.lane;

describe('the graph of a network', () => {
  it('has one block a layer, top to bottom, wider with more channels', () => {
    const { blocks, headings, height } = graphLayout(groups, new Set(), measures);
    expect(blocks.map((block) => block.node.name)).toEqual(['a', 'b', 'c', 'd', 'f', 'g']);
    expect(blocks.map(({ top }) => top)).toEqual([20, 60, 100, 120, 160, 200]);
    expect(headings).toHaveLength(5);
    expect(height).toBe(220);
    const share = (name: string): number => blocks.find((block) => block.node.name === name)?.share ?? 0;
    expect(share('a')).toBeLessThan(share('b'));
    expect(share('d')).toBe(1);
  });
  it('draws neighbours straight down and skips on lanes that do not cross, the shorter one inside', () => {
    const layout = graphLayout(groups, new Set(), measures);
    expect(laneOf(layout, 'a', 'b')).toBeNull();
    expect(laneOf(layout, 'b', 'f')).toBe(0);
    expect(laneOf(layout, 'a', 'g')).toBe(1);
    expect(layout.lanes).toBe(2);
  });
  it('lets a folded group stand for its layers', () => {
    const layout = graphLayout(groups, new Set([1, 2, 3]), measures);
    expect(layout.blocks.map((block) => block.node.name)).toEqual(['a', 'g']);
    expect(layout.headings.filter(({ folded }) => folded).map(({ count }) => count)).toEqual([1, 2, 1]);
    // c → d lies within one folded group.
    expect(layout.lines.map(({ from, to }) => `${from}${to}`).sort()).toEqual(['ab', 'ag', 'bc', 'bf', 'df', 'fg']);
  });
  it('shares the outermost lane where there is no room for more', () => {
    const layout = graphLayout(groups, new Set(), { row: 20, lanes: 1 });
    expect([laneOf(layout, 'b', 'f'), laneOf(layout, 'a', 'g')]).toEqual([0, 0]);
  });
});
