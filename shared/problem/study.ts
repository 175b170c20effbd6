import type { ProblemTable } from './table';

export const studyProblems = {
  'study/nothing': {
    message: {
      en: '{file} holds no DICOM that can be opened ({files} files looked at).',
      fr: '{file} ne contient pas de DICOM lisible ({files} fichiers examinés).',
    },
    wayOn: {
      en: "Choose the folder that holds the patient's DICOM export.",
      fr: "Choisissez le dossier qui contient l'export DICOM du patient.",
    },
  },
  'study/several-patients': {
    message: { en: '{file} holds {count} patients: {choices}.', fr: '{file} contient {count} patients : {choices}.' },
    wayOn: { en: 'Give each patient a folder of its own.', fr: 'Donnez à chaque patient son propre dossier.' },
  },
  'study/several': {
    message: {
      en: '{file} holds {count} studies that do not share a frame of reference: {choices}.',
      fr: '{file} contient {count} études sans repère commun : {choices}.',
    },
    wayOn: {
      en: 'Name the image series in the input ("series"), or give each a folder of its own.',
      fr: "Nommez la série d'images dans l'entrée (« series »), ou donnez à chacune son dossier.",
    },
  },
  'study/series-missing': {
    message: {
      en: 'There is no image series {series} in {file}.',
      fr: "Il n'y a pas de série d'images {series} dans {file}.",
    },
    wayOn: {
      en: 'Choose one of the series that are there: {choices}.',
      fr: 'Choisissez une des séries présentes : {choices}.',
    },
  },
  'study/chosen-with-structures': {
    message: {
      en: 'The folder holds images in other frames of reference too; the study with structures or dose was taken.',
      fr: "Le dossier contient aussi des images d'autres repères ; l'étude avec structures ou dose a été prise.",
    },
    wayOn: {
      en: 'Name another image series in the input ("series") if you mean it.',
      fr: "Nommez une autre série d'images dans l'entrée (« series ») si besoin.",
    },
  },
  'study/frame-differs': {
    message: {
      en: '{object}: drawn in another frame of reference than the images.',
      fr: '{object} : tracé dans un autre repère que les images.',
    },
    wayOn: {
      en: 'Export it with the images that it was drawn on, or add the registration.',
      fr: 'Exportez-le avec les images sur lesquelles il a été tracé, ou ajoutez le recalage.',
    },
  },
  'study/frame-accepted': {
    message: {
      en: 'Frames of reference differ: {object} lies over the images because the user accepted it.',
      fr: "Les repères diffèrent : {object} est superposé aux images parce que l'utilisateur l'a accepté.",
    },
    wayOn: {
      en: 'Trust no position of it without a registration.',
      fr: 'Ne vous fiez à aucune de ses positions sans recalage.',
    },
  },
  'study/dose-summed': {
    message: { en: 'Sum of {count} beams.', fr: 'Somme de {count} faisceaux.' },
    wayOn: {
      en: 'Export the dose of the plan if it is needed as the planning system computed it.',
      fr: 'Exportez la dose du plan si elle est requise telle que le TPS la calcule.',
    },
  },
  'study/no-such-object': {
    message: { en: 'The study has no {object} that can be used.', fr: "L'étude n'a pas de {object} utilisable." },
    wayOn: {
      en: 'Choose one of those in the study tree.',
      fr: "Choisissez un de ceux de l'arbre de l'étude.",
    },
  },
  'study/unlinked': {
    message: {
      en: '{object}: nothing here that it refers to.',
      fr: '{object} : rien ici de ce à quoi il se rapporte.',
    },
    wayOn: {
      en: 'Add the images, structures or plan that it belongs to.',
      fr: 'Ajoutez les images, structures ou plan dont il dépend.',
    },
  },
  'study/other-patient': {
    message: {
      en: '{object} refers to objects of a different patient and was kept apart.',
      fr: "{object} se rapporte à des objets d'un autre patient et a été tenu à part.",
    },
    wayOn: {
      en: 'Check the export: patient IDs differ.',
      fr: "Vérifiez l'export : les identifiants de patient diffèrent.",
    },
  },
  'study/other-series': {
    message: {
      en: '{object}: drawn on another series with the same frame of reference.',
      fr: '{object} : tracé sur une autre série de même repère.',
    },
    wayOn: {
      en: 'Nothing to do if the CT was exported again; else check.',
      fr: 'Rien à faire si le CT a été réexporté ; sinon vérifiez.',
    },
  },
  'study/registered': {
    message: {
      en: '{object}: brought to the images by a registration.',
      fr: '{object} : ramené aux images par un recalage.',
    },
    wayOn: {
      en: 'Check the registration before trusting overlaps.',
      fr: 'Vérifiez le recalage avant de vous fier aux superpositions.',
    },
  },
  'study/outside-images': {
    message: {
      en: '{object}: linked, but lies outside the images.',
      fr: '{object} : lié, mais situé hors des images.',
    },
    wayOn: { en: 'Check that it belongs to these images.', fr: "Vérifiez qu'il appartient à ces images." },
  },
  'study/no-images': {
    message: {
      en: 'No images: structures, dose and plan are listed alone.',
      fr: "Pas d'images : structures, dose et plan sont listés seuls.",
    },
    wayOn: { en: 'Add the CT or MR series that they were made on.', fr: "Ajoutez la série CT ou IRM d'origine." },
  },
  'study/too-large': {
    message: {
      en: 'The series needs {needGib} GiB, {freeGib} GiB are free.',
      fr: 'La série demande {needGib} Gio, {freeGib} Gio sont libres.',
    },
    wayOn: {
      en: 'Close other studies, or use a coarser or shorter series.',
      fr: "Fermez d'autres études, ou prenez une série plus courte ou moins fine.",
    },
  },
  'study/not-open': {
    message: { en: 'This study is not open any more.', fr: "Cette étude n'est plus ouverte." },
    wayOn: { en: 'Open its folder again.', fr: 'Ouvrez à nouveau son dossier.' },
  },
  'study/no-dose': {
    message: { en: 'The study has no dose that can be used.', fr: "L'étude n'a pas de dose utilisable." },
    wayOn: { en: 'Add the RTDOSE of the plan.', fr: 'Ajoutez le RTDOSE du plan.' },
  },
} as const satisfies ProblemTable;
