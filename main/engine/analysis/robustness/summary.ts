import type {
  CurvePoint,
  FamilySummary,
  RobustnessParameters,
  RobustnessSummary,
  RobustnessValues,
} from '../../../../shared/analysis/robustness';
import { familyFacts, type FamilyFacts, type Severity } from '../../../../shared/analysis/robustnessFamilies';
import type { SummaryEquivariance } from '../../../../shared/analysis/robustnessEquivariance';
import type { Figure, Warning } from '../../../../shared/result';
import { warningOf } from '../../../../shared/warning';
import type { Conclusion, Context } from '../analysis';
import { medianSurvival, survivalOf } from '../statistics/kaplanMeier';
import { cleanSummary } from './cleanSummary';
import { drillOf } from './drill';
import { patientLifetimes, type Kept } from './kept';
import { calibrationErrorOf, patientFigure, type Rough } from './patients';
import { toleranceOf } from './tolerance';
import { verdictOf } from './verdict';

type Step = RobustnessValues['families'][number]['steps'][number];

/** One severity of one family, of every input that was given it. */
interface Seen {
  readonly patient: string;
  readonly step: Step;
}

function pointOf(severity: Severity, facts: FamilyFacts, seen: readonly Seen[], rough: Rough): CurvePoint {
  const figure = (pick: (step: Step) => number | null | undefined, proportion = false): Figure =>
    patientFigure(
      seen.map(({ patient, step }) => ({ patient, value: pick(step) })),
      rough,
      proportion,
    );
  const labels = [...new Set(seen.flatMap(({ step }) => (step.labels ?? []).map(({ label }) => label)))];
  const ofLabel = (key: 'dice' | 'hd95Mm' | 'volumeCc'): Record<string, Figure> =>
    Object.fromEntries(
      labels.map((label) => [label, figure(({ labels: own }) => own?.find((one) => one.label === label)?.[key])]),
    );
  return {
    severity,
    said: facts.said(severity),
    accuracy: figure(({ rightShare }) => rightShare, true),
    confidence: figure(({ confidence }) => confidence),
    confidentWrongRate: figure(({ confidentWrongShare }) => confidentWrongShare, true),
    flipRate: figure(({ flippedShare }) => flippedShare, true),
    ece: calibrationErrorOf(
      seen.map(({ patient, step }) => ({ patient, right: step.right, confidence: step.confidence })),
    ),
    brier: figure(({ brier }) => brier),
    nll: figure(({ nll }) => nll),
    n: new Set(seen.map(({ patient }) => patient)).size,
    ...(labels.length > 0 ? { dice: ofLabel('dice'), hd95Mm: ofLabel('hd95Mm'), volumeCc: ofLabel('volumeCc') } : {}),
    ...(seen.some(({ step }) => step.dose)
      ? { meanAbsoluteDifferenceGy: figure(({ dose }) => dose?.meanAbsoluteDifferenceGy) }
      : {}),
  };
}

interface Grid {
  readonly severitiesOf: (family: RobustnessParameters['families'][number]) => readonly Severity[];
  readonly sizeOf: (facts: FamilyFacts, severity: number) => number;
}

function familySummary(
  kept: readonly Kept[],
  asked: RobustnessParameters['families'][number],
  { severitiesOf, sizeOf }: Grid,
  cleanAccuracy: number | null,
  rough: Rough,
): FamilySummary {
  const { id } = asked;
  const facts = familyFacts[id];
  const severities = [...new Set(severitiesOf(asked))];
  const curve = severities.flatMap((severity) => {
    const seen = kept.flatMap(({ patient, values }) =>
      values.families
        .filter((family) => family.id === id)
        .flatMap(({ steps }) => steps.filter((step) => step.severity === severity).map((step) => ({ patient, step }))),
    );
    return seen.length === 0 ? [] : [pointOf(severity, facts, seen, rough)];
  });
  const worst = Math.max(0, ...severities.map((q) => (typeof q === 'number' ? sizeOf(facts, q) : 0)));
  const survival = (pick: Parameters<typeof patientLifetimes>[2]): FamilySummary['flip'] => {
    const lives = patientLifetimes(kept, id, pick, sizeOf, worst);
    const steps = survivalOf(lives.map(({ time, severity }) => ({ time, happened: severity !== null })));
    const met = lives.filter(({ severity }) => severity !== null).sort((a, b) => a.time - b.time);
    const backTo = (size: number): number =>
      facts.falling === true ? facts.clean - size : size + Math.abs(facts.clean);
    const median = medianSurvival(steps);
    return {
      n: lives.length,
      reached: met.length,
      recovers: lives.filter(({ recovers }) => recovers).length,
      median: median === null ? null : backTo(median),
      smallest: met[0]?.severity ?? null,
      steps: steps.map((step) => ({ severity: backTo(step.time), survival: step.survival, atRisk: step.atRisk })),
    };
  };
  return {
    id,
    name: facts.name,
    unit: facts.unit,
    curve,
    flip: survival(({ flip }) => flip),
    confidentlyWrong: survival(({ confidentlyWrong, alreadyWrong, steps }) =>
      alreadyWrong || steps.every(({ right }) => right === null) ? null : confidentlyWrong,
    ),
    alreadyWrong: new Set(
      kept
        .filter(({ values }) => values.families.some((family) => family.id === id && family.alreadyWrong))
        .map(({ patient }) => patient),
    ).size,
    area: areaOf(curve, facts, sizeOf, cleanAccuracy),
    notTested: kept.filter(({ refused }) => refused.includes(id)).length,
  };
}

const valueOf = (figure: Figure): number | null =>
  figure === null || typeof figure === 'number' ? figure : figure.value;

/** By trapezoids from the clean input to the worst severity of the side that goes furthest; a share of the clean accuracy. */
function areaOf(
  curve: readonly CurvePoint[],
  facts: FamilyFacts,
  sizeOf: Grid['sizeOf'],
  clean: number | null,
): number | null {
  if (clean === null || clean === 0) return null;
  const points = curve.flatMap(({ severity, accuracy }) => {
    const value = valueOf(accuracy);
    return typeof severity === 'number' && value !== null ? [{ size: sizeOf(facts, severity), severity, value }] : [];
  });
  const sides = [points.filter(({ severity }) => severity < 0), points.filter(({ severity }) => severity >= 0)];
  const areas = sides
    .filter((side) => side.some(({ size }) => size > 0))
    .map((side) => {
      const line = [{ size: 0, value: clean }, ...side.filter(({ size }) => size > 0)].sort((a, b) => a.size - b.size);
      let area = 0;
      for (let n = 1; n < line.length; n++) {
        const [a, b] = [line[n - 1], line[n]] as [{ size: number; value: number }, { size: number; value: number }];
        area += ((a.value + b.value) / 2) * (b.size - a.size);
      }
      return area / (line.at(-1)?.size ?? 1) / clean;
    });
  return areas.length === 0 ? null : areas.reduce((sum, area) => sum + area, 0) / areas.length;
}

/** All inputs together: clean figures, a curve for each family, the tolerance sheet and the verdict. */
/** Over patients; null where no input has it. */
function pooledEquivariance(kept: readonly Kept[], rough: Rough): SummaryEquivariance | null {
  const own = kept.flatMap(({ patient, values: { equivariance } }) =>
    equivariance ? [{ patient, ...equivariance }] : [],
  );
  const [first] = own;
  if (!first) return null;
  const voxels = [...new Set(own.flatMap(({ shifts }) => shifts.map((shift) => shift.voxels)))].sort((a, b) => a - b);
  return {
    period: first.period,
    border: own.some(({ border }) => border === 'reached') ? 'reached' : 'kept-off',
    shifts: voxels.map((by) => {
      const rows = own.flatMap(({ patient, shifts }) => {
        const found = shifts.find((shift) => shift.voxels === by);
        return found ? [{ patient, found }] : [];
      });
      const figure = (key: 'relative' | 'dice' | 'meanGy') =>
        patientFigure(
          rows.map(({ patient, found }) => ({ patient, value: found[key] })),
          rough,
        );
      return {
        voxels: by,
        wholePeriods: by % first.period === 0,
        patients: new Set(rows.map(({ patient }) => patient)).size,
        largest: Math.max(...rows.map(({ found }) => found.largest)),
        relative: figure('relative'),
        dice: figure('dice'),
        meanGy: figure('meanGy'),
      };
    }),
  };
}

export function concluded(
  kept: readonly Kept[],
  _context: Context,
  parameters: RobustnessParameters,
  grid: Grid,
): Conclusion {
  const rough: Rough = { approximate: false };
  const clean = cleanSummary(kept, parameters.tau, rough);
  const families = parameters.families.map((asked) => familySummary(kept, asked, grid, valueOf(clean.accuracy), rough));
  const tolerance = parameters.families.map((asked) =>
    toleranceOf(kept, asked.id, grid.severitiesOf(asked), grid.sizeOf),
  );
  const asked = parameters.families.find(({ id }) => id === 'metadata');
  const summary: RobustnessSummary = {
    kind: kept[0]?.values.kind ?? null,
    tau: parameters.tau,
    clean,
    families,
    tolerance,
    ...(asked ? { drill: drillOf(kept, grid.severitiesOf(asked), parameters.tau) } : {}),
    ...(parameters.equivariance ? { equivariance: pooledEquivariance(kept, rough) } : {}),
  };
  const warnings: Warning[] = [];
  if (rough.approximate) warnings.push(warningOf('analysis/interval-approximate'));
  if (clean.judged === 0) warnings.push(warningOf('robustness/no-truth'));
  if (clean.ece === null && clean.judged > 0) warnings.push(warningOf('robustness/few-for-ece', { n: clean.judged }));
  return { summary, verdict: verdictOf(summary, kept, parameters), warnings };
}
