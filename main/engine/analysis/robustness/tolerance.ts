import type { ToleranceLine } from '../../../../shared/analysis/robustness';
import {
  familyFacts,
  writtenSeverity,
  type FamilyFacts,
  type FamilyId,
  type Severity,
} from '../../../../shared/analysis/robustnessFamilies';
import type { Words } from '../../../../shared/words';
import { patientLifetimes, type Kept } from './kept';

/** Severities of one side up to which nothing changed in anybody; bisected ends stand between the grid's. */
function holdsOf(
  facts: FamilyFacts,
  severities: readonly Severity[],
  broken: readonly Severity[],
  sizeOf: (facts: FamilyFacts, severity: number) => number,
): readonly Severity[] {
  const numbers = severities.filter((q): q is number => typeof q === 'number');
  const sides = [numbers.filter((q) => q < 0), numbers.filter((q) => q >= 0)];
  const held = sides.flatMap((side, n) => {
    const first = Math.min(
      ...broken
        .filter((q): q is number => typeof q === 'number' && (n === 0 ? q < 0 : q >= 0))
        .map((q) => sizeOf(facts, q)),
    );
    const below = side.filter((q) => sizeOf(facts, q) < first).sort((a, b) => sizeOf(facts, b) - sizeOf(facts, a));
    return below.slice(0, 1);
  });
  const words = severities.filter((q) => typeof q === 'string' && !broken.includes(q));
  return [...held, ...words];
}

const list = (facts: FamilyFacts, severities: readonly Severity[], language: keyof Words): string =>
  severities.map((severity) => writtenSeverity(facts, severity)[language]).join(', ');

/** One line in clinical units: within what every answer holds, and where the first confident error comes. */
export function toleranceOf(
  kept: readonly Kept[],
  id: FamilyId,
  severities: readonly Severity[],
  sizeOf: (facts: FamilyFacts, severity: number) => number,
): ToleranceLine {
  const facts = familyFacts[id];
  const own = kept.flatMap(({ patient, values }) =>
    values.families.filter((family) => family.id === id).map((family) => ({ patient, family })),
  );
  // A severity at which any draw of any input changed is broken, whatever most draws did.
  const broken = own.flatMap(({ family }) => [
    ...(family.flip.first === null ? [] : [family.flip.first]),
    ...family.steps.filter(({ flippedShare }) => flippedShare > 0).map(({ severity }) => severity),
  ]);
  const first = (pick: Parameters<typeof patientLifetimes>[2]): ToleranceLine['firstFlip'] => {
    const lives = patientLifetimes(kept, id, pick, sizeOf, 0).filter(({ severity }) => severity !== null);
    const [earliest] = [...lives].sort((a, b) => a.time - b.time);
    return earliest === undefined || earliest.severity === null
      ? null
      : { severity: earliest.severity, patients: lives.length };
  };
  const n = new Set(own.map(({ patient }) => patient)).size;
  const firstFlip = first(({ flip }) => ({ severity: flip.first, recovers: flip.recovers }));
  const firstConfidentlyWrong = first(({ confidentlyWrong }) => ({
    severity: confidentlyWrong.first,
    recovers: confidentlyWrong.recovers,
  }));
  const holds = [...holdsOf(facts, severities, broken, sizeOf)];
  return {
    id,
    holds,
    tested: n === 0 ? [] : [...severities],
    firstFlip,
    firstConfidentlyWrong,
    n,
    sentence: { en: sentence('en'), fr: sentence('fr') },
  };

  function sentence(language: keyof Words): string {
    const french = language === 'fr';
    const name = facts.name[language];
    if (n === 0) return french ? `${name} : non testé` : `${name}: not tested`;
    const patients = (k: number): string =>
      french ? `chez ${String(k)} patients sur ${String(n)}` : `in ${String(k)} of ${String(n)} patients`;
    const held =
      firstFlip === null
        ? french
          ? `aucun changement de réponse jusqu’à ${list(facts, holds, language)} ${patients(n)}`
          : `no answer changed up to ${list(facts, holds, language)} ${patients(n)}`
        : (holds.length > 0
            ? french
              ? `toutes les réponses tiennent jusqu’à ${list(facts, holds, language)} ; `
              : `every answer holds up to ${list(facts, holds, language)}; `
            : '') +
          (french
            ? `le premier changement vient à ${writtenSeverity(facts, firstFlip.severity).fr}, ${patients(firstFlip.patients)} en tout`
            : `the first change comes at ${writtenSeverity(facts, firstFlip.severity).en}, ${patients(firstFlip.patients)} in all`);
    const wrong =
      firstConfidentlyWrong === null
        ? ''
        : french
          ? ` ; première erreur assurée : ${writtenSeverity(facts, firstConfidentlyWrong.severity).fr}, ${patients(firstConfidentlyWrong.patients)}`
          : `; first confident error: ${writtenSeverity(facts, firstConfidentlyWrong.severity).en}, ${patients(firstConfidentlyWrong.patients)}`;
    return french ? `${name} : ${held}${wrong}` : `${name}: ${held}${wrong}`;
  }
}
