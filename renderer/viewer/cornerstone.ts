import * as cornerstone from 'cornerstone-core';
import type { BlobVolume } from '../../shared/study';
import type { PlanePixels } from './planeCache';

/**
 * The one door to cornerstone-core: it draws the grey picture under our own canvas. Its cache, layers, colour maps and
 * WebGL are not used; each picture is handed over as one image whose stored values are true whole numbers.
 */

/** Where the picture lies on the canvas and how grey becomes light. */
export interface GreyView {
  /** Canvas pixels per picture pixel along columns and rows. */
  readonly scaleX: number;
  readonly scaleY: number;
  /** Canvas place of the outer corner of the picture's first pixel. */
  readonly x0: number;
  readonly y0: number;
  readonly level: number;
  readonly width: number;
  readonly inverted: boolean;
  readonly smooth: boolean;
}

export interface GreyPicture {
  readonly image: cornerstone.Image;
}

export interface GreyBase {
  /** Draws on the next animation frame; `drawn` is called right after each draw. */
  show(picture: GreyPicture, view: GreyView): void;
  /** Takes the element's size anew; call when it became visible or changed size. */
  resize(): void;
  dispose(): void;
}

const steps = 4095;

/** Stored whole numbers of a picture, all within the volume's range, and what turns them back into the volume's unit. */
function storedOf(
  { values }: PlanePixels,
  { range: [low, high] }: BlobVolume,
): { pixels: ArrayLike<number>; slope: number; intercept: number; min: number; max: number } {
  if (!(values instanceof Float32Array)) {
    return { pixels: values, slope: 1, intercept: 0, min: Math.floor(low), max: Math.ceil(high) };
  }
  const slope = high > low ? (high - low) / steps : 1;
  const pixels = new Int16Array(values.length);
  for (let n = 0; n < pixels.length; n++) {
    const value = values[n] ?? NaN;
    pixels[n] = Number.isNaN(value) ? 0 : Math.min(Math.max(Math.round((value - low) / slope), 0), steps);
  }
  return { pixels, slope, intercept: low, min: 0, max: steps };
}

/** A picture ready to be drawn; `columnMm` and `rowMm` are the distances between its columns and its rows. */
export function greyPicture(pixels: PlanePixels, source: BlobVolume, columnMm: number, rowMm: number): GreyPicture {
  const stored = storedOf(pixels, source);
  const array = stored.pixels as number[];
  const image = {
    imageId: `isolens:${pixels.key}`,
    minPixelValue: stored.min,
    maxPixelValue: stored.max,
    slope: stored.slope,
    intercept: stored.intercept,
    windowCenter: 40,
    windowWidth: 400,
    getPixelData: () => array,
    rows: pixels.rows,
    columns: pixels.columns,
    height: pixels.rows,
    width: pixels.columns,
    color: false,
    rgba: false,
    columnPixelSpacing: columnMm,
    rowPixelSpacing: rowMm,
    invert: false,
    sizeInBytes: pixels.values.byteLength,
  };
  return { image: image as unknown as cornerstone.Image };
}

/** The viewport at which cornerstone draws a picture where the view says. */
export function viewportOf(
  { image }: GreyPicture,
  view: GreyView,
  width: number,
  height: number,
): cornerstone.Viewport {
  const viewport = {
    scale: Math.min(view.scaleX, view.scaleY),
    translation: {
      x: (view.x0 - width / 2) / view.scaleX + image.width / 2,
      y: (view.y0 - height / 2) / view.scaleY + image.height / 2,
    },
    voi: { windowWidth: Math.max(view.width, 1), windowCenter: view.level },
    invert: view.inverted,
    pixelReplication: !view.smooth,
    rotation: 0,
    hflip: false,
    vflip: false,
    displayedArea: {
      tlhc: { x: 1, y: 1 },
      brhc: { x: image.width, y: image.height },
      rowPixelSpacing: image.rowPixelSpacing,
      columnPixelSpacing: image.columnPixelSpacing,
      presentationSizeMode: 'NONE',
    },
  };
  return viewport;
}

/** Makes an element show grey pictures. *Problems*: none; the element must be in the document. */
export function greyBase(element: HTMLElement, drawn: () => void): GreyBase {
  cornerstone.enable(element);
  let shown: { picture: GreyPicture; view: GreyView } | null = null;
  element.addEventListener('cornerstoneimagerendered', drawn);
  const size = (): { width: number; height: number } => ({ width: element.clientWidth, height: element.clientHeight });
  const show = (picture: GreyPicture, view: GreyView): void => {
    shown = { picture, view };
    const { width, height } = size();
    if (width === 0 || height === 0) return;
    cornerstone.displayImage(element, picture.image, viewportOf(picture, view, width, height));
  };
  return {
    show,
    resize() {
      cornerstone.resize(element, false);
      if (shown) show(shown.picture, shown.view);
    },
    dispose() {
      element.removeEventListener('cornerstoneimagerendered', drawn);
      cornerstone.disable(element);
    },
  };
}
