import type { Context, OpenInput } from '../analysis';
import { arraySubject } from './arraySubject';
import { studySubject } from './studySubject';
import type { Subject } from './subject';

/** The input ready to be degraded. */
export const subjectOf = (input: OpenInput, context: Context): Promise<Subject> =>
  input.study === null || context.recipe === null
    ? Promise.resolve(arraySubject(input, context))
    : studySubject(input, input.study, context, context.recipe);
