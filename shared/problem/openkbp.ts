import type { ProblemTable } from './table';

export const openkbpProblems = {
  'openkbp/no-patients': {
    message: {
      en: '{file} holds no OpenKBP patient (a folder called pt_1, pt_2 …).',
      fr: '{file} ne contient aucun patient OpenKBP (un dossier nommé pt_1, pt_2…).',
    },
    wayOn: {
      en: 'Choose the folder that holds the pt_ folders, for example train-pats.',
      fr: 'Choisissez le dossier qui contient les dossiers pt_, par exemple train-pats.',
    },
  },
  'openkbp/file-missing': {
    message: {
      en: '{file} is missing; every OpenKBP patient has {name}.',
      fr: '{file} manque ; tout patient OpenKBP a {name}.',
    },
    wayOn: {
      en: 'Download that patient again; the others go on.',
      fr: 'Téléchargez à nouveau ce patient ; les autres continuent.',
    },
  },
  'openkbp/bad-line': {
    message: {
      en: '{file}, line {line}: not an index of the volume with a number.',
      fr: "{file}, ligne {line} : ce n'est pas un indice du volume avec un nombre.",
    },
    wayOn: {
      en: 'Download that file again; the others go on.',
      fr: 'Téléchargez à nouveau ce fichier ; les autres continuent.',
    },
  },
} as const satisfies ProblemTable;
