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
  'analysis/unknown-node': {
    message: {
      en: 'The network has no layer "{name}"; the nearest one is "{nearest}".',
      fr: 'Le réseau n’a pas de couche « {name} » ; la plus proche est « {nearest} ».',
    },
    wayOn: {
      en: 'Take a name from the list of layers ("describe" prints it).',
      fr: 'Prenez un nom de la liste des couches (« describe » l’imprime).',
    },
  },
  'analysis/node-not-reached': {
    message: {
      en: 'The layer "{name}" lies behind an operation that is not known, so it cannot be computed.',
      fr: 'La couche « {name} » se trouve derrière une opération inconnue : elle ne peut pas être calculée.',
    },
    wayOn: { en: 'Choose a layer before that operation.', fr: 'Choisissez une couche située avant cette opération.' },
  },
  'analysis/map-too-large': {
    message: {
      en: 'The maps of "{node}" take {gib} GiB to write, more than the memory given; they were measured and not saved.',
      fr: 'Les cartes de « {node} » demandent {gib} Gio à l’écriture, plus que la mémoire donnée ; mesurées, elles n’ont pas été enregistrées.',
    },
    wayOn: {
      en: 'Allow more memory (--memory-gib), or fewer slices in the recipe.',
      fr: 'Accordez plus de mémoire (--memory-gib), ou moins de coupes dans la recette.',
    },
  },
  'analysis/no-zero': {
    message: {
      en: 'The activation of {nodes} has no zero (GELU, SiLU): its share of zero voxels is not given.',
      fr: 'L’activation de {nodes} n’a pas de zéro (GELU, SiLU) : sa part de voxels nuls n’est pas donnée.',
    },
    wayOn: {
      en: 'Read the status, which uses the pre-activation.',
      fr: 'Lisez le statut, qui utilise la pré-activation.',
    },
  },
  'analysis/certificate-of-inputs': {
    message: {
      en: 'Without a clipped range in a recipe, the certificate holds for the range of values of these inputs only.',
      fr: 'Sans plage bornée dans une recette, le certificat ne vaut que pour la plage de valeurs de ces entrées.',
    },
    wayOn: { en: 'Give a recipe with "clip" and "scale".', fr: 'Donnez une recette avec « clip » et « scale ».' },
  },
} as const satisfies ProblemTable;
