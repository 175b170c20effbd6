import type { OcclusionValues } from '../../../shared/analysis/occlusion';
import type { Randomisation } from '../../../shared/analysis/occlusionFurther';
import type { BadgeKind } from '../../controls/badge';
import type { MessageKey } from '../../locales/i18n';
import type { FurtherTable, TableWords } from './furtherTable';

const outcomes: Readonly<Record<Randomisation['outcome'], { readonly kind: BadgeKind; readonly text: MessageKey }>> = {
  passed: { kind: 'fine', text: 'occlusion.mapPasses' },
  'mirrors-the-image': { kind: 'watch', text: 'occlusion.mapMirrors' },
  undetermined: { kind: 'cannot-say', text: 'occlusion.mapUnknown' },
};

/** How alike the map stays, step by step from the output down, and how alike random networks' maps are. */
export function randomisationTable(
  { randomisation: check }: OcclusionValues,
  { t, n }: TableWords,
): FurtherTable | null {
  if (!check) return null;
  const two = (value: number | null): string => (value === null ? '–' : n(value, 2));
  const range = (values: readonly (number | null)[]): string => {
    const known = values.filter((value) => value !== null);
    return known.length === 0 ? '–' : `${two(Math.min(...known))} – ${two(Math.max(...known))}`;
  };
  const { kind, text } = outcomes[check.outcome];
  const between = t('occlusion.betweenRandom');
  return {
    id: 'randomisation',
    title: 'occlusion.random',
    badge: { kind, text: t(text) },
    note: t('occlusion.randomNote', { seeds: n(check.seeds), positions: n(check.positions), of: n(check.of) }),
    head: [t('occlusion.drawnDown'), t('occlusion.layersDrawn'), t('occlusion.likeness'), t('occlusion.likenessRange')],
    rows: [
      ...check.cascade.map(({ node, layers, likeness, likenesses }) => [node, layers, likeness, range(likenesses)]),
      [between, null, check.between95, null],
    ],
    shown: [
      ...check.cascade.map(({ node, layers, likeness, likenesses }) => [
        node,
        n(layers),
        two(likeness),
        range(likenesses),
      ]),
      [between, '', two(check.between95), ''],
    ],
  };
}
