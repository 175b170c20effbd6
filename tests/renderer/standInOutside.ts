import type { Asks, Gives, RequestName, StreamName, Tells } from '../../shared/contract/contract';
import type { Answer } from '../../shared/contract/request';
import type { Problem } from '../../shared/problem/problem';
import type { Outside } from '../../renderer/bridge/bridge';

/** Answers by the contract's own types: what the engine or the main process would give. */
export type Answers = { [Name in RequestName]?: (asked: Asks<Name>) => Gives<Name> | Problem | Promise<Gives<Name>> };

/** Stands where the preload's object stands, and remembers what was asked. */
export interface StandIn extends Outside {
  readonly asked: { readonly name: string; readonly asked: unknown }[];
  readonly cancelled: string[];
  tell<Name extends StreamName>(stream: Name, event: Tells<Name>): void;
  answer(more: Answers): void;
}

const listeners: ((stream: string, event: unknown) => void)[] = [];
const isProblem = (value: unknown): value is Problem =>
  typeof value === 'object' && value !== null && 'code' in value && 'facts' in value && 'where' in value;

/** Lays a stand-in on the window. The bridge listens once for good, so that all of them speak to the same listeners. */
export function standInOutside(answers: Answers): StandIn {
  let all: Answers = answers;
  const standIn: StandIn = {
    asked: [],
    cancelled: [],
    async ask(name, sent) {
      // As between processes: what cannot be cloned is refused here too.
      const asked: unknown = structuredClone(sent);
      standIn.asked.push({ name, asked });
      const answer = all[name as RequestName] as ((asked: unknown) => unknown) | undefined;
      if (!answer) throw new Error(`nobody answers ${name}`);
      const value = await answer(asked);
      const given: Answer<unknown> = isProblem(value) ? { ok: false, problem: value } : { ok: true, value };
      return given;
    },
    cancel(requestId) {
      standIn.cancelled.push(requestId);
    },
    hear(listener) {
      listeners.push(listener);
    },
    pathOf: (file) => `/dropped/${file.name}`,
    tell(stream, event) {
      for (const listener of listeners) listener(stream, event);
    },
    answer(more) {
      all = { ...all, ...more };
    },
  };
  Object.defineProperty(window, 'isolens', { value: standIn, configurable: true, writable: true });
  return standIn;
}
