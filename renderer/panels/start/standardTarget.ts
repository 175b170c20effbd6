import type { Output } from '../../../shared/recipe';

const background = /^(background|bg|other)$/i;
const sameName = (a: string, b: string): boolean => a.trim().toLowerCase() === b.trim().toLowerCase();

/**
 * The target that the window proposes: of a segmenter the first label that the study has a structure of, of a dose network
 * the dose in its first organ. A classifier explains the class that it predicts, and needs none.
 */
export function standardTarget(output: Output, structures: readonly string[]): Record<string, unknown> | null {
  switch (output.kind) {
    case 'classification':
      return null;
    case 'segmentation': {
      const labels = output.labels.filter((label) => !background.test(label));
      const known = labels.find((label) =>
        [label, ...(output.aliases?.[label] ?? [])].some((name) => structures.some((each) => sameName(each, name))),
      );
      const label = known ?? labels[0];
      return label === undefined ? null : { label };
    }
    case 'regression': {
      const organ = structures.find((name) => !/^(ptv|ctv|gtv|body|external)/i.test(name)) ?? structures[0];
      return organ === undefined ? null : { doseIn: organ };
    }
  }
}
