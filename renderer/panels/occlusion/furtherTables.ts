import type { OcclusionValues } from '../../../shared/analysis/occlusion';
import { digitsFor } from '../../controls/numbers';
import { dependenceTable } from './dependenceTable';
import type { FurtherTable, TableWords } from './furtherTable';
import { randomisationTable } from './randomisationTable';

type Words = TableWords;

/** What an occlusion found beside map and verdict, as far as it was asked for. */
export function furtherTables(values: OcclusionValues, words: Words, view = ''): readonly FurtherTable[] {
  return [
    playTable(values, words),
    localisationTable(values, words),
    profileTable(values, words),
    dependenceTable(values, words, view),
    randomisationTable(values, words),
  ].filter((table) => table !== null);
}

const least = 1e-12;

const sizeOf = (numbers: readonly (number | null)[]): number =>
  Math.max(least, ...numbers.map((number) => Math.abs(number ?? 0)));

/** The name of what is no structure, in the window's language. */
const nameOf = (
  { name, kind }: { readonly name: string; readonly kind: 'structure' | 'unlabelled' | 'outside' },
  { t }: Words,
): string => (kind === 'unlabelled' ? t('occlusion.rest') : kind === 'outside' ? t('occlusion.outside') : name);

const or = (value: number | null, shown: (value: number) => string): string => (value === null ? '–' : shown(value));

function playTable({ structurePlay: play, unit }: OcclusionValues, words: Words): FurtherTable | null {
  if (!play) return null;
  const { t, n, signed, share } = words;
  const players = [...play.players].sort((a, b) => (b.share ?? -1) - (a.share ?? -1));
  const digits = digitsFor(sizeOf(players.map(({ shapley }) => shapley)));
  const named = new Map(play.players.map((player) => [player.name, nameOf(player, words)]));
  const [strongest] = [...play.interactions].sort((a, b) => Math.abs(b.value ?? 0) - Math.abs(a.value ?? 0));
  const pair =
    strongest?.value === undefined || strongest.value === null
      ? ''
      : t('occlusion.strongestPair', {
          a: named.get(strongest.a) ?? strongest.a,
          b: named.get(strongest.b) ?? strongest.b,
          value: `${signed(strongest.value, digits)} ${unit}`,
        });
  return {
    id: 'play',
    title: 'occlusion.play',
    note: [play.usable ? t('occlusion.playNote') : t('occlusion.playUnusable'), pair].filter(Boolean).join(' '),
    head: [
      t('occlusion.player'),
      `${t('occlusion.shapley')} (${unit})`,
      t('occlusion.share'),
      t('occlusion.necessity'),
      t('occlusion.sufficiency'),
    ],
    rows: players.map((player) => [
      nameOf(player, words),
      player.shapley,
      player.share,
      player.necessity,
      player.sufficiency,
    ]),
    shown: players.map((player) => [
      nameOf(player, words),
      or(player.shapley, (value) => signed(value, digits)),
      or(player.share, share),
      play.usable ? or(player.necessity, (value) => n(value, 2)) : '–',
      play.usable ? or(player.sufficiency, (value) => n(value, 2)) : '–',
    ]),
  };
}

function localisationTable({ localisation: found }: OcclusionValues, { t, n, share }: Words): FurtherTable | null {
  if (!found) return null;
  const rows = [...found.structures].sort((a, b) => (b.mass ?? -1) - (a.mass ?? -1));
  return {
    id: 'localisation',
    title: 'occlusion.localisation',
    note: t('occlusion.localisationNote', { mm: n(found.toleranceMm, 1) }),
    head: [
      t('dvh.structure'),
      t('occlusion.mass'),
      t('occlusion.chance'),
      t('occlusion.copies95'),
      t('occlusion.massQ'),
      t('occlusion.rank'),
      t('occlusion.pointing'),
    ],
    rows: rows.map((row) => [row.name, row.mass, row.chance, row.massOfShifts95, row.massQ, row.rank, row.pointing]),
    shown: rows.map((row) => [
      row.name,
      or(row.mass, share),
      or(row.chance, share),
      or(row.massOfShifts95, share),
      or(row.massQ, (p) => n(p, 3)),
      row.rank === null && row.rankBounds
        ? `${share(row.rankBounds[0])} – ${share(row.rankBounds[1])}`
        : or(row.rank, share),
      or(row.pointing, (hit) => (hit === 1 ? t('choice.true') : hit === 0 ? t('choice.false') : share(hit))),
    ]),
  };
}

function profileTable({ profile, unit }: OcclusionValues, { t, n, signed }: Words): FurtherTable | null {
  if (!profile) return null;
  const digits = digitsFor(sizeOf(profile.steps.map(({ ringPerCc }) => ringPerCc)));
  const { usable, r90Mm, stays, structure } = profile;
  const said = !usable
    ? t('occlusion.playUnusable')
    : r90Mm === null
      ? t('occlusion.r90Beyond', { structure })
      : t('occlusion.r90', { structure, mm: n(r90Mm) });
  return {
    id: 'profile',
    title: 'occlusion.profile',
    note: [said, ...(stays ? [] : [t('occlusion.r90Falls')]), t('occlusion.profileNote')].join(' '),
    head: [
      t('occlusion.radius'),
      t('occlusion.keep'),
      t('occlusion.remove'),
      `${t('occlusion.ringPerCc')} (${unit}/cm³)`,
    ],
    rows: profile.steps.map(({ mm, keep, remove, ringPerCc }) => [mm, keep, remove, ringPerCc]),
    shown: profile.steps.map(({ mm, keep, remove, ringPerCc }) => [
      `${n(mm)}\u202fmm`,
      usable ? or(keep, (value) => n(value, 2)) : '–',
      usable ? or(remove, (value) => n(value, 2)) : '–',
      or(ringPerCc, (value) => signed(value, digits)),
    ]),
  };
}
