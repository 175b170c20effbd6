import type { KernelArray } from '../../stores/kernels';
import { isMatrix, kernelValues, planesOf, type KernelPicture } from './kernelLayout';
import { paintWeights } from './paintKernel';

/** Kernels a row of the saved picture. */
const across = 16;
/** Pixels of one weight. */
const zoom = 6;

/** The kernels as one PNG, in the order in which they stand: what the pane shows, without its captions. */
export async function kernelSheet(
  array: KernelArray,
  pictures: readonly KernelPicture[],
  topOf: (out: number) => number,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const matrix = isMatrix(array);
  const { slices, rows, columns } = matrix
    ? { slices: 1, rows: array.outputs, columns: array.inputs }
    : planesOf(array.kernelSize);
  const width = slices * (columns + 1) + 1;
  const height = rows + 2;
  const count = matrix ? 1 : pictures.length;
  const small = document.createElement('canvas');
  small.width = Math.min(across, count) * width;
  small.height = Math.ceil(count / across) * height;
  const pen = small.getContext('2d');
  if (!pen) return null;
  pen.fillStyle = '#000000';
  pen.fillRect(0, 0, small.width, small.height);
  for (let at = 0; at < count; at++) {
    const picture = pictures[at];
    const values = matrix ? turned(array) : kernelValues(array, picture?.in ?? 0, picture?.out ?? 0);
    for (let slice = 0; slice < slices; slice++) {
      const own = pen.createImageData(columns, rows);
      const top = matrix ? array.largest : topOf(picture?.out ?? 0);
      paintWeights(own, values.subarray(slice * rows * columns, (slice + 1) * rows * columns), top);
      pen.putImageData(own, (at % across) * width + slice * (columns + 1), Math.floor(at / across) * height);
    }
  }
  const large = document.createElement('canvas');
  large.width = small.width * zoom;
  large.height = small.height * zoom;
  const broad = large.getContext('2d');
  if (!broad) return null;
  broad.imageSmoothingEnabled = false;
  broad.drawImage(small, 0, 0, large.width, large.height);
  const blob = await new Promise<Blob | null>((done) => {
    large.toBlob(done, 'image/png');
  });
  return blob && new Uint8Array(await blob.arrayBuffer());
}

/** Output by output. */
const turned = ({ values, inputs, outputs }: KernelArray): Float32Array =>
  Float32Array.from(
    { length: inputs * outputs },
    (_, at) => values[(at % inputs) * outputs + Math.floor(at / inputs)] ?? 0,
  );
