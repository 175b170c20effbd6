import type { ProblemTable } from './table';

export const networkProblems = {
  'network/missing': {
    message: { en: 'There is no network at {file}.', fr: "Il n'y a pas de réseau à l'emplacement {file}." },
    wayOn: {
      en: 'Check the path, or choose the file again.',
      fr: 'Vérifiez le chemin, ou choisissez à nouveau le fichier.',
    },
  },
  'network/unreadable-file': {
    message: { en: '{file} cannot be read: {reason}.', fr: '{file} ne peut pas être lu : {reason}.' },
    wayOn: {
      en: 'Check that the file may be read and is whole.',
      fr: 'Vérifiez que le fichier est lisible et entier.',
    },
  },
  'network/not-a-network': {
    message: {
      en: '{file} is not a network in a format that Isolens reads.',
      fr: "{file} n'est pas un réseau dans un format lu par Isolens.",
    },
    wayOn: {
      en: 'Open a .keras, .h5, .pb or .onnx file that holds a whole model, a model.json of TensorFlow.js, or the folder of a SavedModel or of a Keras description with its weights.',
      fr: "Ouvrez un fichier .keras, .h5, .pb ou .onnx contenant un modèle entier, un model.json de TensorFlow.js, ou le dossier d'un SavedModel ou d'une description Keras avec ses poids.",
    },
  },
  'network/damaged': {
    message: {
      en: '{file} is damaged or cut short: {reason}.',
      fr: '{file} est endommagé ou tronqué : {reason}.',
    },
    wayOn: {
      en: 'Copy the file again from where it was saved.',
      fr: 'Copiez à nouveau le fichier depuis son lieu de sauvegarde.',
    },
  },
  'network/weights-only': {
    message: {
      en: '{file} holds weights alone, without the layers that they belong to.',
      fr: '{file} ne contient que des poids, sans les couches auxquelles ils appartiennent.',
    },
    wayOn: {
      en: 'Save the whole model (model.save) and open that file.',
      fr: 'Sauvegardez le modèle entier (model.save) et ouvrez ce fichier.',
    },
  },
  'network/weights-missing': {
    message: {
      en: 'The file of weights {part} that {file} names is missing or has not the size stated.',
      fr: "Le fichier de poids {part} cité par {file} manque ou n'a pas la taille annoncée.",
    },
    wayOn: {
      en: 'Put all files of the network into one folder, as they were saved.',
      fr: 'Placez tous les fichiers du réseau dans un même dossier, tels que sauvegardés.',
    },
  },
  'network/weights-do-not-fit': {
    message: {
      en: 'The weights of layer {node} do not fit: found {found}, wanted {wanted}.',
      fr: 'Les poids de la couche {node} ne conviennent pas : trouvé {found}, attendu {wanted}.',
    },
    wayOn: {
      en: 'Save the model again, so that weights and layers come from the same network.',
      fr: 'Sauvegardez à nouveau le modèle, pour que poids et couches viennent du même réseau.',
    },
  },
  'network/shapes-do-not-fit': {
    message: {
      en: 'Layer {node} cannot take maps of shape {shapes}: {reason}.',
      fr: 'La couche {node} ne peut pas recevoir des cartes de forme {shapes} : {reason}.',
    },
    wayOn: {
      en: 'Check how this layer is connected, and the sizes of its inputs.',
      fr: 'Vérifiez comment cette couche est reliée, et la taille de ses entrées.',
    },
  },
  'network/bad-structure': {
    message: {
      en: "The network's description in {file} is not what this format says: {reason}.",
      fr: "La description du réseau dans {file} n'est pas celle de ce format : {reason}.",
    },
    wayOn: {
      en: 'Save the model again and open that file.',
      fr: 'Sauvegardez à nouveau le modèle et ouvrez ce fichier.',
    },
  },
  'network/cyclic': {
    message: {
      en: 'The layers form a circle through {node}: its output is its own input.',
      fr: 'Les couches forment une boucle passant par {node} : sa sortie est sa propre entrée.',
    },
    wayOn: {
      en: 'Isolens reads networks that run from input to output; save it without the loop.',
      fr: "Isolens lit les réseaux qui vont de l'entrée à la sortie ; sauvegardez-le sans la boucle.",
    },
  },
  'network/too-large': {
    message: {
      en: '{file} claims more data ({claimed}) than Isolens will unpack from it.',
      fr: '{file} annonce plus de données ({claimed}) que ce qu’Isolens accepte d’en extraire.',
    },
    wayOn: {
      en: 'If the network is really so large, save it without compression.',
      fr: 'Si le réseau est vraiment si grand, sauvegardez-le sans compression.',
    },
  },
  'network/cannot-run': {
    message: {
      en: 'The network cannot be run past layer {node} ({op}): {reason}.',
      fr: 'Le réseau ne peut pas être exécuté au-delà de la couche {node} ({op}) : {reason}.',
    },
    wayOn: {
      en: 'Look at the layers before it, or replace this layer by standard ones and save the network again.',
      fr: 'Examinez les couches qui la précèdent, ou remplacez-la par des couches standard et sauvegardez à nouveau.',
    },
  },
  'network/cannot-differentiate': {
    message: {
      en: 'No gradient passes through layer {node} ({op}): its values change in jumps or not at all.',
      fr: 'Aucun gradient ne traverse la couche {node} ({op}) : ses valeurs changent par sauts ou pas du tout.',
    },
    wayOn: {
      en: 'Explain a layer before it: its logits or its probabilities, as "describe" lists them.',
      fr: 'Expliquez une couche qui la précède : ses logits ou ses probabilités, telles que « describe » les donne.',
    },
  },
  'network/no-node': {
    message: { en: 'The network has no layer {node}.', fr: "Le réseau n'a pas de couche {node}." },
    wayOn: {
      en: 'Choose one of the names that "describe" lists.',
      fr: 'Choisissez un des noms donnés par « describe ».',
    },
  },
  'network/input-mismatch': {
    message: {
      en: 'The network wants {wanted} for its input {name}, but got {found}.',
      fr: 'Le réseau attend {wanted} pour son entrée {name}, mais a reçu {found}.',
    },
    wayOn: {
      en: 'Change size, channels or dimensions of the recipe so that they fit the network.',
      fr: 'Modifiez la taille, les canaux ou les dimensions de la recette pour convenir au réseau.',
    },
  },
  'network/out-of-memory': {
    message: {
      en: 'Layer {node} needs more memory than can be had: {reason}.',
      fr: 'La couche {node} demande plus de mémoire que disponible : {reason}.',
    },
    wayOn: {
      en: 'Give a smaller input or a smaller memory budget, or close other programs.',
      fr: "Réduisez la taille de l'entrée ou le budget de mémoire, ou fermez d'autres programmes.",
    },
  },
  'network/backend-missing': {
    message: {
      en: 'Nothing here can compute networks (asked for: {rung}): {reason}.',
      fr: 'Rien ici ne peut calculer des réseaux (demandé : {rung}) : {reason}.',
    },
    wayOn: {
      en: 'Run "npm run doctor" to see what is missing, or ask for another backend.',
      fr: 'Lancez « npm run doctor » pour voir ce qui manque, ou demandez un autre moteur de calcul.',
    },
  },
  'network/not-finite-weights': {
    message: {
      en: 'Layer {node} has {count} weights that are not finite numbers.',
      fr: 'La couche {node} a {count} poids qui ne sont pas des nombres finis.',
    },
    wayOn: {
      en: 'Its training has diverged: results behind this layer mean nothing.',
      fr: 'Son entraînement a divergé : les résultats au-delà de cette couche ne signifient rien.',
    },
  },
  'network/opset': {
    message: {
      en: "{file} uses version {version} of ONNX's operations (opset); Isolens reads {oldest} to {newest}.",
      fr: '{file} utilise la version {version} des opérations ONNX (opset) ; Isolens lit de {oldest} à {newest}.',
    },
    wayOn: {
      en: 'Export the network again with an older opset, such as 17, or convert the file to it.',
      fr: 'Exportez à nouveau le réseau avec un opset plus ancien, par exemple 17, ou convertissez le fichier.',
    },
  },
  'network/black-box': {
    message: {
      en: 'Operation {node} is not known to Isolens: what lies behind it is computed by TensorFlow as a whole, and cannot be looked into.',
      fr: "Isolens ne connaît pas l'opération {node} : ce qui la suit est calculé d'un bloc par TensorFlow et ne peut pas être examiné.",
    },
    wayOn: {
      en: 'Prediction works; for the other analyses replace this operation by standard ones and save the network again.',
      fr: 'La prédiction fonctionne ; pour les autres analyses, remplacez cette opération par des opérations standard et sauvegardez à nouveau.',
    },
  },
  'network/switch-off': {
    message: {
      en: 'The switch {node} is taken as off, as at inference; the file leaves it open or on.',
      fr: "L'interrupteur {node} est pris comme éteint, comme en inférence ; le fichier le laisse ouvert ou allumé.",
    },
    wayOn: {
      en: 'If it means something else than training, save the network again with that value fixed.',
      fr: "S'il ne désigne pas l'entraînement, sauvegardez à nouveau le réseau avec cette valeur fixée.",
    },
  },
  'network/legacy-bilinear': {
    message: {
      en: 'Layer {node} is upsampled as TensorFlow.js does (source = o/f), not as Keras does (half-pixel centres).',
      fr: 'La couche {node} est suréchantillonnée à la manière de TensorFlow.js (source = o/f), et non de Keras (centres au demi-pixel).',
    },
    wayOn: {
      en: 'If the network was trained in Keras and then converted, open its Keras file instead.',
      fr: 'Si le réseau a été entraîné dans Keras puis converti, ouvrez plutôt son fichier Keras.',
    },
  },
} as const satisfies ProblemTable;
