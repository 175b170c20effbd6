import { writeFile } from 'node:fs/promises';
import { describeNetwork } from '../engine/job/describeNetwork';
import type { Description, ReceptiveField } from '../../shared/network';

const sizes = (shape: readonly (number | null)[] | null): string =>
  shape === null
    ? '?'
    : shape
        .slice(1)
        .map((n) => (n === null ? '–' : String(n)))
        .join(' × ');

/** The sizes as the file orders them, where that is another order. */
function inFile({ shape, fileAxes }: Description['network']['inputs'][number]): string {
  if (!shape || !fileAxes || fileAxes.every((axis, a) => axis === a)) return '';
  return `  (in the file ${sizes(fileAxes.map((_, axis) => shape[fileAxes.indexOf(axis)] ?? null))})`;
}

function field(receptive: Description['nodes'][number]['receptiveField']): string {
  if (receptive === null) return '?';
  if (receptive === 'global') return 'global';
  if ('size' in receptive && Array.isArray(receptive.size))
    return (receptive as ReceptiveField).size.map((n) => (n === null ? 'all' : String(n))).join(' × ');
  return 'by input';
}

/** A description as a table for a terminal. */
export function describeText({ network, nodes, unsupported }: Description): string {
  const head = [
    `${network.name} · ${network.format} · ${network.parameters.toLocaleString('en')} parameters`,
    ...network.inputs.map((port) => `in   ${port.name} ${sizes(port.shape)}${inFile(port)}`),
    ...network.outputs.map((port) => `out  ${port.name} ${sizes(port.shape)}${inFile(port)}`),
  ];
  const rows = nodes.map((node) => [
    node.name,
    node.op,
    sizes(node.outputShape),
    String(node.parameters),
    field(node.receptiveField),
  ]);
  const title = ['node', 'op', 'output', 'parameters', 'receptive field'];
  const widths = title.map((word, c) => Math.max(word.length, ...rows.map((row) => row[c]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, c) => cell.padEnd(widths[c] ?? 0))
      .join('  ')
      .trimEnd();
  const unknown = unsupported.map(({ node, op, reason }) => `unsupported: ${node} (${op}): ${reason}`);
  return [...head, '', line(title), ...rows.map(line), ...unknown].join('\n');
}

/** What is in a network: a table, or with `json` the document `isolens/describe@1` (to stdout for `-`). */
export async function describe(path: string, { json }: { readonly json?: string }): Promise<void> {
  const description = await describeNetwork(path);
  const document = `${JSON.stringify(description, null, 2)}\n`;
  if (json === undefined) process.stdout.write(`${describeText(description)}\n`);
  else if (json === '-') process.stdout.write(document);
  else await writeFile(json, document);
}
