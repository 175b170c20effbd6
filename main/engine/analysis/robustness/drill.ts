import type { DrillLine } from '../../../../shared/analysis/robustnessDrill';
import { familyFacts, writtenSeverity, type Severity } from '../../../../shared/analysis/robustnessFamilies';
import type { Words } from '../../../../shared/words';
import type { Kept } from './kept';

/** What one patient's inputs did under one fault, averaged. */
interface Met {
  readonly changed: number[];
  readonly clean: number[];
  readonly faulty: number[];
}

const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;

const facts = familyFacts.metadata;

/** Whether the network notices: of the patients whose answer changed, those in whom its confidence is below τ. */
function noticesOf(changed: number, noticed: number | null): DrillLine['notices'] {
  if (changed === 0) return 'no-change';
  if (noticed === null) return null;
  return noticed === changed ? 'yes' : noticed === 0 ? 'no' : 'partly';
}

function sentenceOf(line: Omit<DrillLine, 'sentence'>, language: keyof Words, severity: Severity): string {
  const french = language === 'fr';
  const { patients, changed, noticed, cleanConfidence, faultyConfidence } = line;
  const name = writtenSeverity(facts, severity)[language];
  const number = (value: number): string => value.toFixed(2).replace('.', french ? ',' : '.');
  const sure =
    cleanConfidence === null || faultyConfidence === null
      ? french
        ? ' ; ce réseau n’a pas de confiance'
        : '; this network has no confidence'
      : `${french ? ' ; confiance' : '; confidence'} ${number(cleanConfidence)} → ${number(faultyConfidence)}`;
  if (changed === 0)
    return french
      ? `${name} : aucune réponse changée chez ${String(patients)} patients${sure}`
      : `${name}: no answer changed in ${String(patients)} patients${sure}`;
  const seen =
    noticed === null
      ? ''
      : french
        ? ` ; sous le seuil chez ${String(noticed)} d’entre eux`
        : `; below the threshold in ${String(noticed)} of them`;
  return french
    ? `${name} : réponse changée chez ${String(changed)} patients sur ${String(patients)}${sure}${seen}`
    : `${name}: the answer changed in ${String(changed)} of ${String(patients)} patients${sure}${seen}`;
}

/** The metadata-fault drill: one line a fault, does the network notice it or answer confidently? *Source* methods §3. */
export function drillOf(kept: readonly Kept[], faults: readonly Severity[], tau: number): DrillLine[] {
  return faults.flatMap((fault): DrillLine[] => {
    const patients = new Map<string, Met>();
    for (const { patient, values } of kept) {
      const step = values.families
        .find(({ id }) => id === 'metadata')
        ?.steps.find(({ severity }) => severity === fault);
      if (!step) continue;
      const own = patients.get(patient) ?? { changed: [], clean: [], faulty: [] };
      patients.set(patient, own);
      own.changed.push(step.flippedShare);
      if (values.clean.confidence !== null && step.confidence !== null) {
        own.clean.push(values.clean.confidence);
        own.faulty.push(step.confidence);
      }
    }
    if (patients.size === 0) return [];
    const all = [...patients.values()];
    const changed = all.filter((own) => own.changed.some((share) => share > 0));
    const known = all.filter(({ faulty }) => faulty.length > 0);
    const noticed = known.length === 0 ? null : changed.filter(({ faulty }) => (mean(faulty) ?? Infinity) < tau).length;
    const line = {
      fault: String(fault),
      patients: patients.size,
      changed: changed.length,
      cleanConfidence: mean(known.flatMap(({ clean }) => mean(clean) ?? [])),
      faultyConfidence: mean(known.flatMap(({ faulty }) => mean(faulty) ?? [])),
      noticed,
      notices: noticesOf(changed.length, noticed),
    };
    return [{ ...line, sentence: { en: sentenceOf(line, 'en', fault), fr: sentenceOf(line, 'fr', fault) } }];
  });
}
