import { access, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { z } from 'zod';
import { IsolensError } from '../../shared/problem/problem';

/** `pinned/pinned.json` of a results folder: the pictures in the order in which they were pinned. */
const Pinned = z.array(z.strictObject({ file: z.string().regex(/^\d{3}\.png$/), caption: z.string() }));
type Pinned = z.infer<typeof Pinned>;

const folderName = 'pinned';
const begin = '<!-- pinned pictures -->';
const end = '<!-- end of pinned pictures -->';
const pngSignature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => `&#${String(sign.codePointAt(0) ?? 0)};`);

async function readPinned(folder: string): Promise<Pinned> {
  try {
    const read = Pinned.safeParse(JSON.parse(await readFile(join(folder, folderName, 'pinned.json'), 'utf8')));
    return read.success ? read.data : [];
  } catch {
    return []; // Nothing was pinned yet.
  }
}

async function replaceFile(file: string, content: string | Uint8Array): Promise<void> {
  await writeFile(`${file}.new`, content);
  await rename(`${file}.new`, file);
}

async function sectionOf(folder: string, pinned: Pinned, french: boolean): Promise<string> {
  const figures = await Promise.all(
    pinned.map(async ({ file, caption }) => {
      const png = await readFile(join(folder, folderName, file));
      return `<figure><img src="data:image/png;base64,${png.toString('base64')}" style="max-width:100%" alt="${escaped(caption)}"><figcaption>${escaped(caption)}</figcaption></figure>`;
    }),
  );
  return `${begin}<h2>${french ? 'Images épinglées' : 'Pinned pictures'}</h2>${figures.join('\n')}${end}`;
}

/** Lays the pinned pictures of a results folder into its report: a run that wrote the report anew left them out. */
export async function layPinned(folder: string): Promise<void> {
  const pinned = await readPinned(folder);
  if (pinned.length === 0) return;
  const file = join(folder, 'report.html');
  const page = await readFile(file, 'utf8');
  const from = page.indexOf(begin);
  const bare = from < 0 ? page : page.slice(0, from) + page.slice(page.indexOf(end, from) + end.length);
  const section = await sectionOf(folder, pinned, page.includes('<html lang="fr"'));
  const at = bare.lastIndexOf('</main>');
  await replaceFile(file, at < 0 ? bare + section : bare.slice(0, at) + section + bare.slice(at));
}

/** Pins a PNG to the report of a results folder. Gives how many the report has now. *Problems* desktop/no-report. */
export async function pinPicture(folder: string, caption: string, png: Uint8Array): Promise<number> {
  if (!isAbsolute(folder) || !pngSignature.every((byte, at) => png[at] === byte))
    throw new IsolensError('desktop/no-report', {}, { file: folder });
  try {
    await access(join(folder, 'report.html'));
  } catch (cause) {
    throw new IsolensError('desktop/no-report', {}, { file: folder }, cause);
  }
  const before = await readPinned(folder);
  const file = `${String(before.length + 1).padStart(3, '0')}.png`;
  const pinned = [...before, { file, caption }];
  await mkdir(join(folder, folderName), { recursive: true });
  await replaceFile(join(folder, folderName, file), png);
  await replaceFile(join(folder, folderName, 'pinned.json'), JSON.stringify(pinned, null, 2));
  await layPinned(folder);
  return pinned.length;
}
