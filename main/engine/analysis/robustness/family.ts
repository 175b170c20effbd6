import type { FamilyId, Severity } from '../../../../shared/analysis/robustnessFamilies';
import type { Warning } from '../../../../shared/result';
import { warningOf } from '../../../../shared/warning';
import type { Change } from './change';
import type { Judge } from './judge';
import type { Operator, Physical } from './physical';
import type { DegradedInput, Subject } from './subject';

/** What a degradation may ask of while it is made ready. */
export interface Making {
  readonly subject: Subject;
  readonly seed: number;
  readonly judge: Judge;
  /** What is moved by a shift or a rotation. */
  readonly move: 'all' | 'image';
  readonly signal: AbortSignal;
}

/** The smallest pattern that an attack found. */
export interface FoundAttack {
  /** The severity that stands for it: its ℓ₂ length in HU. */
  readonly severity: number;
  readonly l2Hu: number;
  readonly linfHu: number;
  readonly rmsHu: number;
  readonly l2: number;
  readonly linf: number;
}

export interface Degrading {
  at(severity: Severity): Promise<DegradedInput>;
  /** Of an attack that looks for the smallest pattern itself: what it found, null where it found none. */
  readonly found?: FoundAttack | null;
}

/** One way of making an input worse. Its facts (unit, grid, words) stand in shared. */
export interface Family {
  readonly id: FamilyId;
  /** Why it says nothing about this input; null where it can be applied. */
  refusal(subject: Subject): Warning | null;
  /** Of named severities, those that this input can meet; all where it is left out. */
  admits?(subject: Subject, severity: Severity): boolean;
  begin(making: Making): Promise<Degrading>;
}

const reason = (id: FamilyId, why: 'image' | 'dose' | 'structure' | 'units' | 'slices' | 'modality') =>
  warningOf(`robustness/needs-${why}`, { family: id });

/** What of an input a family needs. */
export interface Needs {
  readonly reads: 'image' | 'dose' | 'structure';
  /** Values in HU themselves; without it only differences, which then are in network units. */
  readonly units?: boolean;
  readonly slices?: boolean;
  readonly modality?: 'CT' | 'MR';
}

/** A family of needs that are not met says so. */
export function refusalOf(id: FamilyId, { reads, units, slices, modality }: Needs, subject: Subject): Warning | null {
  if (!subject.reads.has(reads)) return reason(id, reads);
  if (units === true && !subject.inUnits) return reason(id, 'units');
  if (slices === true && subject.slices < 2) return reason(id, 'slices');
  const others = subject.modalities.filter((own) => own !== modality);
  if (modality !== undefined && subject.modalities.length > 0 && others.length === subject.modalities.length)
    return reason(id, 'modality');
  return null;
}

/** A family that changes the values of one kind, and draws what it needs once for each seed and field. */
export function valueFamily(id: FamilyId, needs: Needs, operator: Operator): Family {
  const key = needs.reads === 'structure' ? 'mask' : needs.reads;
  return {
    id,
    refusal: (subject) => refusalOf(id, needs, subject),
    begin: ({ subject, seed, signal }) => {
      const ready = new Map<Physical, (severity: number) => Float32Array>();
      const prepared = (field: Physical): ((severity: number) => Float32Array) => {
        const found = ready.get(field) ?? operator(field, seed);
        ready.set(field, found);
        return found;
      };
      const foreign = ({ modality }: Physical): boolean =>
        needs.modality !== undefined && modality !== '' && modality !== needs.modality;
      return Promise.resolve({
        at: (severity) => {
          const change: Change = {
            [key]: (field: Physical) => (foreign(field) ? field.values : prepared(field)(Number(severity))),
          };
          return subject.apply(change, signal);
        },
      });
    },
  };
}

/** Adds a field that does not hang on the severity, times the severity. */
export const scaledBy =
  (make: (field: Physical, seed: number) => Float32Array): Operator =>
  (field, seed) => {
    const unit = make(field, seed);
    return (severity) => {
      const changed = new Float32Array(field.values.length);
      for (let v = 0; v < changed.length; v++)
        changed[v] = (field.values[v] as number) + severity * (unit[v] as number);
      return changed;
    };
  };
