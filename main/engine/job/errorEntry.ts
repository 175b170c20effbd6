import { sentencesOf, type Problem } from '../../../shared/problem/problem';
import type { ErrorEntry } from '../../../shared/result';

/** A problem as results.json holds it. */
export const errorEntryOf = (problem: Problem): ErrorEntry => {
  const { input, file, node, key, network } = problem.where;
  return {
    code: problem.code,
    ...sentencesOf(problem, 'en'),
    ...(Object.keys(problem.facts).length > 0 ? { facts: { ...problem.facts } } : {}),
    where: {
      ...(input === undefined ? {} : { input }),
      ...(file === undefined ? {} : { file }),
      ...(node === undefined ? {} : { node }),
      ...(key === undefined ? {} : { key }),
      ...(network === undefined ? {} : { network }),
    },
  };
};
