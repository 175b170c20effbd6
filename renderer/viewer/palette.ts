/** Colours of what is drawn over the pictures; the same values as the window's tokens, for a canvas. */
export const palette = {
  text: '#eef2f6',
  secondText: '#b7c2cd',
  warning: '#ff9a8f',
  crosshair: '#b9adff',
  shadow: '#000000',
  infoGround: 'rgba(0, 0, 0, 0.55)',
} as const;

/** Font of the views at a size in CSS pixels. */
export const viewFont = (sizePx: number, weight: 400 | 600 = 400): string =>
  `${String(weight)} ${String(sizePx)}px 'Inter Variable', Inter, system-ui, sans-serif`;
