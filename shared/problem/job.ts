import type { ProblemTable } from './table';

const readDesign = {
  en: 'Correct the job; its words are listed in the user guide, "The headless door".',
  fr: 'Corrigez le job ; ses mots sont dans le guide, « La porte sans écran ».',
};

export const jobProblems = {
  'job/unreadable': {
    message: { en: 'The job {file} cannot be read: {reason}', fr: 'Le job {file} est illisible : {reason}' },
    wayOn: readDesign,
  },
  'job/unknown-key': {
    message: {
      en: 'The job has a key "{key}" that does not exist; the nearest one is "{nearest}".',
      fr: 'Le job contient une clé « {key} » qui n’existe pas ; la plus proche est « {nearest} ».',
    },
    wayOn: { en: 'Rename or remove the key.', fr: 'Renommez ou supprimez la clé.' },
  },
  'job/invalid': {
    message: { en: 'The job has no valid "{key}": {reason}', fr: 'Le job n’a pas de « {key} » valable : {reason}' },
    wayOn: readDesign,
  },
  'job/unknown-analysis': {
    message: {
      en: 'There is no analysis "{analysis}"; the nearest one is "{nearest}".',
      fr: 'Il n’y a pas d’analyse « {analysis} » ; la plus proche est « {nearest} ».',
    },
    wayOn: { en: 'This version has: {known}.', fr: 'Cette version connaît : {known}.' },
  },
  'job/several-networks': {
    message: {
      en: 'The job names several networks, and none of its analyses compares.',
      fr: 'Le job nomme plusieurs réseaux, et aucune de ses analyses ne compare.',
    },
    wayOn: {
      en: 'Name one "network", and run one job for each.',
      fr: 'Nommez un seul « network », et lancez un job pour chacun.',
    },
  },
  'job/no-network': {
    message: { en: 'The job names no network.', fr: 'Le job ne nomme pas de réseau.' },
    wayOn: { en: 'Add "network": the path of its file.', fr: 'Ajoutez « network » : le chemin de son fichier.' },
  },
  'job/no-recipe': {
    message: {
      en: 'There is no recipe for {file}: neither in the job nor as {expected} beside it.',
      fr: 'Il n’y a pas de recette pour {file} : ni dans le job ni sous le nom {expected} à côté.',
    },
    wayOn: {
      en: 'Write one, or let the window build it by asking: open the network there.',
      fr: 'Écrivez-en une, ou laissez la fenêtre la construire : ouvrez-y le réseau.',
    },
  },
  'job/no-such-file': {
    message: { en: 'There is no {file}.', fr: '{file} n’existe pas.' },
    wayOn: {
      en: 'Check the path; paths in a job are relative to the job file.',
      fr: 'Vérifiez le chemin ; ceux d’un job partent du fichier du job.',
    },
  },
  'job/no-study': {
    message: { en: 'No study could be read in {file}.', fr: 'Aucune étude lisible dans {file}.' },
    wayOn: {
      en: 'Give a folder of DICOM files of one patient.',
      fr: 'Donnez un dossier de fichiers DICOM d’un patient.',
    },
  },
  'job/several-studies': {
    message: {
      en: '{file} holds {count} studies; an input is one.',
      fr: '{file} contient {count} études ; une entrée en est une.',
    },
    wayOn: {
      en: 'Give each study a folder and an input of its own.',
      fr: 'Donnez à chaque étude son dossier et son entrée.',
    },
  },
  'job/database-unreadable': {
    message: {
      en: 'The list of studies {file} cannot be read: {reason}',
      fr: 'La liste d’études {file} est illisible : {reason}',
    },
    wayOn: {
      en: 'Save it again in the window, or correct it; its words are in resources/schemas/database.schema.json.',
      fr: 'Enregistrez-la à nouveau dans la fenêtre, ou corrigez-la ; ses mots sont dans resources/schemas/database.schema.json.',
    },
  },
  'job/left-out': {
    message: {
      en: '{input} is left out by the list {database}: {reason}',
      fr: '{input} est exclu par la liste {database} : {reason}',
    },
    wayOn: { en: 'Include it in the list to run it.', fr: 'Incluez-le dans la liste pour le traiter.' },
  },
  'job/database-empty': {
    message: { en: 'The list {database} includes no study.', fr: 'La liste {database} n’inclut aucune étude.' },
    wayOn: { en: 'Include at least one.', fr: 'Incluez-en au moins une.' },
  },
  'job/no-such-tag': {
    message: {
      en: 'No entry of the list {database} has a tag "{tag}"; the nearest one is "{nearest}".',
      fr: 'Aucune entrée de la liste {database} n’a d’étiquette « {tag} » ; la plus proche est « {nearest} ».',
    },
    wayOn: { en: 'Name a tag that entries have.', fr: 'Nommez une étiquette présente.' },
  },
  'job/nothing-to-do': {
    message: { en: 'The job names no analysis.', fr: 'Le job ne nomme aucune analyse.' },
    wayOn: { en: 'Add one: {known}.', fr: 'Ajoutez-en une : {known}.' },
  },
  'job/no-inputs': {
    message: { en: 'The job names no input.', fr: 'Le job ne nomme aucune entrée.' },
    wayOn: { en: 'Add studies or arrays to "inputs".', fr: 'Ajoutez des études ou des tableaux à « inputs ».' },
  },
  'job/not-open': {
    message: { en: 'This is not open in the engine: {what}.', fr: 'Ceci n’est pas ouvert dans le moteur : {what}.' },
    wayOn: { en: 'Open it again.', fr: 'Ouvrez-le à nouveau.' },
  },
  'job/wrong-value': {
    message: {
      en: '{analysis}: {key} has no valid value: {reason}',
      fr: '{analysis} : {key} n’a pas de valeur valable : {reason}',
    },
    wayOn: readDesign,
  },
  'job/wrong-key': {
    message: {
      en: '{analysis} has no parameter "{key}"; the nearest one is "{nearest}".',
      fr: '{analysis} n’a pas de paramètre « {key} » ; le plus proche est « {nearest} ».',
    },
    wayOn: { en: 'Rename or remove the parameter.', fr: 'Renommez ou supprimez le paramètre.' },
  },
  'job/no-place': {
    message: {
      en: 'The maps of {node} have no place in the patient: an axis of them mixes the whole image.',
      fr: 'Les cartes de {node} n’ont pas de place dans le patient : un de leurs axes mélange toute l’image.',
    },
    wayOn: {
      en: 'Choose a layer before the flattening or global pooling.',
      fr: 'Choisissez une couche avant l’aplatissement ou le regroupement global.',
    },
  },
  'job/not-a-shard': {
    message: {
      en: '{folder} holds no finished shard of a job.',
      fr: '{folder} ne contient pas de part terminée d’un job.',
    },
    wayOn: {
      en: 'Run it with --shard I/N to its end (--resume goes on where it stopped), then merge again.',
      fr: 'Lancez-la avec --shard I/N jusqu’au bout (--resume reprend où elle s’est arrêtée), puis fusionnez à nouveau.',
    },
  },
  'job/foreign-shard': {
    message: {
      en: '{folder} and {other} are not shards of the same job: its words, its network, its recipe, its inputs or the number of shards differ.',
      fr: '{folder} et {other} ne sont pas des parts du même job : ses mots, son réseau, sa recette, ses entrées ou le nombre de parts diffèrent.',
    },
    wayOn: { en: 'Merge only folders of one job.', fr: 'Ne fusionnez que les dossiers d’un même job.' },
  },
  'job/doubled-shard': {
    message: {
      en: '{folder} and {other} are both shard {index} of {count}.',
      fr: '{folder} et {other} sont tous deux la part {index} sur {count}.',
    },
    wayOn: { en: 'Name each shard once.', fr: 'Nommez chaque part une seule fois.' },
  },
  'job/missing-shard': {
    message: {
      en: 'Of {count} shards these are missing: {missing}.',
      fr: 'Sur {count} parts, il manque : {missing}.',
    },
    wayOn: {
      en: 'Run the missing ones with --shard, and name all their folders.',
      fr: 'Lancez celles qui manquent avec --shard, et nommez tous leurs dossiers.',
    },
  },
  'job/broken-shard': {
    message: {
      en: '{folder} no longer holds what it computed of {input}.',
      fr: '{folder} ne contient plus ce qui a été calculé de {input}.',
    },
    wayOn: {
      en: 'Run that shard again with --resume: only what is missing is computed.',
      fr: 'Relancez cette part avec --resume : seul ce qui manque est calculé.',
    },
  },
  'job/changed-since': {
    message: {
      en: 'The job’s network, recipe or list of studies below {base} is no longer the one that the shards were run with.',
      fr: 'Le réseau, la recette ou la liste d’études du job sous {base} ne sont plus ceux des parts calculées.',
    },
    wayOn: {
      en: 'Put the files back as they were, or run the shards again.',
      fr: 'Remettez les fichiers comme ils étaient, ou relancez les parts.',
    },
  },
  'job/merge-into-shard': {
    message: { en: '{folder} is one of the shards.', fr: '{folder} est l’une des parts.' },
    wayOn: {
      en: 'Name another folder for the merged results.',
      fr: 'Choisissez un autre dossier pour le résultat fusionné.',
    },
  },
  'job/cut-short': {
    message: {
      en: 'The run was stopped; what had been computed by then is here.',
      fr: 'Le calcul a été arrêté ; ce qui était fait est ici.',
    },
    wayOn: { en: 'Run it again to go on.', fr: 'Relancez pour continuer.' },
  },
} as const satisfies ProblemTable;
