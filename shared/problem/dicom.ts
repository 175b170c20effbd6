import type { ProblemTable } from './table';

export const dicomProblems = {
  'dicom/not-dicom': {
    message: { en: '{file} is not DICOM.', fr: "{file} n'est pas du DICOM." },
    wayOn: {
      en: 'Choose DICOM files; other files in a folder are passed over.',
      fr: "Choisissez des fichiers DICOM ; les autres fichiers d'un dossier sont ignorés.",
    },
  },
  'dicom/cut-short': {
    message: { en: '{file} is cut short.', fr: '{file} est tronqué.' },
    wayOn: { en: 'Copy or export this file again.', fr: 'Copiez ou exportez à nouveau ce fichier.' },
  },
  'dicom/unreadable': {
    message: { en: '{file} is DICOM that cannot be read: {reason}.', fr: '{file} est du DICOM illisible : {reason}.' },
    wayOn: {
      en: 'Export this file again; the others are read.',
      fr: 'Exportez à nouveau ce fichier ; les autres sont lus.',
    },
  },
  'dicom/inflate-limit': {
    message: {
      en: '{file} unpacks to more than its size allows.',
      fr: '{file} se décompresse au-delà de ce que sa taille permet.',
    },
    wayOn: { en: 'Export it again without compression.', fr: 'Exportez-le à nouveau sans compression.' },
  },
  'dicom/transfer-syntax-unsupported': {
    message: { en: '{name} cannot be read.', fr: '{name} ne peut pas être lu.' },
    wayOn: {
      en: 'Export the images again uncompressed (Explicit VR Little Endian).',
      fr: 'Exportez à nouveau les images sans compression (Explicit VR Little Endian).',
    },
  },
  'dicom/multi-frame-unsupported': {
    message: {
      en: 'Multi-frame images ({object}) cannot be read yet.',
      fr: 'Les images multi-coupes ({object}) ne peuvent pas encore être lues.',
    },
    wayOn: { en: 'Export the series as single images.', fr: 'Exportez la série en images séparées.' },
  },
  'dicom/not-used': {
    message: { en: '{object}: listed, not used.', fr: '{object} : listé, non utilisé.' },
    wayOn: { en: 'Nothing to do; it is not drawn or measured.', fr: "Rien à faire ; il n'est ni dessiné ni mesuré." },
  },
  'dicom/no-pixels': {
    message: { en: '{file} holds no pixels.', fr: '{file} ne contient pas de pixels.' },
    wayOn: { en: 'Export the image again with its pixels.', fr: "Exportez à nouveau l'image avec ses pixels." },
  },
  'dicom/pixels-incomplete': {
    message: {
      en: 'Image data incomplete: {have} of {need} bytes.',
      fr: "Données d'image incomplètes : {have} octets sur {need}.",
    },
    wayOn: { en: 'Copy or export this file again.', fr: 'Copiez ou exportez à nouveau ce fichier.' },
  },
  'dicom/pixels-unsupported': {
    message: { en: 'The pixels cannot be read: {reason}.', fr: 'Les pixels ne peuvent pas être lus : {reason}.' },
    wayOn: {
      en: 'Export the images again as 16-bit grey values.',
      fr: 'Exportez à nouveau les images en niveaux de gris 16 bits.',
    },
  },
  'dicom/rle-broken': {
    message: { en: 'The RLE data of {file} are damaged.', fr: 'Les données RLE de {file} sont endommagées.' },
    wayOn: { en: 'Export this file again uncompressed.', fr: 'Exportez à nouveau ce fichier sans compression.' },
  },
  'dicom/colour': {
    message: { en: 'Colour images are not a volume.', fr: 'Des images en couleur ne forment pas un volume.' },
    wayOn: { en: 'Choose a CT or MR series.', fr: 'Choisissez une série CT ou IRM.' },
  },
  'dicom/no-position': {
    message: {
      en: '{count} images have no position in the patient.',
      fr: "{count} images n'ont pas de position dans le patient.",
    },
    wayOn: {
      en: 'Export the series with Image Position and Image Orientation.',
      fr: 'Exportez la série avec Image Position et Image Orientation.',
    },
  },
  'dicom/orientation-invalid': {
    message: { en: 'The orientation of the images is invalid.', fr: "L'orientation des images n'est pas valide." },
    wayOn: {
      en: 'Export the series again; its direction cosines must be perpendicular and of length 1.',
      fr: 'Exportez à nouveau la série ; ses cosinus directeurs doivent être perpendiculaires et de longueur 1.',
    },
  },
  'dicom/no-spacing': {
    message: {
      en: 'No scale: the images do not say their pixel spacing, lengths are unknown.',
      fr: "Pas d'échelle : les images n'indiquent pas l'espacement des pixels, les longueurs sont inconnues.",
    },
    wayOn: { en: 'Export the series with Pixel Spacing.', fr: 'Exportez la série avec Pixel Spacing.' },
  },
  'dicom/same-position': {
    message: {
      en: 'Two images of the series are at the same position ({atMm} mm along the normal).',
      fr: 'Deux images de la série sont à la même position ({atMm} mm le long de la normale).',
    },
    wayOn: {
      en: 'Take one of the two sets out of the folder, or export the series again.',
      fr: "Retirez l'un des deux jeux du dossier, ou exportez à nouveau la série.",
    },
  },
  'dicom/same-image': {
    message: {
      en: 'Two different files claim to be the same image: {file} and {other}.',
      fr: 'Deux fichiers différents prétendent être la même image : {file} et {other}.',
    },
    wayOn: {
      en: 'Take the wrong one out of the folder; until then both are left out.',
      fr: "Retirez le mauvais du dossier ; d'ici là, les deux sont écartés.",
    },
  },
  'dicom/slice-missing': {
    message: {
      en: '{count} slices missing between {fromMm} and {toMm} mm.',
      fr: '{count} coupes manquent entre {fromMm} et {toMm} mm.',
    },
    wayOn: {
      en: 'Export the whole series; or accept interpolated slices (recipe: "gaps": "interpolate").',
      fr: 'Exportez la série entière ; ou acceptez des coupes interpolées (recette : « gaps » : « interpolate »).',
    },
  },
  'dicom/slices-uneven': {
    message: {
      en: 'The slices are not evenly spaced ({leastMm} to {mostMm} mm); they were interpolated to even steps of {stepMm} mm.',
      fr: 'Les coupes ne sont pas espacées régulièrement ({leastMm} à {mostMm} mm) ; elles ont été interpolées à un pas de {stepMm} mm.',
    },
    wayOn: {
      en: 'Use a series with even spacing where exact values between slices matter.',
      fr: 'Utilisez une série régulière si les valeurs entre coupes doivent être exactes.',
    },
  },
  'dicom/slices-out-of-line': {
    message: {
      en: 'The images do not lie on one line: they are up to {mm} mm aside.',
      fr: "Les images ne sont pas alignées : elles s'écartent jusqu'à {mm} mm.",
    },
    wayOn: {
      en: 'Export the series again; it may hold two acquisitions.',
      fr: 'Exportez à nouveau la série ; elle contient peut-être deux acquisitions.',
    },
  },
  'dicom/tilted': {
    message: { en: 'Tilted acquisition ({degrees}°).', fr: 'Acquisition inclinée ({degrees}°).' },
    wayOn: {
      en: 'Nothing to do; every plane takes the tilt into account.',
      fr: "Rien à faire ; tous les plans tiennent compte de l'inclinaison.",
    },
  },
  'dicom/single-slice': {
    message: {
      en: 'One image only: the distance between slices is unknown.',
      fr: 'Une seule image : la distance entre coupes est inconnue.',
    },
    wayOn: {
      en: 'Open the whole series for reformatted planes and DVH.',
      fr: 'Ouvrez la série entière pour les reformatages et les HDV.',
    },
  },
  'dicom/not-hu': {
    message: {
      en: 'The values are not calibrated Hounsfield units (Rescale Type {type}).',
      fr: 'Les valeurs ne sont pas des unités Hounsfield calibrées (Rescale Type {type}).',
    },
    wayOn: {
      en: 'Check the export; networks that expect HU will be wrong.',
      fr: "Vérifiez l'export ; un réseau qui attend des UH se trompera.",
    },
  },
  'dicom/no-rescale': {
    message: {
      en: 'The CT does not say how its values become HU.',
      fr: "Le CT n'indique pas comment ses valeurs deviennent des UH.",
    },
    wayOn: {
      en: 'Check the export; the stored values are shown as they are.',
      fr: "Vérifiez l'export ; les valeurs enregistrées sont montrées telles quelles.",
    },
  },
  'dicom/not-hu-values': {
    message: { en: 'The values do not look like HU.', fr: 'Les valeurs ne ressemblent pas à des UH.' },
    wayOn: {
      en: 'Check the export before trusting a network on them.',
      fr: "Vérifiez l'export avant d'y faire confiance à un réseau.",
    },
  },
  'dicom/lossy': {
    message: { en: 'The images were compressed with loss.', fr: 'Les images ont été compressées avec perte.' },
    wayOn: {
      en: 'Use the original images where small differences matter.',
      fr: "Utilisez les images d'origine si de petites différences comptent.",
    },
  },
  'dicom/localizer': {
    message: {
      en: 'Localizer images are listed apart ({count}).',
      fr: 'Les images de repérage sont listées à part ({count}).',
    },
    wayOn: {
      en: 'Nothing to do; they are not part of the volume.',
      fr: 'Rien à faire ; elles ne font pas partie du volume.',
    },
  },
  'dicom/split': {
    message: {
      en: 'The series holds images that do not form one volume; this is part {part} of {parts}.',
      fr: 'La série contient des images qui ne forment pas un seul volume ; ceci est la partie {part} sur {parts}.',
    },
    wayOn: { en: 'Choose the part that you mean.', fr: 'Choisissez la partie voulue.' },
  },
  'dicom/slices-unreadable': {
    message: {
      en: '{count} slices cannot be read and count as missing: {reason}',
      fr: '{count} coupes ne peuvent pas être lues et comptent comme manquantes : {reason}',
    },
    wayOn: { en: 'Copy or export those files again.', fr: 'Copiez ou exportez à nouveau ces fichiers.' },
  },
  'dicom/number-unreadable': {
    message: { en: 'A number in {tag} cannot be read.', fr: 'Un nombre dans {tag} est illisible.' },
    wayOn: {
      en: 'Export the object again; without that number it cannot be used.',
      fr: "Exportez à nouveau l'objet ; sans ce nombre il est inutilisable.",
    },
  },
  'dicom/frames-differ-in-set': {
    message: {
      en: 'Structures of this set are drawn in different frames of reference.',
      fr: 'Des structures de cet ensemble sont tracées dans des repères différents.',
    },
    wayOn: {
      en: "Those of the images' frame are shown; the others are listed.",
      fr: 'Celles du repère des images sont montrées ; les autres sont listées.',
    },
  },
  'dicom/structures-none': {
    message: { en: 'The structure set has no structures.', fr: "L'ensemble de structures est vide." },
    wayOn: { en: 'Export it again with its contours.', fr: 'Exportez-le à nouveau avec ses contours.' },
  },
  'dicom/structure-empty': {
    message: { en: 'No contours.', fr: 'Aucun contour.' },
    wayOn: {
      en: 'Nothing to do; it cannot be drawn or measured.',
      fr: 'Rien à faire ; elle ne peut être ni dessinée ni mesurée.',
    },
  },
  'dicom/structure-lines': {
    message: { en: 'Only points or lines: no volume.', fr: 'Seulement des points ou des lignes : pas de volume.' },
    wayOn: { en: 'Nothing to do; it has no mask and no DVH.', fr: "Rien à faire ; elle n'a ni masque ni HDV." },
  },
  'dicom/structure-points': {
    message: {
      en: '{count} contours have unreadable or wrong numbers of points.',
      fr: '{count} contours ont des points illisibles ou en nombre erroné.',
    },
    wayOn: {
      en: 'Check these contours in the planning system.',
      fr: 'Vérifiez ces contours dans le système de planification.',
    },
  },
  'dicom/structure-not-planar': {
    message: {
      en: '{count} contours are not planar and have no volume.',
      fr: "{count} contours ne sont pas plans et n'ont pas de volume.",
    },
    wayOn: {
      en: 'Check these contours in the planning system.',
      fr: 'Vérifiez ces contours dans le système de planification.',
    },
  },
  'dicom/structure-other-plane': {
    message: {
      en: '{count} contours were not drawn in the planes of the images and have no volume.',
      fr: "{count} contours n'ont pas été tracés dans les plans des images et n'ont pas de volume.",
    },
    wayOn: {
      en: 'Draw the structure on the image slices for a volume.',
      fr: 'Tracez la structure sur les coupes des images pour un volume.',
    },
  },
  'dicom/structure-crossing': {
    message: {
      en: 'Contours of this structure cross each other on {count} planes; where they overlap counts as outside.',
      fr: 'Des contours de cette structure se croisent sur {count} plans ; leur recouvrement compte comme extérieur.',
    },
    wayOn: {
      en: 'Check these contours in the planning system.',
      fr: 'Vérifiez ces contours dans le système de planification.',
    },
  },
  'dicom/structure-gap': {
    message: { en: 'Empty for {mm} mm between two of its planes.', fr: 'Vide sur {mm} mm entre deux de ses plans.' },
    wayOn: {
      en: 'Check whether slices were left out when drawing.',
      fr: 'Vérifiez si des coupes ont été oubliées au tracé.',
    },
  },
  'dicom/structure-hint': {
    message: {
      en: '{count} contours name an image that lies elsewhere; their positions were trusted.',
      fr: '{count} contours citent une image située ailleurs ; leurs positions font foi.',
    },
    wayOn: { en: 'Check the export of the structure set.', fr: "Vérifiez l'export de l'ensemble de structures." },
  },
  'dicom/structure-side': {
    message: {
      en: 'The name says {side}, but the structure lies on the other side.',
      fr: "Le nom indique {side}, mais la structure est de l'autre côté.",
    },
    wayOn: {
      en: 'Check the name, and the orientation of the images.',
      fr: "Vérifiez le nom et l'orientation des images.",
    },
  },
  'dicom/structure-twice': {
    message: {
      en: 'Structure number {number} stands twice; the first was kept.',
      fr: 'La structure numéro {number} figure deux fois ; la première est gardée.',
    },
    wayOn: { en: 'Export the structure set again.', fr: "Exportez à nouveau l'ensemble de structures." },
  },
  'dicom/structure-unknown': {
    message: {
      en: 'Contours for structure number {number}, which is not in the list, were left out.',
      fr: 'Des contours pour la structure numéro {number}, absente de la liste, ont été écartés.',
    },
    wayOn: { en: 'Export the structure set again.', fr: "Exportez à nouveau l'ensemble de structures." },
  },
  'dicom/dose-no-scale': {
    message: { en: 'The dose has no scale (Dose Grid Scaling).', fr: "La dose n'a pas d'échelle (Dose Grid Scaling)." },
    wayOn: {
      en: 'Export the dose again from the planning system.',
      fr: 'Exportez à nouveau la dose depuis le système de planification.',
    },
  },
  'dicom/dose-offsets': {
    message: {
      en: 'The dose cannot be placed: {offsets} offsets for {frames} frames.',
      fr: 'La dose ne peut pas être placée : {offsets} décalages pour {frames} coupes.',
    },
    wayOn: {
      en: 'Export the dose again from the planning system.',
      fr: 'Exportez à nouveau la dose depuis le système de planification.',
    },
  },
  'dicom/dose-order': {
    message: {
      en: 'The dose cannot be placed: its frame offsets do not run in one direction.',
      fr: 'La dose ne peut pas être placée : ses décalages ne vont pas dans un seul sens.',
    },
    wayOn: {
      en: 'Export the dose again from the planning system.',
      fr: 'Exportez à nouveau la dose depuis le système de planification.',
    },
  },
  'dicom/dose-position': {
    message: {
      en: 'The dose cannot be placed: position, orientation or spacing is missing or invalid.',
      fr: 'La dose ne peut pas être placée : position, orientation ou espacement absent ou invalide.',
    },
    wayOn: {
      en: 'Export the dose again from the planning system.',
      fr: 'Exportez à nouveau la dose depuis le système de planification.',
    },
  },
  'dicom/dose-first-offset': {
    message: {
      en: "The dose's first offset is neither 0 nor its position; the offsets were taken as relative to the first.",
      fr: "Le premier décalage de la dose n'est ni 0 ni sa position ; les décalages sont pris relativement au premier.",
    },
    wayOn: {
      en: 'Compare the dose with the planning system before trusting it.',
      fr: 'Comparez la dose avec le système de planification avant de vous y fier.',
    },
  },
  'dicom/dose-uneven': {
    message: {
      en: "The dose's frames are not evenly spaced; they were interpolated to steps of {stepMm} mm.",
      fr: 'Les coupes de dose ne sont pas régulières ; elles ont été interpolées à un pas de {stepMm} mm.',
    },
    wayOn: {
      en: 'Nothing to do; values on the frames themselves are unchanged where the steps allow it.',
      fr: 'Rien à faire ; les valeurs sur les coupes sont inchangées quand le pas le permet.',
    },
  },
  'dicom/dose-plane': {
    message: {
      en: 'A dose of one plane: shown on its slice only.',
      fr: "Une dose d'un seul plan : montrée sur sa coupe seulement.",
    },
    wayOn: { en: 'Export the three-dimensional dose.', fr: 'Exportez la dose en trois dimensions.' },
  },
  'dicom/dose-signed': {
    message: {
      en: 'The dose has signed values, which only an error dose may have.',
      fr: "La dose a des valeurs signées, ce que seule une dose d'erreur peut avoir.",
    },
    wayOn: {
      en: 'Export the dose again from the planning system.',
      fr: 'Exportez à nouveau la dose depuis le système de planification.',
    },
  },
  'dicom/dose-relative': {
    message: {
      en: 'The dose is relative: shown in %, without Gy.',
      fr: 'La dose est relative : montrée en %, sans Gy.',
    },
    wayOn: { en: 'Type a prescription to see Gy.', fr: 'Saisissez une prescription pour voir des Gy.' },
  },
  'dicom/dose-effective': {
    message: { en: 'The dose is an effective dose: Gy (RBE).', fr: 'La dose est une dose efficace : Gy (EBR).' },
    wayOn: { en: 'Do not compare it with physical dose.', fr: 'Ne la comparez pas à une dose physique.' },
  },
  'dicom/dose-error': {
    message: { en: 'An error dose: listed only.', fr: "Une dose d'erreur : listée seulement." },
    wayOn: { en: 'Choose a physical dose.', fr: 'Choisissez une dose physique.' },
  },
  'dicom/dose-units': {
    message: { en: "The dose's unit {unit} is not known.", fr: "L'unité {unit} de la dose est inconnue." },
    wayOn: { en: 'Export the dose in Gy.', fr: 'Exportez la dose en Gy.' },
  },
  'dicom/dose-implausible': {
    message: { en: "The dose's maximum is {maximumGy} Gy.", fr: 'Le maximum de la dose est {maximumGy} Gy.' },
    wayOn: { en: 'Check the export and its scale.', fr: "Vérifiez l'export et son échelle." },
  },
  'dicom/dose-unlike-prescription': {
    message: {
      en: "The dose's maximum is {maximumGy} Gy, the prescription {prescriptionGy} Gy.",
      fr: 'Le maximum de la dose est {maximumGy} Gy, la prescription {prescriptionGy} Gy.',
    },
    wayOn: {
      en: 'It may be the dose of one fraction or another plan: check before reading numbers.',
      fr: "Ce peut être la dose d'une fraction ou d'un autre plan : vérifiez avant de lire des nombres.",
    },
  },
  'dicom/plan-no-prescription': {
    message: { en: 'No prescription in the plan.', fr: 'Pas de prescription dans le plan.' },
    wayOn: {
      en: 'Doses show in Gy; type a prescription for %.',
      fr: "Les doses s'affichent en Gy ; saisissez une prescription pour les %.",
    },
  },
  'dicom/registration-unusable': {
    message: { en: 'A registration cannot be used: {reason}.', fr: 'Un recalage ne peut pas être utilisé : {reason}.' },
    wayOn: { en: 'Export the objects in one frame of reference.', fr: 'Exportez les objets dans un même repère.' },
  },
} as const satisfies ProblemTable;
