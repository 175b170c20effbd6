import type { OcclusionSummary } from '../../../../shared/analysis/occlusion';
import type {
  ContextProfile,
  DependenceMatrix,
  DependenceSummary,
  Localisation,
  LocalisationSummary,
  PlaySummary,
  ProfileSummary,
  Randomisation,
  RandomisationSummary,
  StructurePlay,
} from '../../../../shared/analysis/occlusionFurther';
import type { Figure } from '../../../../shared/result';
import { figureOf, type PatientValue } from './figure';
import type { Further } from './inquiry';

interface Found {
  readonly patient: string;
  readonly further: Further;
}

/** What was found beside map and verdict, over patients; only what was asked for. */
export function furtherSummary(
  parts: readonly Found[],
): Pick<OcclusionSummary, 'structurePlay' | 'localisation' | 'profile' | 'dependence' | 'randomisation'> {
  const plays = parts.flatMap(({ patient, further: { structurePlay: play } }) => (play ? [{ patient, play }] : []));
  const profiles = parts.flatMap(({ patient, further: { profile } }) => (profile ? [{ patient, profile }] : []));
  const located = parts.flatMap(({ patient, further: { localisation: found } }) =>
    (found?.structures ?? []).map((own) => ({ patient, own })),
  );
  const matrices = parts.flatMap(({ patient, further: { dependence: matrix } }) =>
    matrix ? [{ patient, matrix }] : [],
  );
  const checks = parts.flatMap(({ patient, further: { randomisation: check } }) => (check ? [{ patient, check }] : []));
  return {
    ...(plays.length > 0 ? { structurePlay: playSummary(plays) } : {}),
    ...(profiles.length > 0 ? { profile: profileSummary(profiles) } : {}),
    ...(located.length > 0 ? { localisation: localisationSummary(located) } : {}),
    ...(matrices.length > 0 ? { dependence: dependenceSummary(matrices) } : {}),
    ...(checks.length > 0 ? { randomisation: randomisationSummary(checks) } : {}),
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

function dependenceSummary(
  rows: readonly { readonly patient: string; readonly matrix: DependenceMatrix }[],
): DependenceSummary {
  const tests = rows.map(({ matrix }) => matrix.selfTest.passed);
  const all = rows.flatMap(({ patient, matrix }) => matrix.entries.map((own) => ({ patient, own })));
  const pairs = new Map(all.map(({ own }) => [`${own.hidden}\n${own.label}`, own]));
  return {
    selfTest: {
      passed: tests.filter((passed) => passed === true).length,
      failed: tests.filter((passed) => passed === false).length,
      none: tests.filter((passed) => passed === null).length,
    },
    entries: [...pairs.values()].map(({ hidden, label, own: ownLabel }) => {
      const found = all.filter(({ own }) => own.hidden === hidden && own.label === label);
      const over = (key: 'ccDrop' | 'diceLoss' | 'hd95Mm' | 'distanceMm'): Figure =>
        figureOf(found.map(({ patient, own }) => ({ patient, value: own[key] })));
      return {
        hidden,
        label,
        own: ownLabel,
        n: new Set(found.map(({ patient }) => patient)).size,
        ccDrop: over('ccDrop'),
        diceLoss: over('diceLoss'),
        hd95Mm: over('hd95Mm'),
        distanceMm: over('distanceMm'),
      };
    }),
  };
}

/** Over the first input of each patient. */
function randomisationSummary(
  rows: readonly { readonly patient: string; readonly check: Randomisation }[],
): RandomisationSummary {
  const firsts = rows.filter(({ patient }, n) => rows.findIndex((row) => row.patient === patient) === n);
  const over = (of: (check: Randomisation) => number | null): Figure =>
    figureOf(firsts.map(({ patient, check }) => ({ patient, value: of(check) })));
  const count = (outcome: Randomisation['outcome']): number =>
    firsts.filter(({ check }) => check.outcome === outcome).length;
  return {
    passed: count('passed'),
    mirrors: count('mirrors-the-image'),
    undetermined: count('undetermined'),
    likeness: over(({ likeness }) => likeness),
    between95: over(({ between95 }) => between95),
    cascade: (firsts[0]?.check.cascade ?? []).map(({ node, layers }, n) => ({
      node,
      layers,
      likeness: over(({ cascade }) => cascade[n]?.likeness ?? null),
    })),
  };
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
