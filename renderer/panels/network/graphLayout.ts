import type { NodeDescription } from '../../../shared/network';
import { channelCount, type LayerGroup } from './layers';

/** A layer as a block of the graph. `share` of the widest block, by log2 of its channels. */
export interface GraphBlock {
  readonly node: NodeDescription;
  readonly top: number;
  readonly share: number;
}

/** The heading of a run of layers on one size of map; folded, it stands for all of them. */
export interface GraphHeading {
  readonly at: number;
  readonly size: string;
  readonly top: number;
  readonly folded: boolean;
  readonly count: number;
}

/** A connection. `lane` null: straight down to the next block; else the lane at the right edge, 0 the innermost. */
export interface GraphLine {
  readonly from: string;
  readonly to: string;
  readonly fromY: number;
  readonly toY: number;
  readonly lane: number | null;
}

export interface GraphLayout {
  readonly blocks: readonly GraphBlock[];
  readonly headings: readonly GraphHeading[];
  readonly lines: readonly GraphLine[];
  readonly lanes: number;
  readonly height: number;
}

export interface GraphMeasures {
  /** Height of a row, px. */
  readonly row: number;
  /** Lanes that there is room for; connections beyond them share the last. */
  readonly lanes: number;
}

/** Narrowest block: a single channel is still read and hit. */
const narrowest = 0.45;

interface Span {
  readonly from: string;
  readonly to: string;
  readonly first: number;
  readonly last: number;
}

/** Lanes for skips so that no two on one lane overlap; the shortest lie innermost. */
function lanesOf(spans: readonly Span[], most: number): ReadonlyMap<Span, number> {
  const taken: Span[][] = [];
  const lanes = new Map<Span, number>();
  for (const span of [...spans].sort((a, b) => a.last - a.first - (b.last - b.first) || a.first - b.first)) {
    const free = taken.findIndex((lane) => lane.every(({ first, last }) => last <= span.first || first >= span.last));
    const lane = Math.min(free < 0 ? taken.length : free, most - 1);
    (taken[lane] ??= []).push(span);
    lanes.set(span, lane);
  }
  return lanes;
}

/**
 * One block a layer, top to bottom in the file's order, under a heading for each size of map. A connection to the next block
 * goes straight down; every other one runs along the right edge. A folded heading stands for its layers.
 */
export function graphLayout(
  groups: readonly LayerGroup[],
  folded: ReadonlySet<number>,
  measures: GraphMeasures,
): GraphLayout {
  const widest = Math.max(
    1,
    ...groups.flatMap(({ nodes }) => nodes.map((node) => Math.log2(1 + (channelCount(node) ?? 1)))),
  );
  const blocks: GraphBlock[] = [];
  const headings: GraphHeading[] = [];
  /** The row that stands for a node, counted over blocks and folded headings alone; and its place. */
  const rowOf = new Map<string, { readonly order: number; readonly key: string; readonly middle: number }>();
  let top = 0;
  let order = 0;
  groups.forEach(({ size, nodes }, at) => {
    const isFolded = folded.has(at);
    headings.push({ at, size, top, folded: isFolded, count: nodes.length });
    const heading = { order, key: `heading ${String(at)}`, middle: top + measures.row / 2 };
    top += measures.row;
    if (isFolded) order++;
    for (const node of nodes) {
      if (isFolded) {
        rowOf.set(node.name, heading);
        continue;
      }
      const share = narrowest + ((1 - narrowest) * Math.log2(1 + (channelCount(node) ?? 1))) / widest;
      blocks.push({ node, top, share });
      rowOf.set(node.name, { order: order++, key: node.name, middle: top + measures.row / 2 });
      top += measures.row;
    }
  });
  const spans = new Map<string, Span>();
  for (const { nodes } of groups)
    for (const node of nodes)
      for (const input of node.inputs) {
        const from = rowOf.get(input);
        const to = rowOf.get(node.name);
        if (!from || !to || from.key === to.key) continue;
        spans.set(`${from.key}→${to.key}`, { from: input, to: node.name, first: from.order, last: to.order });
      }
  const skips = [...spans.values()].filter(({ first, last }) => last - first !== 1);
  const lanes = lanesOf(skips, measures.lanes);
  const lines = [...spans.values()].map((span): GraphLine => ({
    from: span.from,
    to: span.to,
    fromY: rowOf.get(span.from)?.middle ?? 0,
    toY: rowOf.get(span.to)?.middle ?? 0,
    lane: lanes.get(span) ?? null,
  }));
  return { blocks, headings, lines, lanes: Math.max(0, ...[...lanes.values()].map((lane) => lane + 1)), height: top };
}
