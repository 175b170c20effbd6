import type { MessageKey } from '../../locales/i18n';

/** Every key and gesture of the window, as the page of keys shows them. */
export const keyList: readonly {
  readonly where: MessageKey;
  readonly keys: readonly (readonly [string, MessageKey])[];
}[] = [
  {
    where: 'keys.views',
    keys: [
      ['wheel', 'keys.wheel'],
      ['Ctrl wheel · + − =', 'keys.zoom'],
      ['right drag', 'keys.grey'],
      ['middle drag · Shift drag', 'keys.pan'],
      ['left drag', 'keys.crosshair'],
      ['double-click · Esc', 'keys.maximise'],
      ['↑ ↓ · PgUp PgDn · Home End', 'keys.slices'],
      ['← →', 'keys.nextView'],
    ],
  },
  {
    where: 'keys.any',
    keys: [
      ['Space', 'keys.space'],
      ['C · D · O · H', 'keys.overlays'],
      ['L · X · I · R', 'keys.link'],
      ['1 … 6', 'keys.modes'],
      ['Ctrl 1 … 5', 'keys.presets'],
      ['Ctrl Enter', 'keys.run'],
      ['P · Ctrl P', 'keys.print'],
      ['Esc', 'keys.cancel'],
      ['Ctrl O · Ctrl Shift O', 'keys.open'],
      ['Ctrl K', 'keys.find'],
      ['F1 · ?', 'keys.help'],
      ['F6 · Shift F6', 'keys.regions'],
      ['V', 'keys.probe'],
      ['M', 'keys.hide'],
    ],
  },
  {
    where: 'keys.lists',
    keys: [
      ['← → ↑ ↓', 'keys.gallery'],
      ['Enter', 'keys.galleryEnter'],
      ['N', 'keys.galleryNext'],
      ['T', 'keys.include'],
      ['↑ ↓ ← →', 'keys.tree'],
      ['/', 'keys.treeFilter'],
    ],
  },
];

/** Names of keys that differ in French. */
export const keyNamesFr: readonly (readonly [RegExp, string])[] = [
  [/right drag/g, 'glisser droit'],
  [/middle drag/g, 'glisser milieu'],
  [/left drag/g, 'glisser gauche'],
  [/Shift drag/g, 'Maj glisser'],
  [/double-click/g, 'double clic'],
  [/wheel/g, 'molette'],
  [/Space/g, 'Espace'],
  [/Enter/g, 'Entrée'],
  [/Shift/g, 'Maj'],
  [/Esc/g, 'Échap'],
];
