import type { Words } from '../words';

/** Every way in which an input is made worse, in the order of methods §1.5. */
export const familyIds = [
  'white-noise',
  'ct-noise',
  'low-dose',
  'offset',
  'slope',
  'blur',
  'slice-thickness',
  'resample',
  'ring',
  'metal',
  'truncation',
  'couch',
  'shift',
  'rotation',
  'dose-scale',
  'dose-shift',
  'dose-grid',
  'contour-margin',
  'bias-field',
  'rician',
  'metadata',
  'fgsm',
  'pgd',
  'deepfool',
] as const;
export type FamilyId = (typeof familyIds)[number];

/** Severities that are on or off, by name. */
export const couchWords = ['removed', 'slab'] as const;
export const metadataFaults = [
  'no-rescale',
  'unsigned',
  'mirrored',
  'reversed-slices',
  'feet-first',
  'prone',
  'spacing-swapped',
  'spacing-one',
  'monochrome1',
  'dose-cgy',
  'dose-unscaled',
  'frame-shift',
] as const;
export type MetadataFault = (typeof metadataFaults)[number];

export type Severity = number | string;

/** What is known of a family without running it. */
export interface FamilyFacts {
  readonly name: Words;
  /** Of its severities: `HU`, `mm`, `°`, `fraction`, `×`, or empty where they are names. */
  readonly unit: string;
  /** Used where the job names none. */
  readonly severities: readonly Severity[];
  /** The severity that changes nothing; larger sizes are worse, or smaller ones where `falling`. */
  readonly clean: number;
  readonly falling?: boolean;
  /** Both signs are different things: 5 HU too bright or too dark. */
  readonly signed?: boolean;
  /** Drawn from a seed: as many fields as the job has seeds. */
  readonly stochastic?: boolean;
  /** Smallest and largest severity that means anything. */
  readonly range: readonly [number, number];
  /** Names that a severity may be instead of a number. */
  readonly words?: readonly string[];
  /** The severity as a physicist would say it. */
  said(severity: Severity): Words;
}

const decimals = (x: number): number => Number(Math.abs(x).toPrecision(3));
const minus = (x: number): string => (x < 0 ? '−' : '+');
const french = (x: number | string): string => String(x).replace('.', ',');
const both = (en: string, fr: string): Words => ({ en, fr });

/** A sentence with one number in it, written with each language's decimal sign. */
const told =
  (en: (n: string) => string, fr: (n: string) => string, of: (q: number) => number = (q) => q) =>
  (severity: Severity): Words => {
    const value = decimals(of(Number(severity)));
    return both(en(String(value)), fr(french(value)));
  };

const signedTold =
  (
    en: (n: string, up: boolean) => string,
    fr: (n: string, up: boolean) => string,
    of: (q: number) => number = (q) => q,
  ) =>
  (severity: Severity): Words => {
    const q = of(Number(severity));
    return both(en(String(decimals(q)), q >= 0), fr(french(decimals(q)), q >= 0));
  };

const mirrored = (sizes: readonly number[]): readonly number[] => [...sizes.map((q) => -q).reverse(), ...sizes];
const hundredfold = (q: number): number => 100 * q;

const lowDose = (severity: Severity): Words => {
  const share = Number(severity);
  if (share === 0.5) return both('as if the mAs were halved', 'comme si les mAs étaient divisés par deux');
  return told(
    (n) => `as if the scan had ${n} % of its mAs`,
    (n) => `comme si l’examen avait ${n} % de ses mAs`,
    hundredfold,
  )(share);
};

const faultWords: Readonly<Record<MetadataFault, Words>> = {
  'no-rescale': both(
    'as if the rescale slope and intercept were lost',
    'comme si la pente et l’ordonnée de rescale étaient perdues',
  ),
  unsigned: both('as if signed pixels were read as unsigned', 'comme si des pixels signés étaient lus sans signe'),
  mirrored: both('as if left and right were exchanged', 'comme si gauche et droite étaient échangées'),
  'reversed-slices': both(
    'as if the slices were stacked in reverse',
    'comme si les coupes étaient empilées à l’envers',
  ),
  'feet-first': both('as if feet first were read as head first', 'comme si pieds en avant était lu tête en avant'),
  prone: both('as if prone were read as supine', 'comme si le procubitus était lu comme décubitus'),
  'spacing-swapped': both(
    'as if row and column spacing were exchanged',
    'comme si les pas des lignes et des colonnes étaient échangés',
  ),
  'spacing-one': both('as if every voxel were 1 mm', 'comme si chaque voxel faisait 1 mm'),
  monochrome1: both('as if black and white were inverted', 'comme si noir et blanc étaient inversés'),
  'dose-cgy': both('as if a dose in cGy were read as Gy', 'comme si une dose en cGy était lue en Gy'),
  'dose-unscaled': both(
    'as if the dose grid scaling were lost',
    'comme si le facteur d’échelle de la dose était perdu',
  ),
  'frame-shift': both(
    'as if the image lay 10 mm off its frame of reference',
    'comme si l’image était à 10 mm de son repère',
  ),
};

const adversarial = (name: Words): FamilyFacts => ({
  name,
  unit: 'HU',
  severities: [1, 2, 5, 10, 20],
  clean: 0,
  range: [0, 4000],
  said: told(
    (n) => `a pattern of at most ${n} HU, made to deceive`,
    (n) => `un motif d’au plus ${n} UH, fait pour tromper`,
  ),
});

const noiseGrid = [5, 10, 20, 40, 80, 160];

export const familyFacts: Readonly<Record<FamilyId, FamilyFacts>> = {
  'white-noise': {
    name: both('White noise', 'Bruit blanc'),
    unit: 'HU',
    severities: noiseGrid,
    clean: 0,
    stochastic: true,
    range: [0, 2000],
    said: told(
      (n) => `white noise of ${n} HU (SD)`,
      (n) => `bruit blanc de ${n} UH (écart-type)`,
    ),
  },
  'ct-noise': {
    name: both('CT noise', 'Bruit de TDM'),
    unit: 'HU',
    severities: noiseGrid,
    clean: 0,
    stochastic: true,
    range: [0, 2000],
    said: told(
      (n) => `scanner noise of ${n} HU (SD), with its grain`,
      (n) => `bruit de scanner de ${n} UH (écart-type), avec son grain`,
    ),
  },
  'low-dose': {
    name: both('Low dose', 'Faible dose'),
    unit: 'fraction',
    severities: [0.8, 0.5, 0.25, 0.1, 0.05],
    clean: 1,
    falling: true,
    stochastic: true,
    range: [0.001, 1],
    said: lowDose,
  },
  offset: {
    name: both('HU offset', 'Décalage UH'),
    unit: 'HU',
    severities: mirrored([5, 10, 20, 40]),
    clean: 0,
    signed: true,
    range: [-2000, 2000],
    said: signedTold(
      (n, up) => `every value ${n} HU too ${up ? 'high' : 'low'}`,
      (n, up) => `toutes les valeurs ${n} UH trop ${up ? 'hautes' : 'basses'}`,
    ),
  },
  slope: {
    name: both('HU slope', 'Pente UH'),
    unit: 'fraction',
    severities: mirrored([0.01, 0.02, 0.04]),
    clean: 0,
    signed: true,
    range: [-0.9, 0.9],
    said: signedTold(
      (n, up) => `densities ${n} % too ${up ? 'high' : 'low'}, air unchanged`,
      (n, up) => `densités ${n} % trop ${up ? 'hautes' : 'basses'}, l’air inchangé`,
      hundredfold,
    ),
  },
  blur: {
    name: both('Blur', 'Flou'),
    unit: 'mm',
    severities: [0.5, 1, 2, 3, 4],
    clean: 0,
    range: [0, 100],
    said: told(
      (n) => `blurred by ${n} mm (FWHM)`,
      (n) => `flou de ${n} mm (largeur à mi-hauteur)`,
    ),
  },
  'slice-thickness': {
    name: both('Slice thickness', 'Épaisseur de coupe'),
    unit: 'mm',
    severities: [2, 3, 5, 8],
    clean: 0,
    range: [0, 50],
    said: told(
      (n) => `as if the slices were ${n} mm thick`,
      (n) => `comme si les coupes faisaient ${n} mm d’épaisseur`,
    ),
  },
  resample: {
    name: both('Coarser pixels', 'Pixels plus gros'),
    unit: '×',
    severities: [1.5, 2, 3],
    clean: 1,
    range: [1, 16],
    said: told(
      (n) => `as if the pixels were ${n} times as wide`,
      (n) => `comme si les pixels étaient ${n} fois plus larges`,
    ),
  },
  ring: {
    name: both('Ring artefact', 'Artefact en anneau'),
    unit: 'HU',
    severities: [5, 10, 20, 40, 80],
    clean: 0,
    range: [-2000, 2000],
    said: told(
      (n) => `a ring of ${n} HU from a drifted detector`,
      (n) => `un anneau de ${n} UH dû à un détecteur dérivé`,
    ),
  },
  metal: {
    name: both('Metal streaks', 'Stries métalliques'),
    unit: 'mm',
    severities: [5, 10, 15, 20],
    clean: 0,
    range: [0, 60],
    stochastic: true,
    said: told(
      (n) => `streaks of ${n} mm of titanium`,
      (n) => `stries de ${n} mm de titane`,
    ),
  },
  truncation: {
    name: both('Truncated field of view', 'Champ de vue tronqué'),
    unit: 'mm',
    severities: [250, 225, 200, 175, 150],
    clean: 500,
    falling: true,
    range: [1, 500],
    said: told(
      (n) => `cut off ${n} mm from the centre`,
      (n) => `coupé à ${n} mm du centre`,
    ),
  },
  couch: {
    name: both('Couch', 'Table'),
    unit: 'mm',
    severities: ['removed', 'slab', -50, 50],
    clean: 0,
    signed: true,
    range: [-500, 500],
    words: couchWords,
    said: (severity) =>
      severity === 'removed'
        ? both('the couch taken away', 'la table retirée')
        : severity === 'slab'
          ? both('a slab laid under the patient', 'une plaque posée sous le patient')
          : signedTold(
              (n, up) => `the couch ${n} mm ${up ? 'further down' : 'further up'}`,
              (n, up) => `la table ${n} mm ${up ? 'plus bas' : 'plus haut'}`,
            )(severity),
  },
  shift: {
    name: both('Shift', 'Décalage'),
    unit: 'mm',
    severities: [1, 2, 3, 5, 10],
    clean: 0,
    range: [-500, 500],
    said: signedTold(
      (n, up) => `moved ${n} mm to the ${up ? 'left' : 'right'} of the patient`,
      (n, up) => `déplacé de ${n} mm vers la ${up ? 'gauche' : 'droite'} du patient`,
    ),
  },
  rotation: {
    name: both('Rotation', 'Rotation'),
    unit: '°',
    severities: [1, 2, 3, 5],
    clean: 0,
    range: [-180, 180],
    said: signedTold(
      (n, up) => `turned by ${up ? '' : '−'}${n}° in the axial plane`,
      (n, up) => `tourné de ${up ? '' : '−'}${n}° dans le plan axial`,
    ),
  },
  'dose-scale': {
    name: both('Dose scale', 'Échelle de dose'),
    unit: 'fraction',
    severities: mirrored([0.01, 0.02, 0.03, 0.05]),
    clean: 0,
    signed: true,
    range: [-1, 10],
    said: signedTold(
      (n, up) => `every dose ${n} % ${up ? 'more' : 'less'}`,
      (n, up) => `toutes les doses ${n} % ${up ? 'de plus' : 'de moins'}`,
      hundredfold,
    ),
  },
  'dose-shift': {
    name: both('Dose shift', 'Décalage de dose'),
    unit: 'mm',
    severities: [1, 2, 3, 5],
    clean: 0,
    range: [-500, 500],
    said: signedTold(
      (n, up) => `the dose moved ${n} mm to the ${up ? 'left' : 'right'} of the patient`,
      (n, up) => `la dose déplacée de ${n} mm vers la ${up ? 'gauche' : 'droite'} du patient`,
    ),
  },
  'dose-grid': {
    name: both('Coarser dose grid', 'Grille de dose plus grossière'),
    unit: 'mm',
    severities: [2, 2.5, 3, 4],
    clean: 0,
    range: [0, 50],
    said: told(
      (n) => `as if the dose were computed every ${n} mm`,
      (n) => `comme si la dose était calculée tous les ${n} mm`,
    ),
  },
  'contour-margin': {
    name: both('Contour margin', 'Marge des contours'),
    unit: 'mm',
    severities: mirrored([1, 2, 3, 5, 10]),
    clean: 0,
    signed: true,
    range: [-30, 30],
    said: signedTold(
      (n, up) => `contours drawn ${n} mm too ${up ? 'wide' : 'tight'}`,
      (n, up) => `contours tracés ${n} mm trop ${up ? 'larges' : 'serrés'}`,
    ),
  },
  'bias-field': {
    name: both('MR bias field', 'Champ de biais IRM'),
    unit: 'fraction',
    severities: [0.1, 0.2, 0.4, 0.8],
    clean: 0,
    stochastic: true,
    range: [0, 5],
    said: told(
      (n) => `shading of ${n} % from end to end`,
      (n) => `inhomogénéité de ${n} % de bout en bout`,
      hundredfold,
    ),
  },
  rician: {
    name: both('MR noise (Rician)', 'Bruit IRM (de Rice)'),
    unit: 'fraction',
    severities: [0.1, 0.2, 0.4, 0.8],
    clean: 0,
    stochastic: true,
    range: [0, 5],
    said: told(
      (n) => `Rician noise of ${n} % of the mean signal`,
      (n) => `bruit de Rice de ${n} % du signal moyen`,
      hundredfold,
    ),
  },
  metadata: {
    name: both('Metadata faults', 'Défauts de métadonnées'),
    unit: '',
    severities: [...metadataFaults],
    clean: 0,
    range: [1, 1],
    words: metadataFaults,
    said: (severity) => faultWords[severity as MetadataFault],
  },
  fgsm: adversarial(both('Attack, one step (FGSM)', 'Attaque, un pas (FGSM)')),
  pgd: adversarial(both('Attack, 40 steps (PGD)', 'Attaque, 40 pas (PGD)')),
  deepfool: {
    ...adversarial(both('Smallest attack (DeepFool)', 'Plus petite attaque (DeepFool)')),
    said: told(
      (n) => `a pattern of length ${n} HU (ℓ₂ over all voxels), made to deceive`,
      (n) => `un motif de longueur ${n} UH (ℓ₂ sur tous les voxels), fait pour tromper`,
    ),
    range: [0, 1e7],
  },
};

/** Larger is worse, 0 changes nothing: the order in which severities of one side are tried. */
export const sizeOf = ({ clean, falling }: FamilyFacts, severity: number): number =>
  falling === true ? clean - severity : Math.abs(severity) - Math.abs(clean);

/** The severity with its sign and unit, as short as a table wants it. */
export function writtenSeverity(facts: FamilyFacts, severity: Severity): Words {
  if (typeof severity === 'string') return facts.said(severity);
  const percent = facts.unit === 'fraction';
  const value = decimals(percent ? 100 * severity : severity);
  const sign = facts.signed === true ? minus(severity) : severity < 0 ? '−' : '';
  const unit = percent ? ' %' : facts.unit === '°' ? '°' : facts.unit === '' ? '' : ` ${facts.unit}`;
  return both(`${sign}${String(value)}${unit}`, `${sign}${french(value)}${unit === ' HU' ? ' UH' : unit}`);
}
