import type { ProblemTable } from './table';

const lookAtRecipe = {
  en: 'Change the recipe and run again.',
  fr: 'Modifiez la recette et relancez.',
};

export const recipeProblems = {
  'recipe/not-json': {
    message: {
      en: 'The recipe {file} is not readable as JSON: {reason}',
      fr: "La recette {file} n'est pas lisible comme JSON : {reason}",
    },
    wayOn: {
      en: 'Correct the file, or build a recipe by asking.',
      fr: 'Corrigez le fichier, ou construisez une recette pas à pas.',
    },
  },
  'recipe/unknown-key': {
    message: {
      en: 'The recipe {file} has a key "{key}" that does not exist; the nearest one is "{nearest}".',
      fr: "La recette {file} contient une clé « {key} » qui n'existe pas ; la plus proche est « {nearest} ».",
    },
    wayOn: { en: 'Rename or remove the key.', fr: 'Renommez ou supprimez la clé.' },
  },
  'recipe/invalid': {
    message: {
      en: 'The recipe {file} has no valid "{key}": {reason}',
      fr: 'La recette {file} n’a pas de « {key} » valable : {reason}',
    },
    wayOn: lookAtRecipe,
  },
  'recipe/input-mismatch': {
    message: {
      en: 'The network expects {expected}; this input gives {given}.',
      fr: 'Le réseau attend {expected} ; cette entrée donne {given}.',
    },
    wayOn: {
      en: "Make the recipe (channels, context, grid.size) or the array fit the network's input shape, as `describe` prints it.",
      fr: "Accordez la recette (channels, context, grid.size) ou le tableau à la forme d'entrée du réseau, telle que `describe` l'affiche.",
    },
  },
  'recipe/no-image': {
    message: {
      en: 'This study has no {modality} series that can be read.',
      fr: "Cette étude n'a pas de série {modality} lisible.",
    },
    wayOn: {
      en: 'Choose a study with such a series, or change the modality in the recipe.',
      fr: 'Choisissez une étude avec une telle série, ou changez la modalité dans la recette.',
    },
  },
  'recipe/several-images': {
    message: {
      en: 'This study has several {modality} series that could be meant: {series}.',
      fr: 'Cette étude a plusieurs séries {modality} possibles : {series}.',
    },
    wayOn: {
      en: 'Name one of them as "series" in the job\'s input.',
      fr: 'Désignez-en une par « series » dans l’entrée du job.',
    },
  },
  'recipe/no-series': {
    message: {
      en: 'The series named in the job is not in this study.',
      fr: "La série désignée dans le job n'est pas dans cette étude.",
    },
    wayOn: {
      en: 'Name a series of this study, or leave "series" out.',
      fr: 'Désignez une série de cette étude, ou omettez « series ».',
    },
  },
  'recipe/no-structure': {
    message: {
      en: 'The structure "{structure}" is not in this study. It has: {have}.',
      fr: "La structure « {structure} » n'est pas dans cette étude. Elle contient : {have}.",
    },
    wayOn: {
      en: 'Add the name that is used here to the aliases in the recipe.',
      fr: 'Ajoutez le nom utilisé ici aux aliases de la recette.',
    },
  },
  'recipe/empty-structure': {
    message: {
      en: 'The structure "{structure}" has no closed contours.',
      fr: "La structure « {structure} » n'a pas de contours fermés.",
    },
    wayOn: {
      en: 'Contour it, or take it out of the recipe.',
      fr: 'Contourez-la, ou retirez-la de la recette.',
    },
  },
  'recipe/no-dose': {
    message: {
      en: 'This study has no dose of summation type PLAN, which the recipe asks for.',
      fr: "Cette étude n'a pas de dose de type PLAN, que la recette demande.",
    },
    wayOn: {
      en: 'Export the RTDOSE of the plan into the folder, or use a recipe without dose.',
      fr: 'Exportez la RTDOSE du plan dans le dossier, ou utilisez une recette sans dose.',
    },
  },
  'recipe/relative-dose': {
    message: {
      en: 'The dose of this study is in %, not in Gy.',
      fr: 'La dose de cette étude est en %, pas en Gy.',
    },
    wayOn: {
      en: 'Export the dose in Gy from the planning system.',
      fr: 'Exportez la dose en Gy depuis le système de planification.',
    },
  },
  'recipe/no-isocentre': {
    message: {
      en: 'The recipe centres its grid on the isocentre, and no plan of this study has one.',
      fr: "La recette centre sa grille sur l'isocentre, et aucun plan de cette étude n'en a.",
    },
    wayOn: {
      en: 'Add the RTPLAN, or centre the grid on "body" or "volume".',
      fr: 'Ajoutez le RTPLAN, ou centrez la grille sur « body » ou « volume ».',
    },
  },
  'recipe/no-body': {
    message: {
      en: 'No body was found: no EXTERNAL structure, and nothing above -300 HU.',
      fr: 'Aucun corps trouvé : pas de structure EXTERNAL, et rien au-dessus de -300 UH.',
    },
    wayOn: {
      en: 'Centre the grid on "volume", or contour the body.',
      fr: 'Centrez la grille sur « volume », ou contourez le corps.',
    },
  },
  'recipe/other-frame': {
    message: {
      en: '{what} lies in another frame of reference than the image.',
      fr: "{what} est dans un autre référentiel que l'image.",
    },
    wayOn: {
      en: 'Export it on the same image set, or register it in the planning system.',
      fr: 'Exportez-le sur la même série, ou recalez-le dans le système de planification.',
    },
  },
  'recipe/gap': {
    message: {
      en: 'Slices are missing in the image ({count} gap(s), the first near {atMm} mm).',
      fr: "Il manque des coupes dans l'image ({count} lacune(s), la première vers {atMm} mm).",
    },
    wayOn: {
      en: 'Export the whole series, or set "gaps": "interpolate" in the recipe.',
      fr: 'Exportez la série entière, ou mettez "gaps": "interpolate" dans la recette.',
    },
  },
  'recipe/no-slices': {
    message: {
      en: 'The recipe selects no slice of this study ({slices}); its grid has {count}.',
      fr: 'La recette ne retient aucune coupe de cette étude ({slices}) ; sa grille en a {count}.',
    },
    wayOn: { en: 'Change "slices" or the grid.', fr: 'Changez « slices » ou la grille.' },
  },
  'recipe/too-large': {
    message: {
      en: 'The input would have {values} values, more than can be held at once.',
      fr: "L'entrée aurait {values} valeurs, plus qu'on ne peut en tenir à la fois.",
    },
    wayOn: {
      en: 'Choose a coarser spacing, a smaller grid or fewer slices.',
      fr: 'Choisissez un pas plus grossier, une grille plus petite ou moins de coupes.',
    },
  },
  'recipe/gap-filled': {
    message: {
      en: '{count} gap(s) of missing slices were filled by linear interpolation.',
      fr: '{count} lacune(s) de coupes manquantes comblée(s) par interpolation linéaire.',
    },
    wayOn: { en: 'Export the whole series.', fr: 'Exportez la série entière.' },
  },
  'recipe/outside-dose': {
    message: {
      en: '{percent} % of the grid lies outside the dose grid and takes {outsideGy} Gy.',
      fr: '{percent} % de la grille est hors de la grille de dose et prend {outsideGy} Gy.',
    },
    wayOn: {
      en: 'Compute the dose on a larger grid, or make the recipe’s grid smaller.',
      fr: 'Calculez la dose sur une grille plus grande, ou réduisez celle de la recette.',
    },
  },
  'recipe/flat-channel': {
    message: {
      en: 'The channel "{channel}" has the same value everywhere; its z-score is set to 0.',
      fr: 'Le canal « {channel} » a partout la même valeur ; son z-score est mis à 0.',
    },
    wayOn: lookAtRecipe,
  },
  'recipe/several-isocentres': {
    message: {
      en: 'The plan has {count} isocentres; the grid is centred on the first.',
      fr: 'Le plan a {count} isocentres ; la grille est centrée sur le premier.',
    },
    wayOn: lookAtRecipe,
  },
  'recipe/wrong-side': {
    message: {
      en: '"{structure}" is named for one side of the patient and lies on the other.',
      fr: '« {structure} » porte le nom d’un côté du patient et se trouve de l’autre.',
    },
    wayOn: {
      en: 'Check the name and the patient orientation before trusting the result.',
      fr: "Vérifiez le nom et l'orientation du patient avant de vous fier au résultat.",
    },
  },
} as const satisfies ProblemTable;
