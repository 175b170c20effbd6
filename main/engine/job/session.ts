import type { z } from 'zod';
import type { EngineRequests } from '../../../shared/contract/engine';
import type { engineStreams } from '../../../shared/contract/engine';
import type { Progress } from '../../../shared/job';
import type { BlobVolume } from '../../../shared/study';
import type { Volume, VoxelArray } from '../../../shared/volume';

/** Voxels that the window may fetch, by id. Whoever shows a volume owns its blob until `drop`. */
export interface Blobs {
  /** Keeps the volume and gives what the window needs to fetch it. `owner` names the study, network or job it belongs to. */
  keep(volume: Volume<VoxelArray>, owner: string): BlobVolume;
  /** Frees everything of one owner. */
  drop(owner: string): void;
}

/** What a handler is given besides what was asked. */
export interface Answering {
  readonly signal: AbortSignal;
  readonly progress: (progress: Progress) => void;
  readonly blobs: Blobs;
  readonly tell: <Name extends keyof typeof engineStreams>(
    stream: Name,
    event: z.input<(typeof engineStreams)[Name]>,
  ) => void;
}

/** Answers one request of the contract. Anything thrown becomes a problem at the edge. */
export type Handler<Name extends keyof EngineRequests> = (
  asked: z.output<EngineRequests[Name]['asks']>,
  answering: Answering,
) => Promise<z.input<EngineRequests[Name]['gives']>>;

export type Handlers = { readonly [Name in keyof EngineRequests]: Handler<Name> };
