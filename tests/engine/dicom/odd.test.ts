import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseInstance } from '../../../main/engine/dicom/instance';
import { framesOf, frameLength, pixelFormatOf, storedValues } from '../../../main/engine/dicom/pixels';
import { IsolensError } from '../../../shared/problem/problem';
import { dataFolder } from '../../samples/reference';

const folder = `${dataFolder}odd/`;
const there = existsSync(`${folder}index.json`);

interface Entry {
  readonly file: string;
  readonly transferSyntax: string | null;
  readonly decoded?: { readonly type: string; readonly sha256: string; readonly shape: readonly number[] };
}

const entries = there ? (JSON.parse(readFileSync(`${folder}index.json`, 'utf8')) as { files: Entry[] }).files : [];

const arrays = {
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  int32: Int32Array,
};

/** SHA-256 of all stored values of a file, or the code of the problem that it gives; null where it is no DICOM. */
function outcomeOf(file: string, type: string | undefined): string | null {
  try {
    const bytes = new Uint8Array(readFileSync(folder + file));
    const instance = parseInstance(bytes, { upTo: 'end', file });
    if (instance === null) return null;
    if (instance.pixelData === null) return 'no pixels';
    const format = pixelFormatOf(instance.elements);
    const frames = framesOf(instance, format, file);
    const hash = createHash('sha256');
    const stored = new Float64Array(frameLength(format));
    const Values = arrays[(type ?? 'uint16le').replace(/le$/, '') as keyof typeof arrays];
    for (let frame = 0; frame < format.frames; frame++) {
      storedValues(frames.bytes(frame), frames.littleEndian, format, stored, frame);
      hash.update(new Uint8Array(Values.from(stored).buffer));
    }
    return hash.digest('hex');
  } catch (thrown) {
    if (thrown instanceof IsolensError) return thrown.problem.code;
    throw thrown;
  }
}

const readableSyntaxes = /^1\.2\.840\.10008\.1\.2(\.1|\.2|\.5|\.1\.99)?$/;

describe.skipIf(!there)('odd files (needs ../shared/data)', () => {
  it.each(entries)(
    '$file: stored values equal the independent reader, or the problem is named',
    ({ file, transferSyntax, decoded }) => {
      const outcome = outcomeOf(file, decoded?.type);
      if (decoded !== undefined && readableSyntaxes.test(transferSyntax ?? '')) expect(outcome).toBe(decoded.sha256);
      else if (decoded !== undefined) expect(outcome).toBe('dicom/transfer-syntax-unsupported');
      else expect(outcome === null || outcome === 'no pixels' || outcome.startsWith('dicom/')).toBe(true);
    },
  );

  it('says what is wrong with the files that have a known fault', () => {
    expect(outcomeOf('MR_truncated.dcm', 'uint16')).toBe('dicom/pixels-incomplete');
    expect(outcomeOf('not_dicom.txt', undefined)).toBeNull();
    expect(outcomeOf('no_meta.dcm', undefined)).toBeNull();
    expect(outcomeOf('JPEG-lossy.dcm', 'uint16')).toBe('dicom/transfer-syntax-unsupported');
  });
});
