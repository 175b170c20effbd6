import type { ProblemTable } from './table';

export const desktopProblems = {
  'desktop/no-report': {
    message: { en: 'There is no report in {file}.', fr: 'Il n’y a pas de rapport dans {file}.' },
    wayOn: {
      en: 'Run the analysis first; its report can then be printed.',
      fr: 'Lancez d’abord l’analyse ; son rapport pourra alors être imprimé.',
    },
  },
  'desktop/nothing-to-pin-to': {
    message: {
      en: 'There is no report yet to pin this to.',
      fr: 'Il n’y a pas encore de rapport où mettre cette image.',
    },
    wayOn: {
      en: 'Run this question first; the view can then be pinned to its report.',
      fr: 'Lancez d’abord cette question ; la vue pourra alors être mise à son rapport.',
    },
  },
  'desktop/may-not-show': {
    message: {
      en: 'Isolens only hands its own reports and documentation to the system: {file} is neither.',
      fr: 'Isolens ne remet au système que ses rapports et sa documentation : {file} n’en est pas.',
    },
    wayOn: {
      en: 'Open the file with your file manager.',
      fr: 'Ouvrez le fichier avec votre gestionnaire de fichiers.',
    },
  },
  'desktop/cannot-show': {
    message: { en: 'The system could not open {file}: {reason}', fr: 'Le système n’a pas pu ouvrir {file} : {reason}' },
    wayOn: {
      en: 'Open the file with your file manager.',
      fr: 'Ouvrez le fichier avec votre gestionnaire de fichiers.',
    },
  },
} as const satisfies ProblemTable;
