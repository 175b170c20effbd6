import type { ProblemTable } from './table';

export const analysisProblems = {
  'analysis/activation-differs': {
    message: {
      en: 'The network itself ends in {file}, the recipe says {recipe}; the network is taken as it is.',
      fr: 'Le réseau finit lui-même par {file}, la recette dit {recipe} ; le réseau est pris tel quel.',
    },
    wayOn: {
      en: 'Set "activation" in the recipe to what the network ends in.',
      fr: "Mettez dans la recette l'« activation » par laquelle le réseau finit.",
    },
  },
} as const satisfies ProblemTable;
