/** What an object is used as. The SOP class decides; Modality is only a label. */
export type ObjectKind =
  | 'image'
  | 'multi-frame'
  | 'structures'
  | 'dose'
  | 'plan'
  | 'registration'
  | 'deformable-registration'
  | 'directory'
  | 'other';

const storage = '1.2.840.10008.5.1.4.1.1.';

const used: Readonly<Record<string, readonly [kind: ObjectKind, name: string]>> = {
  '2': ['image', 'CT'],
  '4': ['image', 'MR'],
  '128': ['image', 'PET'],
  '2.1': ['multi-frame', 'Enhanced CT'],
  '4.1': ['multi-frame', 'Enhanced MR'],
  '4.3': ['multi-frame', 'Enhanced MR Color'],
  '130': ['multi-frame', 'Enhanced PET'],
  '481.2': ['dose', 'RT Dose'],
  '481.3': ['structures', 'RT Structure Set'],
  '481.5': ['plan', 'RT Plan'],
  '481.8': ['plan', 'RT Ion Plan'],
  '66.1': ['registration', 'Spatial Registration'],
  '66.3': ['deformable-registration', 'Deformable Spatial Registration'],
  '66.4': ['other', 'Segmentation'],
  '481.1': ['other', 'RT Image'],
  '1': ['other', 'Computed Radiography'],
  '6.1': ['other', 'Ultrasound'],
  '20': ['other', 'Nuclear Medicine'],
};

const families: readonly (readonly [prefix: string, name: string])[] = [
  ['1.', 'Radiograph'],
  ['7', 'Secondary Capture'],
  ['9.', 'Waveform'],
  ['11.', 'Presentation State'],
  ['88.', 'Structured Report'],
  ['104.', 'Encapsulated Document'],
  ['481.', 'Radiotherapy object'],
];

/** What a SOP class is, and its name. Source: DICOM PS3.4, Annex B. */
export function sopClassOf(uid: string): { readonly kind: ObjectKind; readonly name: string; readonly ion: boolean } {
  if (uid === '1.2.840.10008.1.3.10') return { kind: 'directory', name: 'DICOMDIR', ion: false };
  const end = uid.startsWith(storage) ? uid.slice(storage.length) : '';
  const known = used[end];
  if (known !== undefined) return { kind: known[0], name: known[1], ion: end === '481.8' };
  const family = families.find(
    ([prefix]) => end === prefix || end.startsWith(prefix.endsWith('.') ? prefix : `${prefix}.`),
  );
  return { kind: 'other', name: family?.[1] ?? 'Object of an unknown class', ion: false };
}
