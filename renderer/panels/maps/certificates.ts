import type { Certificate } from '../../../shared/analysis/certificate';
import { compare } from '../../../shared/analysis/compare';
import { maps } from '../../../shared/analysis/maps';

interface Saved {
  readonly certificates: readonly Certificate[];
  /** Of a comparison: what tells the network that it ends in. */
  readonly last: string | null;
}

const known = new WeakMap<object, Saved>();

/** Checked once: a comparison tells more, and maps what one network shows. */
function savedOf(summary: Readonly<Record<string, unknown>>): Saved {
  const held = known.get(summary);
  if (held) return held;
  const compared = compare.summary.safeParse(summary);
  const own = compared.success ? null : maps.summary.safeParse(summary);
  const saved: Saved = compared.success
    ? {
        certificates: compared.data.certificates ?? [],
        last: Object.values(compared.data.networks).at(-1)?.sha256 ?? null,
      }
    : { certificates: own?.success === true ? (own.data.certificates ?? []) : [], last: null };
  known.set(summary, saved);
  return saved;
}

/** The death certificate of a channel, where the run has one. `network`: asked of a comparison that ends in this network alone. */
export function certificateOf(
  summary: Readonly<Record<string, unknown>> | undefined,
  network: string | null,
  node: string,
  channel: number,
): Certificate | null {
  if (!summary) return null;
  const { certificates, last } = savedOf(summary);
  if (network !== null && last !== network) return null;
  return certificates.find((own) => own.node === node && own.channel === channel) ?? null;
}
