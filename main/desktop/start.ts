import { app, Menu, type BrowserWindow } from 'electron';
import { resolve } from 'node:path';
import type { StreamName } from '../../shared/contract/contract';
import { desktopAnswers } from './answers';
import { openPageDoor } from './pageDoor';
import { placesOf } from './places';
import { declareScheme, refuseTheNetwork, serveScheme } from './protocol';
import { printReport } from './printReport';
import { supervise, type Supervisor } from './supervisor';
import { openWindow } from './window';

/** Words of the command line that are paths: the executable, switches and the checkout's own folder left out. */
function pathsOf(words: readonly string[]): string[] {
  const paths = words.slice(1).filter((word) => !word.startsWith('-'));
  // From a checkout Electron is told which folder to run; it stands before anything that the user named.
  return (app.isPackaged ? paths : paths.slice(1)).map((word) => resolve(word));
}

async function printAndLeave(folder: string): Promise<void> {
  try {
    process.stdout.write(`${await printReport(resolve(folder))}\n`);
    app.exit(0);
  } catch (thrown) {
    process.stderr.write(`${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
    app.exit(1);
  }
}

async function start(): Promise<void> {
  declareScheme();
  Menu.setApplicationMenu(null);
  const print = app.commandLine.getSwitchValue('print-report');
  if (print) {
    await app.whenReady();
    await printAndLeave(print);
    return;
  }
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return;
  }
  let window: BrowserWindow | null = null;
  let engine: Supervisor | null = null;
  const tell = (stream: StreamName, event: unknown): void => {
    if (window && !window.isDestroyed()) window.webContents.send('isolens:tell', stream, event);
  };
  app.on('second-instance', (_, words) => {
    tell('desktop/open', { paths: pathsOf(words) });
    if (window?.isMinimized()) window.restore();
    window?.focus();
  });
  app.on('window-all-closed', () => {
    app.quit();
  });
  app.on('will-quit', () => {
    engine?.stop();
  });
  await app.whenReady();
  const places = placesOf();
  refuseTheNetwork();
  engine = supervise(places.node, places.engine, tell);
  const supervisor = engine;
  serveScheme(places.page, () => supervisor.socket());
  window = openWindow(places.preload);
  const shown = window;
  openPageDoor(
    () => shown.webContents,
    desktopAnswers(
      places,
      () => shown,
      () => pathsOf(process.argv),
    ),
    engine,
  );
}

void start();
