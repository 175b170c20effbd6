import type { BadgeKind } from '../../controls/badge';
import type { MessageKey } from '../../locales/i18n';
import type { Wording } from '../../locales/useWords';

type Cell = string | number | null;

/** One table beside the map's ranking: numbers for copying, and as they are shown. */
export interface FurtherTable {
  readonly id: string;
  readonly title: MessageKey;
  /** What its numbers mean, in a sentence or two. */
  readonly note: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  readonly shown: readonly (readonly string[])[];
  /** What it comes to, where it comes to something. */
  readonly badge?: { readonly kind: BadgeKind; readonly text: string };
  /** What its cells can show, in place of one another. */
  readonly views?: readonly { readonly id: string; readonly title: MessageKey }[];
  /** How its cells are coloured: −1 … 1, null where they are not; one entry a cell of a row, without its name. */
  readonly tones?: readonly (readonly (number | null)[])[];
  /** All that is known of each cell, told where it is pointed at. */
  readonly told?: readonly (readonly string[])[];
  /** Cells that mean nothing can be there. */
  readonly dotted?: readonly (readonly boolean[])[];
}

export type TableWords = Pick<Wording, 't' | 'n' | 'signed' | 'share'>;
