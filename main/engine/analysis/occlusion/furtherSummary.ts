import type { OcclusionSummary } from '../../../../shared/analysis/occlusion';
import type {
  Localisation,
  LocalisationSummary,
  PlaySummary,
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
export function furtherSummary(parts: readonly Found[]): Pick<OcclusionSummary, 'structurePlay' | 'localisation'> {
  const plays = parts.flatMap(({ patient, further: { structurePlay: play } }) => (play ? [{ patient, play }] : []));
  const located = parts.flatMap(({ patient, further: { localisation: found } }) =>
    (found?.structures ?? []).map((own) => ({ patient, own })),
  );
  return {
    ...(plays.length > 0 ? { structurePlay: playSummary(plays) } : {}),
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
