import type { z } from 'zod';
import type { Problem } from '../problem/problem';

/** One thing that the window may ask of a process: what it sends and what it gets, both checked at both ends. */
export interface Request<Asks extends z.ZodType = z.ZodType, Gives extends z.ZodType = z.ZodType> {
  readonly asks: Asks;
  readonly gives: Gives;
}

export const request = <Asks extends z.ZodType, Gives extends z.ZodType>(
  asks: Asks,
  gives: Gives,
): Request<Asks, Gives> => ({
  asks,
  gives,
});

/** What comes back: a value, or a problem as data. Nothing is thrown across processes. */
export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: Problem };
