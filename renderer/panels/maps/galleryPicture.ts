import { colourTables } from '../../../shared/colourMaps';
import type { Gives } from '../../../shared/contract/contract';

/** All channels in one PNG, eight across, each plane at its own voxels and all on one scale. */
export async function galleryPicture({
  channels,
  rows,
  columns,
  values,
  layerTop,
}: Gives<'engine/gallery'>): Promise<Uint8Array<ArrayBuffer> | null> {
  const across = Math.min(8, channels);
  const canvas = document.createElement('canvas');
  canvas.width = across * (columns + 2);
  canvas.height = Math.ceil(channels / across) * (rows + 2);
  const pen = canvas.getContext('2d');
  if (!pen) return null;
  pen.fillStyle = '#2c3742';
  pen.fillRect(0, 0, canvas.width, canvas.height);
  const table = colourTables.sequential;
  const top = Math.max(layerTop, 1e-12);
  for (let channel = 0; channel < channels; channel++) {
    const picture = pen.createImageData(columns, rows);
    for (let at = 0; at < rows * columns; at++) {
      const share = (values[channel * rows * columns + at] ?? 0) / top;
      const entry = 3 * Math.round(255 * Math.min(1, Math.max(0, Number.isNaN(share) ? 0 : share)));
      picture.data.set([table[entry] ?? 0, table[entry + 1] ?? 0, table[entry + 2] ?? 0, 255], 4 * at);
    }
    pen.putImageData(picture, (channel % across) * (columns + 2) + 1, Math.floor(channel / across) * (rows + 2) + 1);
  }
  const blob = await new Promise<Blob | null>((done) => {
    canvas.toBlob(done, 'image/png');
  });
  return blob && new Uint8Array(await blob.arrayBuffer());
}
