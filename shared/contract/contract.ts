import type { z } from 'zod';
import { desktopRequests, desktopStreams } from './desktop';
import { engineRequests, engineStreams } from './engine';

export const requests = { ...engineRequests, ...desktopRequests } as const;
export const streams = { ...engineStreams, ...desktopStreams } as const;

export type RequestName = keyof typeof requests;
export type StreamName = keyof typeof streams;
export type Asks<Name extends RequestName> = z.input<(typeof requests)[Name]['asks']>;
export type Gives<Name extends RequestName> = z.output<(typeof requests)[Name]['gives']>;
export type Tells<Name extends StreamName> = z.output<(typeof streams)[Name]>;
