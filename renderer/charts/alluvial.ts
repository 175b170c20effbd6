import { areaY, rectY, text, type PlotOptions } from '@observablehq/plot';
import type { Language } from '../../shared/words';
import { formatNumber } from '../controls/numbers';

/** From one moment to the next, how many stayed and how many crossed. */
export interface Crossing {
  readonly from: string;
  readonly to: string;
  readonly stillDead: number;
  readonly awakened: number;
  readonly killed: number;
  readonly stillAlive: number;
}

interface Ribbon {
  readonly kind: keyof typeof colours;
  readonly count: number;
  readonly title: string;
  readonly points: readonly { readonly at: number; readonly low: number; readonly high: number }[];
}

const colours = { stillAlive: '#4f6f8a', awakened: '#7fd4ff', killed: '#ffb347', stillDead: '#6b5a3f' } as const;
/** Half of a block's width, in steps. */
const half = 0.06;

/** Ribbons of a step: those that answer lie below, the silent above; a crossing one leaves at the edge between them. */
function ribbonsOf(step: Crossing, at: number, words: Readonly<Record<keyof typeof colours, string>>): Ribbon[] {
  const { stillAlive, killed, awakened, stillDead } = step;
  const all = stillAlive + killed + awakened + stillDead;
  const [aliveBefore, aliveAfter] = [stillAlive + killed, stillAlive + awakened];
  const place = {
    stillAlive: [0, 0],
    killed: [stillAlive, aliveAfter],
    awakened: [aliveBefore, stillAlive],
    stillDead: [all - stillDead, all - stillDead],
  } as const;
  return (['stillAlive', 'stillDead', 'killed', 'awakened'] as const)
    .filter((kind) => step[kind] > 0)
    .map((kind) => {
      const [left, right] = place[kind];
      const count = step[kind];
      return {
        kind,
        count,
        title: `${step.from} → ${step.to}: ${words[kind]} ${String(count)}`,
        points: [
          { at: at + half, low: left, high: left + count },
          { at: at + 1 - half, low: right, high: right + count },
        ],
      };
    });
}

/** Filters that answer and that are silent at each moment, and the ribbons of those that cross. */
export function alluvial(
  steps: readonly Crossing[],
  { words, y, language }: { words: Readonly<Record<keyof typeof colours, string>>; y: string; language: Language },
): (width: number, height: number) => PlotOptions {
  const names = [...steps.map(({ from }) => from), ...steps.slice(-1).map(({ to }) => to)];
  const ribbons = steps.flatMap((step, at) => ribbonsOf(step, at, words));
  const blocks = names.flatMap((name, at) => {
    const step = steps[at];
    const before = steps[at - 1];
    const alive = step ? step.stillAlive + step.killed : (before?.stillAlive ?? 0) + (before?.awakened ?? 0);
    const dead = step ? step.stillDead + step.awakened : (before?.stillDead ?? 0) + (before?.killed ?? 0);
    const place = { name, x1: at - half, x2: at + half };
    return [
      { ...place, y1: 0, y2: alive, fill: '#7f9fb8', count: alive },
      { ...place, y1: alive, y2: alive + dead, fill: '#8a7450', count: dead },
    ];
  });
  const top = Math.max(1, ...blocks.map(({ y2 }) => y2));
  const count = (value: number): string => formatNumber(value, 0, language);
  return (width) => {
    const longest = Math.max(6, Math.floor(width / Math.max(1, names.length) / 7));
    return {
      marginLeft: 42,
      marginRight: 30,
      marginTop: 10,
      marginBottom: 26,
      x: { axis: null, domain: [-0.25, Math.max(1, names.length - 1) + 0.25] },
      y: { domain: [0, top], label: y, labelAnchor: 'center', labelArrow: 'none', ticks: 4, tickFormat: count },
      marks: [
        ...ribbons.map(({ kind, points, title }) =>
          areaY(points, {
            x: 'at',
            y1: 'low',
            y2: 'high',
            curve: 'bump-x',
            fill: colours[kind],
            fillOpacity: kind === 'stillAlive' || kind === 'stillDead' ? 0.45 : 0.9,
            title: () => title,
          }),
        ),
        rectY(blocks, { x1: 'x1', x2: 'x2', y1: 'y1', y2: 'y2', fill: 'fill' }),
        text(
          names.map((name, at) => ({ name, at })),
          {
            x: 'at',
            y: 0,
            dy: 12,
            text: ({ name }: { name: string }) => (name.length > longest ? `…${name.slice(1 - longest)}` : name),
            title: 'name',
            fill: '#b7c2cd',
          },
        ),
        text(
          blocks.filter((block) => block.count > 0 && block.y1 > 0),
          {
            x: 'x2',
            y: 'y2',
            dx: 4,
            dy: 5,
            textAnchor: 'start',
            text: (block: { count: number }) => count(block.count),
          },
        ),
      ],
    };
  };
}
