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
  'analysis/labels-do-not-fit': {
    message: {
      en: 'The recipe names {labels} label(s), which the output of shape {given} does not fit.',
      fr: 'La recette nomme {labels} étiquette(s), auxquelles la sortie de forme {given} ne correspond pas.',
    },
    wayOn: {
      en: 'Name one label for each channel of the output, in its order, background too.',
      fr: 'Nommez une étiquette par canal de la sortie, dans son ordre, fond compris.',
    },
  },
  'analysis/unknown-label': {
    message: {
      en: 'The recipe has no label "{label}"; the nearest one is "{nearest}".',
      fr: 'La recette n’a pas d’étiquette « {label} » ; la plus proche est « {nearest} ».',
    },
    wayOn: { en: 'Use one of the recipe’s labels.', fr: 'Prenez une des étiquettes de la recette.' },
  },
  'analysis/truth-does-not-fit': {
    message: {
      en: 'The truth has the shape {given}, the prediction {expected}.',
      fr: 'La vérité a la forme {given}, la prédiction {expected}.',
    },
    wayOn: {
      en: 'Save the truth as label numbers on the grid of the output.',
      fr: 'Enregistrez la vérité en numéros d’étiquettes sur la grille de la sortie.',
    },
  },
  'analysis/no-truth': {
    message: {
      en: 'There is no structure "{label}" to compare with: Dice, HD95 and its volume are not given.',
      fr: 'Pas de structure « {label} » à comparer : Dice, HD95 et son volume ne sont pas donnés.',
    },
    wayOn: {
      en: 'Add the name used in this study to the aliases of the label in the recipe.',
      fr: 'Ajoutez le nom utilisé dans cette étude aux aliases de l’étiquette dans la recette.',
    },
  },
  'analysis/no-distance': {
    message: {
      en: '"{label}" is empty in the prediction or in the structure set: there is no HD95.',
      fr: '« {label} » est vide dans la prédiction ou dans les structures : pas de HD95.',
    },
    wayOn: { en: 'Look at the label map.', fr: 'Regardez la carte des étiquettes.' },
  },
  'analysis/selected-slices': {
    message: {
      en: 'Figures are over the slices that the recipe selects, not the whole structures.',
      fr: 'Les valeurs portent sur les coupes retenues par la recette, pas sur les structures entières.',
    },
    wayOn: { en: 'Set "slices": "all" for the whole.', fr: 'Mettez "slices": "all" pour le tout.' },
  },
  'analysis/no-geometry': {
    message: {
      en: 'An array has no place in a patient: volumes in cc and distances in mm are not given.',
      fr: 'Un tableau n’a pas de place dans un patient : ni volumes en cc ni distances en mm.',
    },
    wayOn: { en: 'Give the study as DICOM.', fr: 'Donnez l’étude en DICOM.' },
  },
  'analysis/no-plan-dose': {
    message: {
      en: 'The study has no plan dose to compare the predicted one with.',
      fr: 'L’étude n’a pas de dose de plan à comparer à la dose prédite.',
    },
    wayOn: { en: 'Add the RTDOSE of the plan (in Gy).', fr: 'Ajoutez la RTDOSE du plan (en Gy).' },
  },
  'analysis/interval-approximate': {
    message: {
      en: 'Below 20 patients the 95 % intervals are approximate.',
      fr: 'En dessous de 20 patients, les intervalles à 95 % sont approximatifs.',
    },
    wayOn: { en: 'Add patients.', fr: 'Ajoutez des patients.' },
  },
} as const satisfies ProblemTable;
