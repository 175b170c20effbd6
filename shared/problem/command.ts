import type { ProblemTable } from './table';

export const commandProblems = {
  'command/wrong-words': {
    message: { en: 'The command is wrong: {reason}', fr: 'La commande est fausse : {reason}' },
    wayOn: {
      en: 'isolens --help lists the commands and their words.',
      fr: 'isolens --help donne les commandes et leurs mots.',
    },
  },
  'command/no-pdf': {
    message: {
      en: 'The report was not printed as PDF: {reason}',
      fr: 'Le rapport n’a pas été imprimé en PDF : {reason}',
    },
    wayOn: {
      en: 'Open report.html in a browser and print it there.',
      fr: 'Ouvrez report.html dans un navigateur et imprimez-le.',
    },
  },
} as const satisfies ProblemTable;
