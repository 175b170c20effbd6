import type { ProblemTable } from './table';

export const engineProblems = {
  'engine/unexpected': {
    message: { en: 'Something unforeseen happened: {reason}', fr: "Un imprévu s'est produit : {reason}" },
    wayOn: {
      en: 'Run it again; if it comes back, send the text of "Copy details".',
      fr: 'Relancez ; si cela se reproduit, envoyez le texte de « Copier les détails ».',
    },
  },
  'engine/cancelled': {
    message: { en: 'Stopped at your request.', fr: 'Arrêté à votre demande.' },
    wayOn: {
      en: 'Run it again to go on from what was saved.',
      fr: 'Relancez pour reprendre à partir de ce qui est enregistré.',
    },
  },
  'engine/lost': {
    message: {
      en: 'The computing process ended in the middle of the work.',
      fr: "Le processus de calcul s'est arrêté au milieu du travail.",
    },
    wayOn: {
      en: 'What was saved is kept; run the analysis again.',
      fr: 'Ce qui est enregistré est gardé ; relancez l’analyse.',
    },
  },
  'engine/blob-gone': {
    message: {
      en: 'These voxels are no longer held by the engine.',
      fr: 'Ces voxels ne sont plus gardés par le moteur.',
    },
    wayOn: { en: 'Open the study or the result again.', fr: "Ouvrez à nouveau l'étude ou le résultat." },
  },
} as const satisfies ProblemTable;
