import type { LayerFigures, MapsSplit } from '../../../../shared/analysis/maps';
import type { Verdict } from '../../../../shared/verdict';
import type { Words } from '../../../../shared/words';
import { filterLayers } from './verdict';

const untested: Readonly<Record<NonNullable<MapsSplit['reason']>, (tag: string) => Words>> = {
  'no-tag': (tag) => ({ en: `no patient has a ${tag}`, fr: `aucun patient n'a de ${tag}` }),
  'one-level': (tag) => ({ en: `all patients have the same ${tag}`, fr: `tous les patients ont le même ${tag}` }),
  'few-patients': (tag) => ({
    en: `not tested by ${tag}: fewer than 5 patients at the rarer value`,
    fr: `non testé selon ${tag} : moins de 5 patients pour la valeur la plus rare`,
  }),
};

const tests: Readonly<Record<NonNullable<MapsSplit['test']>['kind'], Words>> = {
  fisher: { en: "Fisher's exact test", fr: 'test exact de Fisher' },
  permutation: { en: 'permutation test', fr: 'test par permutation' },
  'mann-whitney': { en: 'Mann–Whitney test', fr: 'test de Mann-Whitney' },
};

const point = (value: number, mark: string): string => value.toPrecision(2).replace('.', mark);

/** The verdict with what a split by a tag has shown, or why it could not be tested. */
export function withSplit(verdict: Verdict, split: MapsSplit | null, layers: readonly LayerFigures[]): Verdict {
  if (!split || verdict.code === 'no-input') return verdict;
  const { tag, test, reason, confounded } = split;
  if (reason) return { ...verdict, caveats: [...verdict.caveats, untested[reason](tag)] };
  const counting = new Set(filterLayers(layers).map(({ node }) => node));
  const rows = split.layers.filter(({ node }) => counting.has(node));
  const hits = rows.flatMap(({ node, channels }) =>
    channels.filter(({ differs }) => differs).map((channel) => ({ node, ...channel })),
  );
  const tested = rows.reduce((sum, row) => sum + row.tested, 0);
  const name = test ? tests[test.kind] : { en: '', fr: '' };
  const evidence = [
    ...verdict.evidence,
    {
      label: { en: `Channels that could be tested by ${tag}`, fr: `Canaux que l'on a pu tester selon ${tag}` },
      value: tested,
    },
    { label: { en: `Of them different by ${tag}`, fr: `Dont différents selon ${tag}` }, value: hits.length },
  ];
  const [close] = confounded;
  const caveats: Words[] = close
    ? [
        {
          en: `${tag} goes with ${close.tag} in these patients: they cannot be told apart`,
          fr: `${tag} va de pair avec ${close.tag} chez ces patients : on ne peut pas les distinguer`,
        },
      ]
    : [];
  const best = hits.reduce<(typeof hits)[number] | null>((a, b) => (a && a.p <= b.p ? a : b), null);
  if (!best) return { ...verdict, evidence, caveats: [...verdict.caveats, ...caveats] };
  const one = hits.length === 1;
  const added: Words = {
    en: `${one ? '1 filter answers' : `${String(hits.length)} filters answer`} in some patients and not in others by ${tag}.`,
    fr: `${one ? '1 filtre répond' : `${String(hits.length)} filtres répondent`} chez certains patients et pas chez d'autres selon ${tag}.`,
  };
  const line: Words = {
    en: `Clearest in ${best.node}, channel ${String(best.channel)}: ${name.en}, p = ${point(best.p, '.')}, corrected over the layer ${point(best.adjusted, '.')}.`,
    fr: `Le plus net dans ${best.node}, canal ${String(best.channel)} : ${name.fr}, p = ${point(best.p, ',')}, corrigé sur la couche ${point(best.adjusted, ',')}.`,
  };
  const { detail } = verdict;
  return {
    ...verdict,
    level: verdict.level === 'fine' ? 'watch' : verdict.level,
    code: verdict.code === 'alive' ? 'differs-by-tag' : verdict.code,
    sentence: { en: `${verdict.sentence.en} ${added.en}`, fr: `${verdict.sentence.fr} ${added.fr}` },
    detail: detail ? { en: `${detail.en} ${line.en}`, fr: `${detail.fr} ${line.fr}` } : line,
    evidence,
    caveats: [...verdict.caveats, ...caveats],
  };
}
