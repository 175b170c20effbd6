import { startBackend as start } from '../network/tensorflow';
import type { Backend } from '../../../shared/result';

/** Loads what computes, on the wished rung or the highest that works. *Problem* network/backend-missing. */
export const startBackend = (rung?: Backend['rung']): Promise<Backend> => start(rung === undefined ? {} : { rung });
