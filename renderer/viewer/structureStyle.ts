/** How the outline of a structure is drawn. Colour and line style both tell it apart. */
export interface StructureStyle {
  /** CSS colour. */
  readonly colour: string;
  /** Lengths of dash and gap in CSS pixels; empty for a solid line. */
  readonly dash: readonly number[];
}

const dashed = [5, 3] as const;
const solid = [] as const;

/** Names in our colours; the first pattern that fits the name, written without separators and in lower case, wins. */
const known: readonly (readonly [RegExp, string, readonly number[]])[] = [
  [/^ptv(70|7000|66|6600|high|hr|1)/, '#ff7a5c', solid],
  [/^ptv(63|6300|60|6000|59|5940|mid|ir|2)/, '#ffb347', dashed],
  [/^ptv(56|5600|54|5400|50|5000|low|lr|3)/, '#ffe08a', dashed],
  [/^(parotid(e)?(gauche|left|l|g|lt)|(left|lt|l)parotid)$/, '#7fd4ff', solid],
  [/^(parotid(e)?(droite?|right|r|d|rt)|(right|rt|r)parotid)$/, '#4aa3ff', dashed],
  [/^(spinalcord|cord|moelle(epiniere)?|myelon)$/, '#ff9ee0', solid],
  [/^(brainstem|tronccerebral|tronc)$/, '#d7a6ff', dashed],
  [/^(mandible|mandibule|bonemandible)$/, '#c9b28f', solid],
];

const plain = (name: string): string =>
  name
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');

/** Relative brightness of a colour, 0–255. */
const luminance = ([r, g, b]: readonly [number, number, number]): number => 0.2126 * r + 0.7152 * g + 0.0722 * b;

/** A file's colour as it can be seen on black: one that is too dark is lightened. */
function visible(colour: readonly [number, number, number]): string {
  const light = luminance(colour);
  const share = light >= 40 ? 0 : (110 - light) / (255 - light);
  const channel = (value: number): string => String(Math.round(value + (255 - value) * share));
  return `rgb(${channel(colour[0])}, ${channel(colour[1])}, ${channel(colour[2])})`;
}

/** Our style of a name that is a known one; else null. */
export function knownStyle(name: string): StructureStyle | null {
  const written = plain(name);
  const found = known.find(([pattern]) => pattern.test(written));
  return found ? { colour: found[1], dash: found[2] } : null;
}

/** The style of a structure: ours where the name is a known one, else the file's colour, solid. */
export function structureStyle(name: string, fileColour: readonly [number, number, number]): StructureStyle {
  return knownStyle(name) ?? { colour: visible(fileColour), dash: solid };
}
