import { BrowserWindow, screen } from 'electron';
import { pageUrl } from './protocol';

/** The one window: sandboxed, isolated, without a way to navigate or to open others. */
export function openWindow(preload: string): BrowserWindow {
  const room = screen.getPrimaryDisplay().workAreaSize;
  const window = new BrowserWindow({
    width: Math.min(1600, room.width),
    height: Math.min(1000, room.height),
    minWidth: Math.min(1024, room.width),
    minHeight: Math.min(700, room.height),
    backgroundColor: '#07090b',
    title: 'Isolens',
    show: false,
    autoHideMenuBar: true,
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
      devTools: process.env['ISOLENS_DEVTOOLS'] === '1',
    },
  });
  window.setMenu(null);
  window.once('ready-to-show', () => {
    window.show();
  });
  const { webContents } = window;
  webContents.setWindowOpenHandler(() => ({ action: 'deny' }));
  webContents.on('will-navigate', (event) => {
    event.preventDefault();
  });
  webContents.on('will-attach-webview', (event) => {
    event.preventDefault();
  });
  // Pinch and Ctrl+wheel belong to the views; the page itself keeps its size.
  void webContents.setVisualZoomLevelLimits(1, 1);
  void window.loadURL(pageUrl);
  return window;
}
