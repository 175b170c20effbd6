import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { keyWords, valueWord } from '../../../main/engine/result/reportKeys';
import { channelStatuses } from '../../../shared/analysis/channelStatuses';
import { analysisDefinitions } from '../../../shared/analysis/list';

/** Every key of a schema, however deep. */
function keysOf(schema: unknown): string[] {
  if (schema instanceof z.ZodObject)
    return Object.entries(schema.shape).flatMap(([key, inner]) => [key, ...keysOf(inner)]);
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(keysOf);
  if (schema instanceof z.ZodArray) return keysOf(schema.element);
  if (schema instanceof z.ZodRecord) return keysOf(schema.valueType);
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault)
    return keysOf(schema.unwrap());
  if (schema instanceof z.ZodPipe) return keysOf(schema.in);
  return [];
}

describe('the words of the report', () => {
  it('name every key that an analysis puts into results.json', () => {
    for (const { parameters, values, summary } of analysisDefinitions) {
      const keys = [parameters, values, summary].flatMap(keysOf);
      expect(keys.length).toBeGreaterThan(0);
      expect(keys.filter((key) => !(key in keyWords))).toEqual([]);
    }
  });

  it('translate Isolens’ own words and leave names alone', () => {
    for (const status of channelStatuses.filter((one) => one !== 'dormant'))
      expect(valueWord('status', status, 'fr')).not.toBe(status);
    expect(valueWord('status', 'alive', 'en')).toBe('alive');
    expect(valueWord('name', 'dead', 'fr')).toBe('dead');
    expect(valueWord('name', 'unlabelled tissue', 'fr')).toBe('tissu hors contours');
  });
});
