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
  'engine/bad-request': {
    message: {
      en: 'The window asked for something the engine does not know: {request}.',
      fr: 'La fenêtre a demandé au moteur ce qu’il ne connaît pas : {request}.',
    },
    wayOn: { en: 'Close Isolens and start it again.', fr: 'Fermez Isolens et relancez-le.' },
  },
  'engine/starting': {
    message: { en: 'The computing process is not ready yet.', fr: 'Le processus de calcul n’est pas encore prêt.' },
    wayOn: { en: 'Wait a moment and try again.', fr: 'Attendez un instant et réessayez.' },
  },
  'engine/refused': {
    message: {
      en: 'The computing process ended three times within a minute on the same work; it is not started again for it.',
      fr: 'Le processus de calcul s’est arrêté trois fois en une minute sur le même travail ; il n’est plus relancé pour lui.',
    },
    wayOn: {
      en: 'Choose a smaller window, a coarser stride or another network, and run again.',
      fr: 'Choisissez une fenêtre plus petite, un pas plus grand ou un autre réseau, puis relancez.',
    },
  },
} as const satisfies ProblemTable;
