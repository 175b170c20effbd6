/** Turns the bytes of a text element into text. */
export type Decode = (bytes: Uint8Array) => string;

/** Labels of TextDecoder by defined term. Source: DICOM PS3.3 C.12.1.1.2. */
const singleByte: Readonly<Record<string, string>> = {
  'ISO_IR 6': 'latin1',
  'ISO_IR 100': 'latin1',
  'ISO_IR 101': 'iso-8859-2',
  'ISO_IR 109': 'iso-8859-3',
  'ISO_IR 110': 'iso-8859-4',
  'ISO_IR 144': 'iso-8859-5',
  'ISO_IR 127': 'iso-8859-6',
  'ISO_IR 126': 'iso-8859-7',
  'ISO_IR 138': 'iso-8859-8',
  'ISO_IR 148': 'windows-1254',
  'ISO_IR 203': 'iso-8859-15',
  'ISO_IR 13': 'shift_jis',
  'ISO_IR 166': 'windows-874',
  'ISO_IR 192': 'utf-8',
  GB18030: 'gb18030',
  GBK: 'gbk',
};

/** Multi-byte sets that come by escape sequences: what decodes them, and whether the escapes must be taken out first. */
const extended: readonly (readonly [term: string, label: string, strip: boolean])[] = [
  ['ISO 2022 IR 87', 'iso-2022-jp', false],
  ['ISO 2022 IR 159', 'iso-2022-jp', false],
  ['ISO 2022 IR 149', 'euc-kr', true],
  ['ISO 2022 IR 58', 'gbk', true],
];

/**
 * The decoder of a data set's Specific Character Set (its values as sent). What it cannot decode becomes replacement signs; it
 * never fails. *Source:* DICOM PS3.5, section 6.1.
 */
export function decoderOf(terms: readonly string[]): Decode {
  const sent = terms.map((term) =>
    term
      .trim()
      .replace(/_/g, ' ')
      .replace(/^ISO IR/, 'ISO_IR'),
  );
  for (const [term, label, strip] of extended) {
    if (!sent.includes(term)) continue;
    const decoder = new TextDecoder(label);
    return (bytes) => decoder.decode(strip ? withoutEscapes(bytes) : bytes);
  }
  const first = (sent.find((term) => term !== '') ?? 'ISO_IR 6').replace(/^ISO 2022 IR/, 'ISO_IR');
  const decoder = new TextDecoder(singleByte[first] ?? 'latin1');
  return (bytes) => decoder.decode(bytes);
}

/** Leaves out ESC, its intermediate bytes and its final byte. */
function withoutEscapes(bytes: Uint8Array): Uint8Array {
  const kept: number[] = [];
  for (let b = 0; b < bytes.length; b++) {
    if (bytes[b] !== 0x1b) {
      kept.push(bytes[b] as number);
      continue;
    }
    b++;
    while (b < bytes.length && (bytes[b] as number) >= 0x20 && (bytes[b] as number) <= 0x2f) b++;
  }
  return Uint8Array.from(kept);
}
