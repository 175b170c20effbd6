import type { ProblemTable } from './table';

const readGuide = {
  en: 'The user guide, "The headless door", shows such a job.',
  fr: 'Le guide, « La porte sans écran », montre un tel job.',
};

export const compareProblems = {
  'compare/one-network': {
    message: {
      en: 'There is nothing to compare: the job names {count} network(s), and it takes two, or one with two databases among its inputs.',
      fr: 'Rien à comparer : le job nomme {count} réseau(x), il en faut deux, ou un seul avec deux bases parmi ses entrées.',
    },
    wayOn: {
      en: 'Name each in "networks": { NAME: { "network": PATH } }.',
      fr: 'Nommez chacun dans « networks » : { NOM : { "network": CHEMIN } }.',
    },
  },
  'compare/not-alone': {
    message: {
      en: 'A job that names several networks holds one analysis, compare; here it also holds {others}.',
      fr: 'Un job qui nomme plusieurs réseaux contient une seule analyse, compare ; celui-ci contient aussi {others}.',
    },
    wayOn: {
      en: 'Put the others into the "analyses" of compare: they are run for each network.',
      fr: 'Mettez les autres dans les « analyses » de compare : elles sont lancées pour chaque réseau.',
    },
  },
  'compare/both-words': {
    message: {
      en: 'The job names several networks, so it has no "network" and no "recipe" beside them.',
      fr: 'Le job nomme plusieurs réseaux : il n’a donc ni « network » ni « recipe » à côté.',
    },
    wayOn: {
      en: 'Name the network and its recipe inside "networks".',
      fr: 'Nommez le réseau et sa recette dans « networks ».',
    },
  },
  'compare/unknown-reference': {
    message: {
      en: 'None of the networks is called "{reference}"; the nearest one is "{nearest}".',
      fr: 'Aucun réseau ne s’appelle « {reference} » ; le plus proche est « {nearest} ».',
    },
    wayOn: readGuide,
  },
  'compare/compares-itself': {
    message: {
      en: 'Compare cannot be one of the analyses that it compares.',
      fr: 'Comparer ne peut pas être une des analyses qu’il compare.',
    },
    wayOn: readGuide,
  },
  'compare/weights-only': {
    message: {
      en: 'Without inputs only what needs none was compared; not run: {analyses}.',
      fr: 'Sans entrées, seul ce qui n’en demande pas a été comparé ; non lancé : {analyses}.',
    },
    wayOn: {
      en: 'Add studies or arrays to "inputs".',
      fr: 'Ajoutez des études ou des tableaux à « inputs ».',
    },
  },
  'compare/other-layers': {
    message: {
      en: '{network} has no layer of the same shape for {nodes}: those are not compared.',
      fr: '{network} n’a pas de couche de même forme pour {nodes} : elles ne sont pas comparées.',
    },
    wayOn: {
      en: 'Compare networks of one architecture, or read the tables of their answers.',
      fr: 'Comparez des réseaux d’une même architecture, ou lisez les tableaux de leurs réponses.',
    },
  },
  'compare/matched-by-order': {
    message: {
      en: 'Layers of {network} are called otherwise and were matched by their order and shape: {nodes}.',
      fr: 'Des couches de {network} portent d’autres noms et ont été appariées par leur ordre et leur forme : {nodes}.',
    },
    wayOn: { en: 'Check that they are the same layers.', fr: 'Vérifiez que ce sont les mêmes couches.' },
  },
  'compare/not-finite': {
    message: {
      en: 'The weights of {node} in {network} hold {count} value(s) that are not numbers: their distance is null.',
      fr: 'Les poids de {node} dans {network} contiennent {count} valeur(s) qui ne sont pas des nombres : leur distance est nulle.',
    },
    wayOn: { en: 'Look at the training from there on.', fr: 'Regardez l’apprentissage à partir de là.' },
  },
  'compare/few-patients': {
    message: {
      en: 'With {patients} patient(s) no paired test can decide: it takes 6. Figures are shown, changes are not claimed from them.',
      fr: 'Avec {patients} patient(s), aucun test apparié ne peut conclure : il en faut 6. Les chiffres sont montrés, aucun changement n’en est affirmé.',
    },
    wayOn: { en: 'Add patients.', fr: 'Ajoutez des patients.' },
  },
  'compare/shared-patients': {
    message: {
      en: '{count} patient(s) stand in several of the databases: they are left out where the databases are held against each other.',
      fr: '{count} patient(s) figurent dans plusieurs bases : ils sont laissés de côté là où les bases sont comparées.',
    },
    wayOn: {
      en: 'Split one list into two, so that each patient is in one of them.',
      fr: 'Séparez une liste en deux, pour que chaque patient soit dans une seule.',
    },
  },
  'compare/no-path-other-architecture': {
    message: {
      en: '{network} is not built like the reference: there is no straight way between their weights.',
      fr: '{network} n’est pas construit comme la référence : il n’y a pas de chemin droit entre leurs poids.',
    },
    wayOn: {
      en: 'Compare checkpoints of one architecture.',
      fr: 'Comparez des points de sauvegarde d’une même architecture.',
    },
  },
  'compare/no-path-no-truth': {
    message: {
      en: 'No loss along the way to {network}: no input tells what the right answer is.',
      fr: 'Pas de perte sur le chemin vers {network} : aucune entrée ne dit la bonne réponse.',
    },
    wayOn: {
      en: 'Give inputs with a truth: "label", contours, a dose, or "truth" of an array.',
      fr: 'Donnez des entrées avec une vérité : « label », contours, dose, ou « truth » d’un tableau.',
    },
  },
  'compare/mixed-statistics': {
    message: {
      en: 'The statistics of batch normalisation are mixed like weights on the way to {network}, not counted anew: a barrier may be theirs.',
      fr: 'Les statistiques de normalisation par lot sont mêlées comme des poids sur le chemin vers {network}, non recomptées : une barrière peut en venir.',
    },
    wayOn: { en: 'Read a low barrier, not a high one.', fr: 'Fiez-vous à une barrière basse, pas à une haute.' },
  },
  'compare/order': {
    message: {
      en: 'The numbers in the names do not rise: {names}. The job’s order is taken as that of training.',
      fr: 'Les numéros des noms ne croissent pas : {names}. L’ordre du job est pris pour celui de l’apprentissage.',
    },
    wayOn: {
      en: 'Name the checkpoints in the order of their training.',
      fr: 'Nommez les points de sauvegarde dans l’ordre de leur apprentissage.',
    },
  },
  'compare/unpaired': {
    message: {
      en: '{count} input(s) could not be answered by every network; each test uses the patients that both have.',
      fr: '{count} entrée(s) sans réponse de tous les réseaux ; chaque test prend les patients que les deux ont.',
    },
    wayOn: { en: 'See the errors.', fr: 'Voyez les erreurs.' },
  },
} as const satisfies ProblemTable;
