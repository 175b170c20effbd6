import dcmjs from 'dcmjs';
import { describe, expect, it } from 'vitest';
import { encodeFile } from '../../../../main/engine/dicom/writer/encode';

const meta = {
  FileMetaInformationVersion: new Uint8Array([0, 1]).buffer,
  MediaStorageSOPClassUID: '1.2.840.10008.5.1.4.1.1.2',
  MediaStorageSOPInstanceUID: '2.25.123',
  TransferSyntaxUID: '1.2.840.10008.1.2.1',
};

describe('the encoder', () => {
  it('gives the bytes of an independent writer: texts, lists, numbers, tags, nested sequences, pixels', () => {
    const attributes = {
      SOPInstanceUID: '2.25.123',
      PatientName: 'ODD^LEN',
      AccessionNumber: '',
      ImagePositionPatient: ['1.5', '-2', '30.25'],
      Rows: 3,
      Columns: 258,
      FrameIncrementPointer: 0x3004000c,
      ROIContourSequence: [
        { ContourSequence: [{ ContourData: ['1', '2', '3'], NumberOfContourPoints: '1' }], ReferencedROINumber: '1' },
        { ContourSequence: [], ReferencedROINumber: '12' },
      ],
      PixelData: new Uint16Array([0, 1, 65535]).buffer,
      _vrMap: { PixelData: 'OW' },
    };
    dcmjs.log.setLevel('error');
    const dictionary = new dcmjs.data.DicomDict(dcmjs.data.DicomMetaDictionary.denaturalizeDataset(meta));
    dictionary.dict = dcmjs.data.DicomMetaDictionary.denaturalizeDataset(attributes);
    const wanted = new Uint8Array(dictionary.write({ fragmentMultiframe: false }));
    expect(Buffer.compare(encodeFile(meta, attributes), wanted)).toBe(0);
  });

  it('refuses what is not in the dictionary, and values that a length of two bytes cannot tell', () => {
    expect(() => encodeFile(meta, { NoSuchThing: '1' })).toThrow('NoSuchThing');
    expect(() => encodeFile(meta, { ContourData: Array.from({ length: 9000 }, () => '1234567') })).toThrow('too long');
  });
});
