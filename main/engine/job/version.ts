import { version } from '../../../package.json';

/** The version that results carry. */
export const isolensVersion: string = version;
