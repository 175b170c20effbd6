import { inject, type ComputedRef, type InjectionKey } from 'vue';
import type { Output } from '../../../shared/recipe';

/** What a form's nodes and targets are chosen from. */
export interface FormSubject {
  readonly nodes: readonly string[];
  readonly structures: readonly string[];
  readonly output: Output | null;
}

export const formSubjectKey: InjectionKey<ComputedRef<FormSubject>> = Symbol('form subject');

const nothing: FormSubject = { nodes: [], structures: [], output: null };

/** The subject that a panel provides to the forms in it. */
export function useFormSubject(): () => FormSubject {
  const subject = inject(formSubjectKey, null);
  return () => subject?.value ?? nothing;
}
