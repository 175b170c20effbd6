import type { ProblemTable } from './table';

export const analysisProblems = {
  'analysis/activation-differs': {
    message: {
      en: 'The network itself ends in {file}, the recipe says {recipe}; the network is taken as it is.',
      fr: 'Le réseau finit lui-même par {file}, la recette dit {recipe} ; le réseau est pris tel quel.',
    },
    wayOn: {
      en: 'Set "activation" in the recipe to what the network ends in.',
      fr: "Mettez dans la recette l'« activation » par laquelle le réseau finit.",
    },
  },
  'analysis/unknown-node': {
    message: {
      en: 'The network has no layer "{name}"; the nearest one is "{nearest}".',
      fr: 'Le réseau n’a pas de couche « {name} » ; la plus proche est « {nearest} ».',
    },
    wayOn: {
      en: 'Take a name from the list of layers ("describe" prints it).',
      fr: 'Prenez un nom de la liste des couches (« describe » l’imprime).',
    },
  },
  'analysis/node-not-reached': {
    message: {
      en: 'The layer "{name}" lies behind an operation that is not known, so it cannot be computed.',
      fr: 'La couche « {name} » se trouve derrière une opération inconnue : elle ne peut pas être calculée.',
    },
    wayOn: { en: 'Choose a layer before that operation.', fr: 'Choisissez une couche située avant cette opération.' },
  },
  'analysis/map-too-large': {
    message: {
      en: 'The maps of "{node}" take {gib} GiB to write, more than the memory given; they were measured and not saved.',
      fr: 'Les cartes de « {node} » demandent {gib} Gio à l’écriture, plus que la mémoire donnée ; mesurées, elles n’ont pas été enregistrées.',
    },
    wayOn: {
      en: 'Allow more memory (--memory-gib), or fewer slices in the recipe.',
      fr: 'Accordez plus de mémoire (--memory-gib), ou moins de coupes dans la recette.',
    },
  },
  'analysis/no-zero': {
    message: {
      en: 'The activation of {nodes} has no zero (GELU, SiLU): its share of zero voxels is not given.',
      fr: 'L’activation de {nodes} n’a pas de zéro (GELU, SiLU) : sa part de voxels nuls n’est pas donnée.',
    },
    wayOn: {
      en: 'Read the status, which uses the pre-activation.',
      fr: 'Lisez le statut, qui utilise la pré-activation.',
    },
  },
  'analysis/certificate-of-inputs': {
    message: {
      en: 'Without a clipped range in a recipe, the certificate holds for the range of values of these inputs only.',
      fr: 'Sans plage bornée dans une recette, le certificat ne vaut que pour la plage de valeurs de ces entrées.',
    },
    wayOn: { en: 'Give a recipe with "clip" and "scale".', fr: 'Donnez une recette avec « clip » et « scale ».' },
  },
  'analysis/labels-do-not-fit': {
    message: {
      en: 'The recipe names {labels} label(s), which the output of shape {given} does not fit.',
      fr: 'La recette nomme {labels} étiquette(s), auxquelles la sortie de forme {given} ne correspond pas.',
    },
    wayOn: {
      en: 'Name one label for each channel of the output, in its order, background too.',
      fr: 'Nommez une étiquette par canal de la sortie, dans son ordre, fond compris.',
    },
  },
  'analysis/unknown-label': {
    message: {
      en: 'The recipe has no label "{label}"; the nearest one is "{nearest}".',
      fr: 'La recette n’a pas d’étiquette « {label} » ; la plus proche est « {nearest} ».',
    },
    wayOn: { en: 'Use one of the recipe’s labels.', fr: 'Prenez une des étiquettes de la recette.' },
  },
  'analysis/truth-does-not-fit': {
    message: {
      en: 'The truth has the shape {given}, the prediction {expected}.',
      fr: 'La vérité a la forme {given}, la prédiction {expected}.',
    },
    wayOn: {
      en: 'Save the truth as label numbers on the grid of the output.',
      fr: 'Enregistrez la vérité en numéros d’étiquettes sur la grille de la sortie.',
    },
  },
  'analysis/no-truth': {
    message: {
      en: 'There is no structure "{label}" to compare with: Dice, HD95 and its volume are not given.',
      fr: 'Pas de structure « {label} » à comparer : Dice, HD95 et son volume ne sont pas donnés.',
    },
    wayOn: {
      en: 'Add the name used in this study to the aliases of the label in the recipe.',
      fr: 'Ajoutez le nom utilisé dans cette étude aux aliases de l’étiquette dans la recette.',
    },
  },
  'analysis/no-distance': {
    message: {
      en: '"{label}" is empty in the prediction or in the structure set: there is no HD95.',
      fr: '« {label} » est vide dans la prédiction ou dans les structures : pas de HD95.',
    },
    wayOn: { en: 'Look at the label map.', fr: 'Regardez la carte des étiquettes.' },
  },
  'analysis/selected-slices': {
    message: {
      en: 'Figures are over the slices that the recipe selects, not the whole structures.',
      fr: 'Les valeurs portent sur les coupes retenues par la recette, pas sur les structures entières.',
    },
    wayOn: { en: 'Set "slices": "all" for the whole.', fr: 'Mettez "slices": "all" pour le tout.' },
  },
  'analysis/no-geometry': {
    message: {
      en: 'An array has no place in a patient: volumes in cc and distances in mm are not given.',
      fr: 'Un tableau n’a pas de place dans un patient : ni volumes en cc ni distances en mm.',
    },
    wayOn: { en: 'Give the study as DICOM.', fr: 'Donnez l’étude en DICOM.' },
  },
  'analysis/no-plan-dose': {
    message: {
      en: 'The study has no plan dose to compare the predicted one with.',
      fr: 'L’étude n’a pas de dose de plan à comparer à la dose prédite.',
    },
    wayOn: { en: 'Add the RTDOSE of the plan (in Gy).', fr: 'Ajoutez la RTDOSE du plan (en Gy).' },
  },
  'analysis/interval-approximate': {
    message: {
      en: 'Below 20 patients the 95 % intervals are approximate.',
      fr: 'En dessous de 20 patients, les intervalles à 95 % sont approximatifs.',
    },
    wayOn: { en: 'Add patients.', fr: 'Ajoutez des patients.' },
  },
  'analysis/window-too-large': {
    message: {
      en: 'The window of {window} voxels is larger than the image, which has {size} along that axis.',
      fr: 'La fenêtre de {window} voxels dépasse l’image, qui en a {size} le long de cet axe.',
    },
    wayOn: { en: 'Choose a smaller window.', fr: 'Choisissez une fenêtre plus petite.' },
  },
  'analysis/wrong-axes': {
    message: {
      en: '"{key}" has {given} numbers; this network has {wanted} axes.',
      fr: '« {key} » a {given} nombres ; ce réseau a {wanted} axes.',
    },
    wayOn: {
      en: 'Give one number for each axis, in the order slice, row, column.',
      fr: 'Donnez un nombre par axe, dans l’ordre coupe, ligne, colonne.',
    },
  },
  'analysis/length-without-geometry': {
    message: {
      en: 'An array has no millimetres: its window cannot be given in mm.',
      fr: 'Un tableau n’a pas de millimètres : sa fenêtre ne peut pas être donnée en mm.',
    },
    wayOn: { en: 'Give "windowVoxels" and "strideVoxels".', fr: 'Donnez « windowVoxels » et « strideVoxels ».' },
  },
  'analysis/window-assumed': {
    message: {
      en: 'No window was given for an array; {window} voxels were taken.',
      fr: 'Aucune fenêtre n’a été donnée pour un tableau ; {window} voxels ont été pris.',
    },
    wayOn: { en: 'Give "windowVoxels".', fr: 'Donnez « windowVoxels ».' },
  },
  'analysis/target-needed': {
    message: {
      en: 'This network has no class to explain: the target must be named.',
      fr: 'Ce réseau n’a pas de classe à expliquer : la cible doit être nommée.',
    },
    wayOn: {
      en: 'Give "target": a label, a structure’s dose, or an output voxel.',
      fr: 'Donnez « target » : une étiquette, la dose d’une structure, ou un voxel de sortie.',
    },
  },
  'analysis/target-does-not-fit': {
    message: {
      en: 'The target "{target}" does not fit this network’s output.',
      fr: 'La cible « {target} » ne convient pas à la sortie de ce réseau.',
    },
    wayOn: {
      en: 'Take "class" for a classifier, "label" for a segmentation, "doseIn" for a dose (with a recipe), or an output voxel.',
      fr: 'Prenez « class » pour un classifieur, « label » pour une segmentation, « doseIn » pour une dose (avec une recette), ou un voxel de sortie.',
    },
  },
  'analysis/score-does-not-fit': {
    message: {
      en: 'The score "{score}" does not exist for this target.',
      fr: 'Le score « {score} » n’existe pas pour cette cible.',
    },
    wayOn: { en: 'Take one of: {allowed}.', fr: 'Prenez : {allowed}.' },
  },
  'analysis/unknown-name': {
    message: {
      en: 'There is no {what} "{name}"; the nearest one is "{nearest}".',
      fr: 'Il n’y a pas de {what} « {name} » ; le plus proche est « {nearest} ».',
    },
    wayOn: {
      en: 'Take a name from the recipe’s labels or the network’s outputs, or its number from 0.',
      fr: 'Prenez un nom parmi les étiquettes de la recette ou les sorties du réseau, ou son numéro à partir de 0.',
    },
  },
  'analysis/needs-study': {
    message: {
      en: 'The structure "{structure}" needs a study: an array has no contours.',
      fr: 'La structure « {structure} » demande une étude : un tableau n’a pas de contours.',
    },
    wayOn: { en: 'Give a box { start, size } as the region.', fr: 'Donnez une boîte { start, size } comme région.' },
  },
  'analysis/empty-region': {
    message: {
      en: 'The region "{region}" holds no voxel of the output.',
      fr: 'La région « {region} » ne contient aucun voxel de la sortie.',
    },
    wayOn: {
      en: 'Choose another structure or box, or a recipe whose grid holds it.',
      fr: 'Choisissez une autre structure ou boîte, ou une recette dont la grille la contient.',
    },
  },
  'analysis/voxel-outside': {
    message: {
      en: 'The target voxel lies outside the output, whose shape is {shape}.',
      fr: 'Le voxel cible est hors de la sortie, dont la forme est {shape}.',
    },
    wayOn: {
      en: 'Choose a voxel and channel inside, counted from 0.',
      fr: 'Choisissez un voxel et un canal à l’intérieur, comptés à partir de 0.',
    },
  },
  'analysis/nothing-to-play': {
    message: {
      en: 'The score is taken only in {structure}, which a label’s own game leaves out of it: structure or surroundings was not played.',
      fr: 'Le score n’est pris que dans {structure}, que le jeu de sa propre étiquette en exclut : structure ou entourage n’a pas été joué.',
    },
    wayOn: {
      en: 'Take the score everywhere or in another region, or name another structure in question.',
      fr: 'Prenez le score partout ou dans une autre région, ou nommez une autre structure en question.',
    },
  },
  'analysis/profile-without-structure': {
    message: {
      en: 'A context profile needs a structure to go out from, and neither the target nor "structure" names one.',
      fr: 'Un profil du contexte demande une structure dont partir ; ni la cible ni « structure » n’en nomme une.',
    },
    wayOn: { en: 'Name it under "structure".', fr: 'Nommez-la sous « structure ».' },
  },
  'analysis/dependence-needs-segmenter': {
    message: {
      en: 'A dependence matrix asks which label hangs on which structure: this recipe’s output is no segmentation.',
      fr: 'Une matrice de dépendance demande quelle étiquette tient à quelle structure : la sortie de cette recette n’est pas une segmentation.',
    },
    wayOn: {
      en: 'For classes and doses name "structures": the game tells what each is worth.',
      fr: 'Pour des classes et des doses, nommez « structures » : le jeu dit ce que vaut chacune.',
    },
  },
  'analysis/nothing-to-hide': {
    message: {
      en: '{structure} has no voxel on the network’s grid: hiding it hides nothing.',
      fr: '{structure} n’a aucun voxel sur la grille du réseau : la masquer ne masque rien.',
    },
    wayOn: { en: 'Name another structure.', fr: 'Nommez une autre structure.' },
  },
  'analysis/weights-cannot-be-drawn': {
    message: {
      en: 'This network’s weights cannot be drawn anew: it runs as a whole, or has no kernels. No check with random weights.',
      fr: 'Les poids de ce réseau ne peuvent être retirés au hasard : il ne tourne que d’un bloc, ou n’a pas de noyaux. Pas de contrôle par poids aléatoires.',
    },
    wayOn: { en: 'Save the network as Keras or ONNX.', fr: 'Enregistrez le réseau en Keras ou en ONNX.' },
  },
  'analysis/no-penultimate-layer': {
    message: {
      en: 'Nothing lies between this network’s input and its last layer: no distance to the database.',
      fr: 'Rien n’est entre l’entrée de ce réseau et sa dernière couche : pas de distance à la base.',
    },
    wayOn: { en: 'Compare the fillings’ maps instead.', fr: 'Comparez plutôt les cartes des remplissages.' },
  },
  'analysis/few-for-distance': {
    message: {
      en: 'The distance of hidden inputs to the database needs five patients; there are {patients}.',
      fr: 'La distance des entrées masquées à la base demande cinq patients ; il y en a {patients}.',
    },
    wayOn: { en: 'Run more patients in one job.', fr: 'Lancez plus de patients dans un même job.' },
  },
  'analysis/few-for-percentile': {
    message: {
      en: 'With {entries} intact entries it cannot be said what lies beyond 99 % of them.',
      fr: 'Avec {entries} entrées intactes, on ne peut dire ce qui est au-delà de 99 % d’entre elles.',
    },
    wayOn: { en: 'A hundred are needed.', fr: 'Il en faut cent.' },
  },
  'analysis/hidden-far-from-database': {
    message: {
      en: 'Inputs hidden by "{fill}" lie farther from the database than 99 % of its own: the network is asked about images that it does not know.',
      fr: 'Les entrées masquées par « {fill} » sont plus loin de la base que 99 % des siennes : on interroge le réseau sur des images qu’il ne connaît pas.',
    },
    wayOn: {
      en: 'Take a filling that is nearer (harmonic, a donor), or a smaller window.',
      fr: 'Prenez un remplissage plus proche (harmonique, un donneur), ou une fenêtre plus petite.',
    },
  },
  'analysis/no-donor': {
    message: {
      en: 'The donor "{name}" is no study of this job, and no folder of DICOM.',
      fr: 'Le donneur « {name} » n’est ni une étude de ce job, ni un dossier DICOM.',
    },
    wayOn: {
      en: 'Name an input of the job by its id, or a folder relative to the job; outside a job choose another filling.',
      fr: 'Nommez une entrée du job par son id, ou un dossier relatif au job ; hors d’un job, choisissez un autre remplissage.',
    },
  },
  'analysis/donor-needs-study': {
    message: {
      en: 'A donor’s tissue has a place in a patient: this input is an array, which has none.',
      fr: 'Le tissu d’un donneur a une place dans un patient : cette entrée est un tableau, qui n’en a pas.',
    },
    wayOn: { en: 'Take studies, or another filling.', fr: 'Prenez des études, ou un autre remplissage.' },
  },
  'analysis/donor-is-patient': {
    message: {
      en: 'The donor "{name}" is this patient: nothing would be hidden.',
      fr: 'Le donneur « {name} » est ce patient : rien ne serait masqué.',
    },
    wayOn: {
      en: 'Name another patient as donor for this input.',
      fr: 'Nommez un autre patient comme donneur pour cette entrée.',
    },
  },
  'analysis/nothing-left-of': {
    message: {
      en: 'The structures named before it leave no voxel of {structure} on the network’s grid: it does not play.',
      fr: 'Les structures nommées avant elle ne laissent aucun voxel de {structure} sur la grille du réseau : elle ne joue pas.',
    },
    wayOn: { en: 'Name it before those that hold it.', fr: 'Nommez-la avant celles qui la contiennent.' },
  },
  'analysis/score-not-a-number': {
    message: {
      en: 'The score is not a finite number, for the intact input or at some positions; those are null or NaN.',
      fr: 'Le score n’est pas un nombre fini, pour l’entrée intacte ou à certaines positions ; elles sont nulles ou NaN.',
    },
    wayOn: { en: 'Look at the network’s output and its weights.', fr: 'Regardez la sortie du réseau et ses poids.' },
  },
  'analysis/fills-disagree': {
    message: {
      en: 'The fillings give different maps (r {r}, below 0.6): do not read one alone.',
      fr: 'Les remplissages donnent des cartes différentes (r {r}, sous 0,6) : n’en lisez pas une seule.',
    },
    wayOn: { en: 'Compare the maps of all fillings.', fr: 'Comparez les cartes de tous les remplissages.' },
  },
  'analysis/kernels-not-spatial': {
    message: {
      en: 'Kernels of {nodes} are single weights: smooth or rough means nothing for them, and those numbers are null.',
      fr: 'Les noyaux de {nodes} sont de simples poids : lisse ou rugueux ne veut rien dire pour eux, ces chiffres sont nuls.',
    },
    wayOn: {
      en: 'Read their directions, singular values and initialiser.',
      fr: 'Lisez leurs directions, leurs valeurs singulières et leur loi de départ.',
    },
  },
  'analysis/layer-too-large': {
    message: {
      en: 'The weights of {nodes} are too many for singular values and directions: those numbers are null.',
      fr: 'Les poids de {nodes} sont trop nombreux pour les valeurs singulières et les directions : ces chiffres sont nuls.',
    },
    wayOn: {
      en: 'Read the tests of the kernels, and the other layers.',
      fr: 'Lisez les tests des noyaux, et les autres couches.',
    },
  },
  'analysis/kernels-not-listed': {
    message: {
      en: 'Of {nodes} only the first {most} kernels are listed; the numbers of the layer count them all.',
      fr: 'De {nodes}, seuls les {most} premiers noyaux sont listés ; les chiffres de la couche les comptent tous.',
    },
    wayOn: { en: 'Save the weights to look at the others.', fr: 'Enregistrez les poids pour voir les autres.' },
  },
  'analysis/no-counterpart': {
    message: {
      en: 'The layers {nodes} have none of that name and shape in the network they are to be compared with.',
      fr: 'Les couches {nodes} n’en ont pas de même nom et de même forme dans le réseau auquel les comparer.',
    },
    wayOn: {
      en: 'Name a file of the same architecture.',
      fr: 'Nommez un fichier de même architecture.',
    },
  },
  'analysis/no-kernels': {
    message: {
      en: '{nodes}: no kernels there, nothing to look at or to save.',
      fr: '{nodes} : pas de noyaux, rien à examiner ni à enregistrer.',
    },
    wayOn: {
      en: 'Name convolutions or dense layers.',
      fr: 'Nommez des convolutions ou des couches denses.',
    },
  },
  'analysis/volumes-need-regions': {
    message: {
      en: 'This input has neither structures nor a dose on the network’s grid: no neuron DVH.',
      fr: 'Cette entrée n’a ni structures ni dose sur la grille du réseau : pas d’HDV de neurones.',
    },
    wayOn: {
      en: 'Ask a study with contours or a plan’s dose.',
      fr: 'Demandez une étude avec des contours ou la dose d’un plan.',
    },
  },
  'analysis/volumes-no-place': {
    message: {
      en: 'The maps of {nodes} have no place on the image: no neuron DVH of them.',
      fr: 'Les cartes de {nodes} n’ont pas de place sur l’image : pas d’HDV de leurs neurones.',
    },
    wayOn: {
      en: 'Name layers that keep the image’s axes.',
      fr: 'Nommez des couches qui gardent les axes de l’image.',
    },
  },
  'analysis/volumes-cut': {
    message: {
      en: 'Of {nodes} the neuron DVH is told of the first {most} channels.',
      fr: 'De {nodes}, l’HDV de neurones est donné pour les {most} premiers canaux.',
    },
    wayOn: {
      en: 'Name the channels: a layer of `volumes` may be { "node": …, "channels": […] }.',
      fr: 'Nommez les canaux : une couche de `volumes` peut être { "node": …, "channels": […] }.',
    },
  },
  'analysis/response-not-a-map': {
    message: {
      en: 'The linear-system view needs a network with one input that is a map: it was left out.',
      fr: 'La vue du système linéaire demande un réseau à une seule entrée, qui soit une carte : elle a été laissée de côté.',
    },
    wayOn: {
      en: 'Read the tests of the kernels; they need no input.',
      fr: 'Lisez les tests des noyaux ; ils ne demandent pas d’entrée.',
    },
  },
  'analysis/response-not-measured': {
    message: {
      en: 'The network could not be run on the water field: the linear-system view was left out, for the reason that follows.',
      fr: 'Le réseau n’a pas pu être passé sur le champ d’eau : la vue du système linéaire a été laissée de côté, pour la raison qui suit.',
    },
    wayOn: {
      en: 'Name the layers that can be run (nodes).',
      fr: 'Nommez les couches qui peuvent être passées (nodes).',
    },
  },
  'analysis/no-such-channel': {
    message: {
      en: 'The layer "{node}" has {count} channel(s), numbered from 0: there is no channel {channel}.',
      fr: 'La couche « {node} » a {count} canal/canaux, numérotés à partir de 0 : il n’y a pas de canal {channel}.',
    },
    wayOn: { en: 'Ask for a channel that it has.', fr: 'Demandez un canal qu’elle possède.' },
  },
  'analysis/search-not-finite': {
    message: {
      en: '{channels} channel(s) of "{node}" give values that are not numbers; those voxels were passed over.',
      fr: '{channels} canal/canaux de « {node} » donnent des valeurs qui ne sont pas des nombres ; ces voxels ont été ignorés.',
    },
    wayOn: { en: 'Look at the layer in Maps.', fr: 'Regardez la couche dans Cartes.' },
  },
  'analysis/search-no-gradient': {
    message: {
      en: 'This network gives no gradient here: no synthesised input and no effective receptive field.',
      fr: 'Ce réseau ne donne pas de gradient ici : ni entrée synthétique, ni champ récepteur effectif.',
    },
    wayOn: {
      en: 'Run it on TensorFlow’s native library. A network of which only the answers are known has no gradient.',
      fr: 'Lancez-le avec la bibliothèque native de TensorFlow. Un réseau dont on ne connaît que les réponses n’a pas de gradient.',
    },
  },
  'analysis/search-not-driven': {
    message: {
      en: 'No synthesised input for {neuron}: {reason}.',
      fr: 'Pas d’entrée synthétique pour {neuron} : {reason}.',
    },
    wayOn: { en: 'Choose another layer or channel.', fr: 'Choisissez une autre couche ou un autre canal.' },
  },
  'analysis/search-many-inputs': {
    message: {
      en: 'No synthesised input: this network takes {count} inputs, and only one can be driven.',
      fr: 'Pas d’entrée synthétique : ce réseau prend {count} entrées, et une seule peut être poussée.',
    },
    wayOn: { en: 'Look at the strongest places instead.', fr: 'Regardez plutôt les lieux les plus forts.' },
  },
  'analysis/search-in-full': {
    message: {
      en: 'Crops, what they hold and the score against structures and dose are there for the first {told} of {count} neurons.',
      fr: 'Extraits, contenu et score contre structures et dose sont donnés pour les {told} premiers des {count} neurones.',
    },
    wayOn: {
      en: 'Ask for fewer layers or channels, or raise "inFull".',
      fr: 'Demandez moins de couches ou de canaux, ou augmentez « inFull ».',
    },
  },
} as const satisfies ProblemTable;
