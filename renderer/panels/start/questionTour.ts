import type { Words } from '../../../shared/words';
import type { Mode } from '../../stores/workbench';

/** A stop of the tour through the questions: a demo network and patient, the question, where to look, and what it means. */
export interface TourStop {
  readonly key: string;
  /** The network's own name; a stop whose network is not there is left out. */
  readonly network: string;
  /** The patient's folder. */
  readonly patient: string;
  readonly mode: Mode;
  /** The layer that is chosen in the tree; without one the first. */
  readonly layer?: string;
  /** Where networks are compared: those beside it. */
  readonly beside?: readonly string[];
  readonly look: Words;
  readonly meaning: Words;
}

/** In the order of the questions. Every sentence is about what these networks were seen to do; none gives a number that another machine may round otherwise. */
export const tourStops: readonly TourStop[] = [
  {
    key: 'silent',
    network: 'organs-unet-lr-too-high',
    patient: 'HN-0001',
    mode: 'maps',
    layer: 'bottoma',
    look: {
      en: 'Most tiles are hatched: of the 358 filters about three quarters answer nothing in any patient, most of them here in bottoma. Press N to go from one to the next.',
      fr: 'La plupart des cases sont hachurées : des 358 filtres, environ les trois quarts ne répondent chez aucun patient, la plupart ici, dans bottoma. N passe de l’un au suivant.',
    },
    meaning: {
      en: 'The sentence says “silent”, not “dead”: four patients leave up to 53 % of such patients that could wake a filter; 30 are needed. “Compatible with” lists causes; the rate of learning is one of several.',
      fr: 'La phrase dit « muets », pas « morts » : quatre patients laissent jusqu’à 53 % de tels patients qui pourraient réveiller un filtre ; il en faut 30. « Compatible avec » liste des causes ; le taux d’apprentissage en est une parmi d’autres.',
    },
  },
  {
    key: 'working',
    network: 'organs-unet-final',
    patient: 'HN-0001',
    mode: 'maps',
    look: {
      en: 'The same network, trained as it should be. Some filters are silent here too: the sentence says how many, and where most of them are.',
      fr: 'Le même réseau, entraîné comme il faut. Ici aussi quelques filtres sont muets : la phrase dit combien, et où sont la plupart.',
    },
    meaning: {
      en: 'A few silent filters do no harm: a working network has them. Look at how many, in which layer, and whether the next layer uses them.',
      fr: 'Quelques filtres muets ne nuisent pas : un réseau qui marche en a. Regardez combien, dans quelle couche, et si la couche suivante s’en sert.',
    },
  },
  {
    key: 'start',
    network: 'organs-unet-start',
    patient: 'HN-0001',
    mode: 'filters',
    look: {
      en: 'The network before its training. The list calls ten layers noise-like and the smallest undetermined; one of fifteen is called structured, as a test at 5 % will do now and then. Choose organs-unet-final at the right and run: enc2a and enc2b are left.',
      fr: 'Le réseau avant son apprentissage. La liste dit dix couches « comme du bruit » et les plus petites indéterminées ; une sur quinze est dite structurée, comme un test à 5 % le fait parfois. Choisissez organs-unet-final à droite et lancez : restent enc2a et enc2b.',
    },
    meaning: {
      en: '“Noise-like” says only that a layer is near chance; the finished network works well with two such layers. It says neither that they are useless nor that training was too short. Compare performance and the starting weights.',
      fr: '« Comme du bruit » dit seulement qu’une couche est proche du hasard ; le réseau achevé marche bien avec deux de ces couches. Cela ne dit ni qu’elles sont inutiles, ni que l’apprentissage fut trop court. Comparez les performances et les poids de départ.',
    },
  },
  {
    key: 'neuron',
    network: 'organs-unet-final',
    patient: 'HN-0001',
    mode: 'search',
    layer: 'enc2b',
    look: {
      en: 'The crops are the places where a neuron answers most, one a patient, framed by exactly what it sees. Click one: its patient opens and the cross-hair goes there.',
      fr: 'Les extraits sont les lieux où un neurone répond le plus, un par patient, encadrés par exactement ce qu’il voit. Cliquez : son patient s’ouvre et le réticule y va.',
    },
    meaning: {
      en: 'With four patients nothing can be said of what the crops share: a ring with a question mark. Ten are needed, and even then: “its strongest places are in …”, never “it detects …”.',
      fr: 'Avec quatre patients on ne peut rien dire de ce que partagent les extraits : un anneau avec un point d’interrogation. Il en faut dix, et même alors : « ses lieux les plus forts sont dans … », jamais « il détecte … ».',
    },
  },
  {
    key: 'shortcut',
    network: 'shortcut-classifier',
    patient: 'HN-0004',
    mode: 'occlusion',
    look: {
      en: 'This network was to find the side of the target. In the table “outside body” stands above everything inside it; on the axial view the support lies on the bright bar in the couch. Hold M over the bar.',
      fr: 'Ce réseau devait trouver le côté de la cible. Dans le tableau, « hors du corps » dépasse tout ce qui est dedans ; en vue axiale, l’appui est sur la barre brillante de la table. Maintenez M sur la barre.',
    },
    meaning: {
      en: 'In its training the bar went with one side: it has learnt the bar. One patient gives no verdict; over ten with the bar (phantom --marker, then a job) Isolens says that it looks outside the body.',
      fr: 'Dans son apprentissage la barre allait avec un côté : il a appris la barre. Un patient ne donne pas de verdict ; sur dix avec la barre (phantom --marker, puis un job), Isolens dit qu’il regarde hors du corps.',
    },
  },
  {
    key: 'organ',
    network: 'organs-unet-final',
    patient: 'HN-0001',
    mode: 'occlusion',
    look: {
      en: 'What does it need around the left parotid? Hover the rows of the table: each structure lights up in all six views. Space takes the overlays off.',
      fr: 'De quoi a-t-il besoin autour de la parotide gauche ? Survolez les lignes du tableau : chaque structure s’éclaire dans les six vues. Espace ôte les calques.',
    },
    meaning: {
      en: 'Hiding an organ would explain its own label by itself, so its own voxels are left out of the score; what remains is its surroundings. Read the doubts: another filling may give another map.',
      fr: 'Masquer un organe expliquerait à lui seul son étiquette : ses propres voxels sont exclus du score ; il reste l’entourage. Lisez les doutes : un autre remplissage peut donner une autre carte.',
    },
  },
  {
    key: 'dose',
    network: 'dose-unet3d',
    patient: 'HN-0001',
    mode: 'occlusion',
    look: {
      en: 'A network that writes dose, in Gy, from the CT and contours. The question is about the mean dose in one organ; the table ranks what that dose hangs on.',
      fr: 'Un réseau qui écrit une dose, en Gy, d’après le CT et les contours. La question porte sur la dose moyenne d’un organe ; le tableau classe ce dont elle dépend.',
    },
    meaning: {
      en: 'The window hides the image; with “channels: all” the contours too. Support is in Gy. The network’s answer depends on it; nature may not.',
      fr: 'La fenêtre cache l’image ; avec « canaux : tous », aussi les contours. L’appui est en Gy. C’est la réponse du réseau qui en dépend, pas forcément la nature.',
    },
  },
  {
    key: 'worse',
    network: 'levels-classifier',
    patient: 'HN-0001',
    mode: 'robustness',
    look: {
      en: 'The scan as acquired on the left, as degraded on the right, its severity in words. The table says at which severity the answer changes first; choose a row to see that scan.',
      fr: 'À gauche l’examen acquis, à droite dégradé, sa sévérité en mots. Le tableau dit à quelle sévérité la réponse change d’abord ; choisissez une ligne pour voir cet examen.',
    },
    meaning: {
      en: '“Not reached” holds for what was tried, in these patients. “Fools it” needs a known truth; without one it only “changes”. An attack that fails proves nothing.',
      fr: '« Non atteint » vaut pour ce qui a été essayé, chez ces patients. « Le trompe » demande une vérité connue ; sans elle, la réponse ne fait que « changer ». Une attaque qui échoue ne prouve rien.',
    },
  },
  {
    key: 'changed',
    network: 'organs-unet-final',
    patient: 'HN-0001',
    mode: 'compare',
    beside: ['organs-unet-epoch-01', 'organs-unet-lr-too-high'],
    look: {
      en: 'Beside it stand organs-unet-epoch-01 and organs-unet-lr-too-high. The table pairs every measure on the same patients; the one under it says which layers moved and how many filters fell silent.',
      fr: 'À côté de lui : organs-unet-epoch-01 et organs-unet-lr-too-high. Le tableau apparie chaque mesure sur les mêmes patients ; celui d’en dessous dit quelles couches ont bougé et combien de filtres se sont tus.',
    },
    meaning: {
      en: 'Four patients decide no paired test: six are the least. One training each says nothing of a reason: training again changes a network by itself; at least three seeds of each are needed.',
      fr: 'Quatre patients ne tranchent aucun test apparié : il en faut au moins six. Un entraînement chacun ne dit rien d’une raison : réapprendre change déjà un réseau ; il faut au moins trois graines de chaque.',
    },
  },
  {
    key: 'half',
    network: 'organs-unet-half-database',
    patient: 'HN-0001',
    mode: 'compare',
    beside: ['organs-unet-final'],
    look: {
      en: 'The same recipe, half of the patients, beside organs-unet-final.',
      fr: 'La même recette, la moitié des patients, à côté de organs-unet-final.',
    },
    meaning: {
      en: 'What differs may come from the database or from chance: one run each cannot tell. What can be read is how far the answers lie apart, and in which organs.',
      fr: 'Ce qui diffère peut venir de la base ou du hasard : un entraînement chacun ne permet pas de le dire. On peut lire de combien les réponses s’écartent, et pour quels organes.',
    },
  },
];

/** Words of the card itself. */
export const tourWords = {
  title: { en: 'Tour of the questions', fr: 'Visite des questions' },
  resume: { en: 'Go on with the tour', fr: 'Reprendre la visite' },
  look: { en: 'Look at', fr: 'À voir' },
  meaning: { en: 'What it means', fr: 'Ce que cela veut dire' },
  count: { en: '{at} of {of}', fr: '{at} sur {of}' },
  before: { en: 'Before', fr: 'Avant' },
  next: { en: 'Next', fr: 'Suivant' },
  end: { en: 'Done', fr: 'Terminer' },
  leave: { en: 'Leave', fr: 'Quitter' },
  run: { en: 'Run', fr: 'Lancer' },
} as const satisfies Record<string, Words>;

const partsOf = (path: string): readonly string[] => path.split(/[\\/]/);

/** Whether a path is that of the demo's network or patient of this name. */
export const isNamed = (path: string, name: string): boolean =>
  partsOf(path).some((part) => part === name || part.replace(/\.(keras|h5|json)$/, '') === name);
