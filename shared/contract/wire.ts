import type { Answer } from './request';
import type { RequestName, StreamName } from './contract';

/** What the main process sends to the engine. */
export type ToEngine =
  | { readonly kind: 'ask'; readonly id: string; readonly name: RequestName; readonly asked: unknown }
  | { readonly kind: 'cancel'; readonly id: string };

/** What the engine sends back. `ready` comes once, with the private socket from which voxels are fetched. */
export type FromEngine =
  | { readonly kind: 'ready'; readonly socket: string }
  | { readonly kind: 'answer'; readonly id: string; readonly answer: Answer<unknown> }
  | { readonly kind: 'tell'; readonly stream: StreamName; readonly event: unknown };
