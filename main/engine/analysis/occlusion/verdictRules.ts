import type { GameFigures, OcclusionCode, OcclusionSummary } from '../../../../shared/analysis/occlusion';
import type { Figure } from '../../../../shared/result';
import { meanInterval, type MeanInterval } from '../statistics/meanInterval';
import { clopperPearson } from '../statistics/proportion';

/** The game of one patient: one entry a filling. */
export interface PatientGame {
  readonly usable: boolean;
  readonly fills: readonly GameFigures[];
  readonly specific: boolean | null;
  /** The score is of the structure's own label: it is left out of it, and the rules about it do not apply. */
  readonly ownLabel: boolean;
}

const fewestUsable = 10;
const least = {
  usableShare: 0.5,
  outside: 0.1,
  outsideShare: 0.05,
  clear: 0.6,
  sufficient: 0.5,
  specific: 0.8,
} as const;

export interface Ruling {
  readonly code: OcclusionCode;
  readonly figures: OcclusionSummary['verdict'];
  /** Why nothing can be said. */
  readonly because: 'few' | 'unusable' | 'fills' | null;
}

interface Means {
  readonly r: readonly [number, number, number];
  readonly necessity: readonly [number, number, number];
  readonly sufficiency: readonly [number, number, number];
  readonly interaction: number;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

const three = (of: GameFigures['shapley']): readonly [number, number, number] => [
  of.structure ?? NaN,
  of.context ?? NaN,
  of.outside ?? NaN,
];

/** A patient's figures, means over the fillings: r_k = |φ_k| / Σ|φ|. */
function meansOf(fills: readonly GameFigures[]): Means {
  const over = (of: (fill: GameFigures) => readonly number[], k: number): number =>
    mean(fills.map((fill) => of(fill)[k] ?? NaN));
  const shares = (fill: GameFigures): readonly number[] => {
    const phi = three(fill.shapley).map(Math.abs);
    const total = phi.reduce((sum, p) => sum + p, 0);
    return phi.map((p) => p / total);
  };
  const all = (of: (fill: GameFigures) => readonly number[]): readonly [number, number, number] => [
    over(of, 0),
    over(of, 1),
    over(of, 2),
  ];
  return {
    r: all(shares),
    necessity: all((fill) => three(fill.necessity)),
    sufficiency: all((fill) => three(fill.sufficiency)),
    interaction: mean(fills.map((fill) => fill.interaction ?? NaN)),
  };
}

const figureOf = ({ value, ci95 }: MeanInterval): Figure =>
  !Number.isFinite(value) ? null : ci95 ? { value, ci95: [ci95[0], ci95[1]] } : value;

const lower = ({ ci95 }: MeanInterval): number => ci95?.[0] ?? -Infinity;
const upper = ({ ci95 }: MeanInterval): number => ci95?.[1] ?? Infinity;

interface Cohort {
  readonly r: readonly [MeanInterval, MeanInterval, MeanInterval];
  readonly sufficiency: readonly [MeanInterval, MeanInterval, MeanInterval];
  readonly necessity: readonly [number, number, number];
  readonly interaction: MeanInterval;
}

function cohortOf(patients: readonly Means[]): Cohort {
  const over = (of: (means: Means) => number): MeanInterval => meanInterval(patients.map(of));
  return {
    r: [over(({ r }) => r[0]), over(({ r }) => r[1]), over(({ r }) => r[2])],
    sufficiency: [
      over(({ sufficiency: s }) => s[0]),
      over(({ sufficiency: s }) => s[1]),
      over(({ sufficiency: s }) => s[2]),
    ],
    necessity: [0, 1, 2].map((k) =>
      mean(patients.map(({ necessity }) => necessity[k] ?? NaN)),
    ) as unknown as Cohort['necessity'],
    interaction: over(({ interaction }) => Math.abs(interaction)),
  };
}

/** Rules 2 to 5 over usable patients. Source: methods §1.4, Verdict. */
function ruleOver(patients: readonly Means[], specificShare: number | null, ownLabel: boolean): OcclusionCode {
  const { r, sufficiency } = cohortOf(patients);
  const leaking = patients.filter(({ necessity }) => necessity[2] > least.outside).length;
  if (lower(r[2]) > least.outside || clopperPearson(leaking, patients.length)[0] > least.outsideShare)
    return 'outside-body';
  if (ownLabel) return 'mixed';
  const clear = lower(r[0]) >= least.clear && lower(sufficiency[0]) >= least.sufficient;
  if (clear && specificShare !== null && specificShare >= least.specific) return 'structure-driven';
  if (lower(r[1]) >= least.clear && upper(sufficiency[0]) < least.sufficient) return 'context-driven';
  return 'mixed';
}

function subtypeOf({ necessity: [nT, nC], sufficiency, interaction }: Cohort): OcclusionSummary['verdict']['subtype'] {
  const [sT, sC] = [sufficiency[0].value, sufficiency[1].value];
  if (nT >= 0.8 && nC >= 0.8 && sT <= 0.2 && sC <= 0.2) return 'conjunctive';
  if (sT >= 0.8 && sC >= 0.8 && nT <= 0.2 && nC <= 0.2) return 'redundant';
  return upper(interaction) < 0.2 ? 'additive' : null;
}

/**
 * Structure, surroundings or something outside the body? The rules in their order, over patients.
 * *Source* methods §1.4, Verdict, rules 1 to 5.
 */
export function ruling(games: readonly PatientGame[]): Ruling {
  const usable = games.filter((game) => game.usable);
  const means = usable.map(({ fills }) => meansOf(fills));
  const shifted = usable.filter(({ specific }) => specific !== null);
  const specificShare =
    shifted.length === usable.length && shifted.length > 0
      ? shifted.filter(({ specific }) => specific).length / shifted.length
      : null;
  const ownLabel = games.some((game) => game.ownLabel);
  const cohort = cohortOf(means);
  const enough = usable.length >= fewestUsable && usable.length >= least.usableShare * games.length;
  const byFill: Record<string, OcclusionCode> = {};
  if (enough) {
    for (const [n, { fill }] of (usable[0]?.fills ?? []).entries()) {
      byFill[fill] = ruleOver(
        usable.map(({ fills }) => meansOf(fills.slice(n, n + 1))),
        specificShare,
        ownLabel,
      );
    }
  }
  const dependent = new Set(Object.values(byFill)).size > 1;
  const code = !enough || dependent ? 'undetermined' : ruleOver(means, specificShare, ownLabel);
  const because =
    usable.length < fewestUsable
      ? games.length < fewestUsable
        ? 'few'
        : 'unusable'
      : !enough
        ? 'unusable'
        : dependent
          ? 'fills'
          : null;
  const known = (value: number): number | null => (Number.isFinite(value) ? value : null);
  return {
    code,
    because,
    figures: {
      usable: usable.length,
      players: { structure: figureOf(cohort.r[0]), context: figureOf(cohort.r[1]), outside: figureOf(cohort.r[2]) },
      necessity: {
        structure: known(cohort.necessity[0]),
        context: known(cohort.necessity[1]),
        outside: known(cohort.necessity[2]),
      },
      sufficiency: {
        structure: figureOf(cohort.sufficiency[0]),
        context: figureOf(cohort.sufficiency[1]),
        outside: figureOf(cohort.sufficiency[2]),
      },
      interaction: figureOf(cohort.interaction),
      byFill,
      subtype: code === 'mixed' ? subtypeOf(cohort) : null,
      specific: specificShare,
    },
  };
}
