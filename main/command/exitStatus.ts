import { IsolensError } from '../../shared/problem/problem';

/** 0 all done; 1 some inputs failed; 2 the command or job is wrong; 3 the engine failed; 130 cancelled. */
export type ExitStatus = 0 | 1 | 2 | 3 | 130;

/** The status of a command that a thrown thing ended: what nobody foresaw is the engine's failure. */
export function statusOf(thrown: unknown): ExitStatus {
  if (!(thrown instanceof IsolensError)) return 3;
  const { code } = thrown.problem;
  if (code === 'engine/cancelled') return 130;
  return code.startsWith('engine/') || code === 'network/backend-missing' ? 3 : 2;
}
