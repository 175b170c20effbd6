import { barY, ruleY, text, type PlotOptions } from '@observablehq/plot';
import type { Verdict } from '../../shared/verdict';
import type { Language } from '../../shared/words';
import { formatNumber } from '../controls/numbers';

export interface ChannelBar {
  readonly channel: number;
  /** % of voxels that it answers to. */
  readonly percent: number;
  readonly level: Verdict['level'];
}

const lowest = 0.05;
const colours = { fine: '#8e9ba8', watch: '#ffcf5c', problem: '#ff9a8f', 'cannot-say': '#8e9ba8' } as const;

/** Voxels answered by each channel, most first, on a log scale; what answers nowhere stands on the floor, marked ✕. */
export function channelBars(
  bars: readonly ChannelBar[],
  {
    x,
    y,
    chosen,
    silentWords,
    language,
  }: { x: string; y: string; chosen: number; silentWords: string; language: Language },
): PlotOptions {
  const ordered = [...bars]
    .sort((a, b) => b.percent - a.percent || a.channel - b.channel)
    .map((bar, at) => ({ ...bar, at, height: Math.max(bar.percent, lowest * 1.25) }));
  const silent = ordered.filter(({ percent }) => percent <= 0);
  return {
    marginLeft: 46,
    marginRight: 8,
    marginTop: 8,
    marginBottom: 30,
    x: {
      type: 'band',
      domain: ordered.map(({ at }) => at),
      label: x,
      labelAnchor: 'center',
      labelArrow: 'none',
      ticks: [],
      padding: 0.15,
    },
    y: {
      type: 'log',
      domain: [lowest, 100],
      label: y,
      labelAnchor: 'center',
      labelArrow: 'none',
      ticks: [0.1, 1, 10, 100],
      tickFormat: (value: number) => formatNumber(value, value < 1 ? 1 : 0, language),
      grid: true,
    },
    marks: [
      barY(ordered, {
        x: 'at',
        y1: () => lowest,
        y2: 'height',
        fill: ({ channel, level }: ChannelBar) => (channel === chosen ? '#b9adff' : colours[level]),
      }),
      ruleY([1], { stroke: '#ffcf5c', strokeDasharray: '5 4' }),
      ...(silent.length > 0
        ? [
            text([silent[Math.floor(silent.length / 2)]], {
              x: 'at',
              y: () => lowest * 1.25,
              dy: -9,
              text: () => silentWords,
              fill: '#ff9a8f',
              stroke: '#0f1317',
              strokeWidth: 4,
              paintOrder: 'stroke',
            }),
          ]
        : []),
    ],
  };
}
