import type { ReceptiveField } from '../../../shared/network';
import type { LoadedNetwork } from '../network/network';

/** The receptive field of a node on the network's only input; null where it is global, unknown, or there are several inputs. */
export function receptiveFieldOf({ description }: LoadedNetwork, node: string): ReceptiveField | null {
  const field = description.nodes.find(({ name }) => name === node)?.receptiveField;
  if (!field || field === 'global') return null;
  if (Array.isArray(field.size)) return field as ReceptiveField;
  const fields = Object.values(field as Record<string, ReceptiveField | 'global'>);
  return fields.length === 1 && fields[0] !== undefined && fields[0] !== 'global' ? fields[0] : null;
}
