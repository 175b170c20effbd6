import { BrowserWindow } from 'electron';
import { access, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { IsolensError } from '../../shared/problem/problem';

/** Prints a results folder's report.html as report.pdf beside it (A4, with backgrounds). No script of the page runs. */
export async function printReport(folder: string): Promise<string> {
  const page = join(folder, 'report.html');
  const pdf = join(folder, 'report.pdf');
  try {
    await access(page);
  } catch (cause) {
    throw new IsolensError('desktop/no-report', {}, { file: folder }, cause);
  }
  const window = new BrowserWindow({ show: false, webPreferences: { sandbox: true, javascript: false } });
  try {
    await window.loadFile(page);
    const bytes = await window.webContents.printToPDF({
      pageSize: 'A4',
      printBackground: true,
      preferCSSPageSize: true,
    });
    await writeFile(`${pdf}.new`, bytes);
    await rename(`${pdf}.new`, pdf);
    return pdf;
  } finally {
    window.destroy();
  }
}
