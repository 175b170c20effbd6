import { BrowserWindow, shell } from 'electron';

/** A report in a window of its own, for a machine whose system has no browser. No script runs and nothing is followed. */
async function showHere(file: string): Promise<void> {
  const window = new BrowserWindow({
    width: 1120,
    height: 900,
    autoHideMenuBar: true,
    webPreferences: { sandbox: true, contextIsolation: true, nodeIntegration: false, javascript: false },
  });
  window.setMenu(null);
  window.webContents.setWindowOpenHandler(() => ({ action: 'deny' }));
  window.webContents.on('will-navigate', (event) => {
    event.preventDefault();
  });
  await window.loadFile(file);
}

/** Opens a file with the system's own program, a page else in a window of ours. Gives why it could not; empty: it did. */
export async function showFile(file: string): Promise<string> {
  const refusal = await shell.openPath(file);
  if (refusal === '' || !file.endsWith('.html')) return refusal;
  await showHere(file);
  return '';
}
