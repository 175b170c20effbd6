import type { ProblemTable } from './table';

export const resultProblems = {
  'result/disk-full': {
    message: {
      en: 'The disk is full: {file} could not be saved.',
      fr: 'Le disque est plein : {file} n’a pas pu être enregistré.',
    },
    wayOn: {
      en: 'Make room or name another folder, then run again with --resume; what was saved is kept.',
      fr: 'Libérez de la place ou choisissez un autre dossier, puis relancez avec --resume ; ce qui est enregistré est gardé.',
    },
  },
  'result/cannot-write': {
    message: { en: '{file} could not be saved ({reason}).', fr: '{file} n’a pas pu être enregistré ({reason}).' },
    wayOn: {
      en: 'Name a folder in which you may write, and run again.',
      fr: 'Choisissez un dossier où vous avez le droit d’écrire, et relancez.',
    },
  },
  'result/not-finite': {
    message: {
      en: '{count} figure(s) are not finite numbers and are given as null: {keys}.',
      fr: '{count} valeur(s) ne sont pas des nombres finis et valent null : {keys}.',
    },
    wayOn: {
      en: 'Look for NaN or infinite weights, or values far outside the training range.',
      fr: 'Cherchez des poids NaN ou infinis, ou des valeurs très loin de celles de l’apprentissage.',
    },
  },
  'result/file-missing': {
    message: { en: 'The file {file} is not there.', fr: 'Le fichier {file} est introuvable.' },
    wayOn: {
      en: 'Check the path; it starts from the folder of the job.',
      fr: 'Vérifiez le chemin ; il part du dossier du job.',
    },
  },
  'result/file-unreadable': {
    message: { en: 'The file {file} cannot be read: {reason}.', fr: 'Le fichier {file} est illisible : {reason}.' },
    wayOn: {
      en: 'Write it again as .npy (numbers only) or NRRD (raw or gzip).',
      fr: 'Écrivez-le à nouveau en .npy (nombres seulement) ou NRRD (raw ou gzip).',
    },
  },
  'result/objects-refused': {
    message: {
      en: 'The array {file} holds Python objects, which are never loaded.',
      fr: 'Le tableau {file} contient des objets Python, qui ne sont jamais chargés.',
    },
    wayOn: { en: 'Save it again with a numeric dtype.', fr: 'Enregistrez-le à nouveau avec un dtype numérique.' },
  },
  'result/not-results': {
    message: {
      en: '{file} is not a results file of this version: {reason}.',
      fr: "{file} n'est pas un fichier de résultats de cette version : {reason}.",
    },
    wayOn: { en: 'Choose the folder of a finished run.', fr: 'Choisissez le dossier d’un calcul terminé.' },
  },
} as const satisfies ProblemTable;
