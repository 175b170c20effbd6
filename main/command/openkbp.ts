import type { Problem } from '../../shared/problem/problem';
import { makeOpenkbp, type OpenkbpAsked } from '../engine/job/makeOpenkbp';
import type { ExitStatus } from './exitStatus';

/** Turns published CSV patients into DICOM studies; says the problem of each that failed, and ends with 1 where one did. */
export async function openkbp(asked: OpenkbpAsked, problem: (problem: Problem) => void): Promise<ExitStatus> {
  const { problems } = await makeOpenkbp(asked);
  for (const one of problems) problem(one);
  return problems.length > 0 ? 1 : 0;
}
