import type { ProblemTable } from './table';

export const filesProblems = {
  'files/missing': {
    message: { en: 'There is nothing at {file}.', fr: "Il n'y a rien à {file}." },
    wayOn: {
      en: 'Check the path; the folder may have been moved or the disk taken out.',
      fr: 'Vérifiez le chemin ; le dossier a peut-être été déplacé ou le disque retiré.',
    },
  },
  'files/not-a-folder': {
    message: { en: '{file} is not a folder.', fr: "{file} n'est pas un dossier." },
    wayOn: { en: 'Choose the folder that holds the files.', fr: 'Choisissez le dossier qui contient les fichiers.' },
  },
  'files/unreadable': {
    message: { en: '{file} cannot be read ({reason}).', fr: '{file} ne peut pas être lu ({reason}).' },
    wayOn: {
      en: 'Check its permissions, or copy it to this machine.',
      fr: "Vérifiez les droits d'accès, ou copiez-le sur cette machine.",
    },
  },
  'files/too-deep': {
    message: {
      en: 'Folders inside {file} lie more than {deepest} levels deep and were not entered.',
      fr: "Les dossiers dans {file} sont à plus de {deepest} niveaux et n'ont pas été parcourus.",
    },
    wayOn: { en: 'Open that folder directly.', fr: 'Ouvrez directement ce dossier.' },
  },
  'files/too-large': {
    message: {
      en: '{file} is too large to be read at once ({gib} GiB).',
      fr: "{file} est trop grand pour être lu d'un coup ({gib} Gio).",
    },
    wayOn: { en: 'Export it again in parts.', fr: 'Exportez-le à nouveau en plusieurs parties.' },
  },
  'files/too-many': {
    message: { en: '{file} holds more than {most} files.', fr: '{file} contient plus de {most} fichiers.' },
    wayOn: { en: 'Open one of the folders inside it.', fr: "Ouvrez un des dossiers qu'il contient." },
  },
} as const satisfies ProblemTable;
