import type { OcclusionSummary } from '../../../../shared/analysis/occlusion';
import type {
  ContextProfile,
  Localisation,
  LocalisationSummary,
  PlaySummary,
  ProfileSummary,
  StructurePlay,
} from '../../../../shared/analysis/occlusionFurther';
import type { Figure } from '../../../../shared/result';
import { figureOf, type PatientValue } from './figure';
import type { Further } from './further';

interface Found {
  readonly patient: string;
  readonly further: Further;
}

/** What was found beside map and verdict, over patients; only what was asked for. */
export function furtherSummary(
  parts: readonly Found[],
): Pick<OcclusionSummary, 'structurePlay' | 'localisation' | 'profile'> {
  const plays = parts.flatMap(({ patient, further: { structurePlay: play } }) => (play ? [{ patient, play }] : []));
  const profiles = parts.flatMap(({ patient, further: { profile } }) => (profile ? [{ patient, profile }] : []));
  const located = parts.flatMap(({ patient, further: { localisation: found } }) =>
    (found?.structures ?? []).map((own) => ({ patient, own })),
  );
  return {
    ...(plays.length > 0 ? { structurePlay: playSummary(plays) } : {}),
    ...(profiles.length > 0 ? { profile: profileSummary(profiles) } : {}),
    ...(located.length > 0 ? { localisation: localisationSummary(located) } : {}),
  };
}

const patientsIn = (rows: readonly PatientValue[]): number => new Set(rows.map(({ patient }) => patient)).size;

function playSummary(plays: readonly { readonly patient: string; readonly play: StructurePlay }[]): PlaySummary {
  const usable = plays.filter(({ play }) => play.usable);
  const players = new Map(
    plays.flatMap(({ play }) => play.players.map(({ name, kind }) => [`${kind} ${name}`, { name, kind }])),
  );
  const pairs = new Map(plays.flatMap(({ play }) => play.interactions.map(({ a, b }) => [`${a}\n${b}`, { a, b }])));
  return {
    usable: new Set(usable.map(({ patient }) => patient)).size,
    players: [...players.values()].map(({ name, kind }) => {
      const found = usable.flatMap(({ patient, play }) =>
        play.players.filter((own) => own.name === name && own.kind === kind).map((own) => ({ patient, own })),
      );
      const over = (key: 'shapley' | 'share' | 'necessity' | 'sufficiency'): Figure =>
        figureOf(found.map(({ patient, own }) => ({ patient, value: own[key] })));
      return {
        name,
        kind,
        n: new Set(found.map(({ patient }) => patient)).size,
        shapley: over('shapley'),
        share: over('share'),
        necessity: over('necessity'),
        sufficiency: over('sufficiency'),
      };
    }),
    interactions: [...pairs.values()].map(({ a, b }) => {
      const rows = usable.flatMap(({ patient, play }) =>
        play.interactions.filter((own) => own.a === a && own.b === b).map(({ value }) => ({ patient, value })),
      );
      return { a, b, n: patientsIn(rows), value: figureOf(rows) };
    }),
  };
}

function localisationSummary(
  rows: readonly { readonly patient: string; readonly own: Localisation['structures'][number] }[],
): LocalisationSummary {
  return [...new Set(rows.map(({ own }) => own.name))].map((name) => {
    const found = rows.filter(({ own }) => own.name === name);
    const tested = found.filter(({ own }) => own.massQ !== null);
    const over = (key: 'chance' | 'mass' | 'rank' | 'pointing'): Figure =>
      figureOf(found.map(({ patient, own }) => ({ patient, value: own[key] })));
    const patients = (list: typeof rows): number => new Set(list.map(({ patient }) => patient)).size;
    return {
      name,
      n: patients(found),
      chance: over('chance'),
      mass: over('mass'),
      rank: over('rank'),
      pointing: over('pointing'),
      tested: patients(tested),
      beyondChance: patients(tested.filter(({ own }) => (own.massQ ?? 1) <= 0.05)),
    };
  });
}

/** Over the first input of each patient in whom the effect is large enough. */
function profileSummary(
  rows: readonly { readonly patient: string; readonly profile: ContextProfile }[],
): ProfileSummary {
  const firsts = rows.filter(({ patient }, n) => rows.findIndex((row) => row.patient === patient) === n);
  const usable = firsts.filter(({ profile }) => profile.usable);
  const reached = usable.map(({ profile }) => profile.r90Mm ?? Infinity).sort((a, b) => a - b);
  const median = ((reached[(reached.length - 1) >> 1] ?? Infinity) + (reached[reached.length >> 1] ?? Infinity)) / 2;
  const over = (n: number, key: 'keep' | 'remove' | 'ringPerCc'): Figure =>
    figureOf(usable.map(({ patient, profile }) => ({ patient, value: profile.steps[n]?.[key] ?? null })));
  return {
    usable: usable.length,
    medianR90Mm: Number.isFinite(median) ? median : null,
    beyond50Mm: reached.filter((mm) => mm === Infinity).length,
    steps: (rows[0]?.profile.steps ?? []).map(({ mm }, n) => ({
      mm,
      keep: over(n, 'keep'),
      remove: over(n, 'remove'),
      ringPerCc: over(n, 'ringPerCc'),
    })),
  };
}
