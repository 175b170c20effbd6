import type { Grid, Volume } from '../../../../shared/volume';
import { hasVolume, sameFrame } from '../../recipe/source';
import { bodyOf } from '../../volume/body';
import { maskOf } from '../../volume/mask';
import type { OpenInput } from '../analysis';
import type { PreparedInput } from '../../recipe/preparedInput';
import { channelImage, hiddenChannels } from './hide';
import { inputVolume } from './place';
import type { Anatomy, Part } from './ranking';

/** The first image channel in physical units (HU for a CT), on the recipe's grid; null where the recipe has no image. */
export function imageOf(prepared: PreparedInput): Volume<Float32Array> | null {
  const [first] = hiddenChannels(prepared, 'image').filter(({ absent, transform }) => absent === null && transform);
  if (!first?.transform || !prepared.grid) return null;
  const { slope, intercept } = first.transform;
  const { values } = channelImage(prepared, null, first.channel, null);
  const volume = inputVolume(
    prepared,
    values.map((value) => (value - intercept) / slope),
  );
  return { ...volume, unit: 'HU' };
}

/** Where the patient is on the recipe's grid: the EXTERNAL structure, else what the image shows; all of it where neither tells. */
function bodyMask({ prepared, study }: OpenInput, grid: Grid): Uint8Array {
  const structures = study?.structureSets[0]?.structures ?? [];
  const external = structures.filter(({ type }) => type.trim().toUpperCase() === 'EXTERNAL');
  const [only] = external;
  if (only && external.length === 1 && hasVolume(only)) {
    const mask = maskOf(only, grid);
    if (mask.includes(1)) return mask;
  }
  const image = imageOf(prepared);
  return image ? bodyOf([], image).mask : new Uint8Array(grid.size[0] * grid.size[1] * grid.size[2]).fill(1);
}

/** The structures of the set in use, tissue that none of them holds, and what lies outside the body. null for arrays. */
export function anatomyOf(input: OpenInput): Anatomy | null {
  const { prepared, study } = input;
  const { grid } = prepared;
  if (!grid || !study) return null;
  const body = bodyMask(input, grid);
  const unlabelled = Uint8Array.from(body);
  const parts: Part[] = [];
  for (const structure of study.structureSets[0]?.structures ?? []) {
    if (structure.type.trim().toUpperCase() === 'EXTERNAL' || !hasVolume(structure)) continue;
    if (!sameFrame(structure.frameOfReference, prepared.frameOfReference)) continue;
    const mask = maskOf(structure, grid);
    if (!mask.includes(1)) continue;
    mask.forEach((inside, v) => {
      if (inside === 1) unlabelled[v] = 0;
    });
    parts.push({ name: structure.name, kind: 'structure', mask });
  }
  parts.push({ name: 'unlabelled tissue', kind: 'unlabelled', mask: unlabelled });
  parts.push({ name: 'outside body', kind: 'outside', mask: body.map((inside) => 1 - inside) });
  return { body, parts };
}
