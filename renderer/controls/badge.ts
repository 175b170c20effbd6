import type { Verdict } from '../../shared/verdict';

/** A verdict's level, or that there is none yet, or that it is being computed. Each has a shape and a sign of its own. */
export type BadgeKind = Verdict['level'] | 'none' | 'running';
