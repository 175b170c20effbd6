import { defineStore } from 'pinia';
import { shallowRef } from 'vue';

type Chosen = Readonly<Record<string, unknown>>;

/** What the user chose for each analysis; what is not said here is the definition's default. */
export const useParameters = defineStore('parameters', () => {
  // Not reactive inside: what goes to the engine must be plain, a proxy cannot be cloned.
  const chosen = shallowRef<Readonly<Record<string, Chosen>>>({});

  const of = (analysis: string): Chosen => chosen.value[analysis] ?? {};

  /** Sets one parameter; `undefined` goes back to the default. */
  function set(analysis: string, key: string, value: unknown): void {
    const next: Record<string, unknown> = { ...of(analysis), [key]: value };
    chosen.value = {
      ...chosen.value,
      [analysis]: Object.fromEntries(Object.entries(next).filter(([, each]) => each !== undefined)),
    };
  }

  const proposed = new Map<string, Chosen>();

  /** Proposes values: each stands until the user sets another, and gives way to what is proposed next. */
  function propose(analysis: string, values: Chosen): void {
    const before = proposed.get(analysis) ?? {};
    const now = of(analysis);
    proposed.set(analysis, values);
    for (const key of new Set([...Object.keys(before), ...Object.keys(values)]))
      if (now[key] === undefined || now[key] === before[key]) set(analysis, key, values[key]);
  }

  /** Takes over the parameters of a result, so that it is current again. */
  function take(analysis: string, parameters: Chosen): void {
    chosen.value = { ...chosen.value, [analysis]: parameters };
  }

  return { of, set, propose, take };
});
