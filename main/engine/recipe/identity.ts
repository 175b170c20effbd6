import { createHash } from 'node:crypto';
import type { Study } from '../study/study';
import type { ImageVolume } from '../study/study';

const bytesOf = (array: Float32Array | Float64Array): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

/** SHA-256 of all of a study that an analysis can look at: the images used, the structure set in use, doses and plans. */
export function studyIdentity(study: Study, images: readonly ImageVolume[]): string {
  const hash = createHash('sha256');
  for (const image of images) hash.update(`image ${image.sha256} ${image.grid.affine.join(' ')}\n`);
  const set = study.structureSets[0];
  for (const { name, type, frameOfReference, contours } of set?.structures ?? []) {
    hash.update(`structure ${name}\n${type}\n${frameOfReference}\n`);
    for (const { kind, points } of contours) hash.update(kind).update(bytesOf(points));
  }
  for (const { uid, volume, summationType } of study.doses) {
    hash.update(
      `dose ${uid} ${summationType} ${volume.unit} ${volume.grid.size.join(' ')} ${volume.grid.affine.join(' ')}\n`,
    );
    hash.update(bytesOf(volume.values));
  }
  for (const { uid, isocentresMm } of study.plans) hash.update(`plan ${uid} ${isocentresMm.join(' ')}\n`);
  return hash.digest('hex');
}
