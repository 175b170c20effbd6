import type { RobustnessSummary, RobustnessValues } from '../../../../shared/analysis/robustness';
import type { Figure } from '../../../../shared/result';
import {
  consistencyBand,
  debiasedSquaredError,
  defaultBins,
  equalMassBins,
  fewestForCalibration,
  type Judged,
} from '../statistics/calibration';
import { silentBound95 } from '../statistics/proportion';
import { riskCoverageOf } from '../statistics/riskCoverage';
import { fitTemperature, leastProbability, negativeLogLikelihood, softmaxOf, type Scored } from '../statistics/softmax';
import { calibrationErrorOf, judgedOf, patientFigure, type Rough } from './patients';
import type { Kept } from './kept';

/** Patients from which a temperature is fitted; up to so many parts they are divided into. */
const fewestForTemperature = 50;
const parts = 10;

type Clean = RobustnessValues['clean'];

function calibrationOf(judged: readonly Judged[], patients: number): RobustnessSummary['clean']['calibration'] {
  if (patients < fewestForCalibration) return null;
  const bins = equalMassBins(judged, defaultBins(judged.length));
  const debiasedSquared = debiasedSquaredError(bins);
  const { band95, p } = consistencyBand(judged);
  return {
    bins: bins.map((bin) => ({ ...bin, wilson95: [bin.wilson95[0], bin.wilson95[1]] })),
    band95: [band95[0], band95[1]],
    p,
    debiasedSquared,
    debiased: Math.sqrt(Math.max(0, debiasedSquared)),
  };
}

/** Each patient is judged with the temperature that the others give; the one named is of all together. */
function temperatureOf(kept: readonly Kept[], tau: number): RobustnessSummary['clean']['temperature'] {
  const cases = kept.flatMap(({ patient, scored }) =>
    typeof scored?.truth === 'number' ? [{ patient, scores: scored.scores, truth: scored.truth }] : [],
  );
  const patients = [...new Set(cases.map(({ patient }) => patient))];
  if (patients.length < fewestForTemperature) return null;
  const group = new Map(patients.map((patient, n) => [patient, n % parts]));
  let [nll, wrong, clipped] = [0, 0, 0];
  for (let part = 0; part < parts; part++) {
    const own = cases.filter(({ patient }) => group.get(patient) === part);
    const others: Scored[] = cases.filter(({ patient }) => group.get(patient) !== part);
    const temperature = fitTemperature(others);
    for (const { scores, truth } of own) {
      const p = softmaxOf(scores, temperature);
      const best = p.indexOf(Math.max(...p));
      nll += negativeLogLikelihood(p, truth);
      if ((p[truth] as number) < leastProbability) clipped++;
      if (best !== truth && (p[best] as number) >= tau) wrong++;
    }
  }
  return { value: fitTemperature(cases), nll: nll / cases.length, confidentWrongRate: wrong / cases.length, clipped };
}

/** Everything that is known of the inputs as they are. */
export function cleanSummary(kept: readonly Kept[], tau: number, rough: Rough): RobustnessSummary['clean'] {
  const cases = kept.map(({ patient, values }) => ({ patient, ...values.clean }));
  const figure = (pick: (clean: Clean) => number | null | undefined, proportion = false): Figure =>
    patientFigure(
      kept.map(({ patient, values }) => ({ patient, value: pick(values.clean) })),
      rough,
      proportion,
    );
  const yes = (value: boolean | null): number | null => (value === null ? null : value ? 1 : 0);
  const { judged, patients } = judgedOf(cases);
  const confident = cases.filter(({ right, confidence }) => right !== null && confidence !== null && confidence >= tau);
  const wrong = figure(({ confidentWrong }) => yes(confidentWrong), true);
  const wrongRate = wrong === null || typeof wrong === 'number' ? wrong : wrong.value;
  const labels = [...new Set(kept.flatMap(({ values }) => (values.clean.labels ?? []).map(({ label }) => label)))];
  const ofLabel = (key: 'dice' | 'hd95Mm' | 'volumeCc'): Record<string, Figure> =>
    Object.fromEntries(
      labels.map((label) => [label, figure(({ labels: own }) => own?.find((one) => one.label === label)?.[key])]),
    );
  return {
    n: new Set(kept.map(({ patient }) => patient)).size,
    judged: new Set(cases.filter(({ right }) => right !== null).map(({ patient }) => patient)).size,
    accuracy: figure(({ right }) => yes(right), true),
    confidence: figure(({ confidence }) => confidence),
    confidentWrongRate: wrong,
    confidentWrongBound: wrongRate === 0 && patients > 0 ? silentBound95(patients) : null,
    wrongWhenConfident: {
      n: new Set(confident.map(({ patient }) => patient)).size,
      value: patientFigure(
        confident.map(({ patient, right }) => ({ patient, value: right === true ? 0 : 1 })),
        rough,
        true,
      ),
    },
    confidentWrongCurve: judged.length === 0 ? [] : curveOf(judged),
    ece: calibrationErrorOf(cases),
    brier: figure(({ brier }) => brier),
    nll: figure(({ nll }) => nll),
    calibration: calibrationOf(judged, patients),
    riskCoverage: judged.length === 0 ? null : riskCoverageOf(judged),
    temperature: temperatureOf(kept, tau),
    ...(labels.length > 0 ? { dice: ofLabel('dice'), hd95Mm: ofLabel('hd95Mm'), volumeCc: ofLabel('volumeCc') } : {}),
    ...(cases.some(({ dose }) => dose)
      ? { meanAbsoluteDifferenceGy: figure(({ dose }) => dose?.meanAbsoluteDifferenceGy) }
      : {}),
  };
}

/** Share of confidently wrong answers, for each confidence from one half on. */
const curveOf = (judged: readonly Judged[]): { tau: number; rate: number }[] =>
  Array.from({ length: 21 }, (_, n) => {
    const tau = 0.5 + n / 40;
    return {
      tau,
      rate: judged.filter(({ right, confidence }) => right === 0 && confidence >= tau).length / judged.length,
    };
  });
