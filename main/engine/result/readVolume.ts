import { IsolensError } from '../../../shared/problem/problem';
import type { Volume } from '../../../shared/volume';
import { placedVolume } from './nrrd';
import { readNrrdFile } from './readArray';

/**
 * A volume that a run saved, by its path; of one with channels, the channel asked for. The file holds no frame of reference, since a UID
 * can name a patient: it is empty, and takes its study's. *Problems* result/file-missing, result/file-unreadable.
 */
export async function readVolume(path: string, channel = 0): Promise<Volume<Float32Array | Uint8Array>> {
  const placed = placedVolume(await readNrrdFile(path), '');
  const refuse = (reason: string): IsolensError =>
    new IsolensError('result/file-unreadable', { file: path, reason }, { file: path });
  if (placed === null) throw refuse('its header does not say where it lies in the patient');
  const { volume, channels } = placed;
  if (channels === 1) return volume;
  if (channel >= channels) throw refuse(`it has ${String(channels)} channels`);
  const values = volume.values.filter((_, n) => n % channels === channel);
  return { ...volume, values };
}
