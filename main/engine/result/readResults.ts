import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { IsolensError } from '../../../shared/problem/problem';
import { Results } from '../../../shared/result';
import { schemaIssueOf } from '../../../shared/schemaIssue';
import { resultsName } from './writeResults';

/** Reads a results folder's results.json. *Problems* result/file-missing, result/not-results. */
export async function readResults(folder: string): Promise<Results> {
  const file = resultsName;
  let text: string;
  try {
    text = await readFile(join(folder, file), 'utf8');
  } catch (cause) {
    throw new IsolensError('result/file-missing', { file }, { file }, cause);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new IsolensError('result/not-results', { file, reason: 'it is not whole JSON' }, { file }, cause);
  }
  const read = Results.safeParse(json);
  if (read.success) return read.data;
  const issue = schemaIssueOf(read.error, Results);
  const reason = issue.kind === 'unknown-key' ? `unknown key ${issue.key}` : `${issue.key}: ${issue.reason}`;
  throw new IsolensError('result/not-results', { file, reason }, { file });
}
