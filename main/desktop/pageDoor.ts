import { ipcMain, type WebContents } from 'electron';
import { requests, type RequestName } from '../../shared/contract/contract';
import { desktopRequests } from '../../shared/contract/desktop';
import type { Answer } from '../../shared/contract/request';
import { IsolensError, problemOf } from '../../shared/problem/problem';
import type { DesktopAnswers } from './answers';
import type { Supervisor } from './supervisor';

type DesktopName = keyof typeof desktopRequests;
const isRequest = (name: string): name is RequestName => Object.hasOwn(requests, name);
const isDesktop = (name: string): name is DesktopName => Object.hasOwn(desktopRequests, name);

async function answerHere(answers: DesktopAnswers, name: DesktopName, asked: unknown): Promise<Answer<unknown>> {
  try {
    const { asks, gives } = desktopRequests[name];
    const handler = answers[name] as (asked: unknown) => Promise<unknown>;
    return { ok: true, value: gives.parse(await handler(asks.parse(asked))) };
  } catch (thrown) {
    return { ok: false, problem: problemOf(thrown) };
  }
}

/** The page's only door: requests from our own page are answered here or by the engine; from anybody else, not at all. */
export function openPageDoor(page: () => WebContents, answers: DesktopAnswers, engine: Supervisor): void {
  const trusted = (sender: WebContents, url: string | undefined): boolean =>
    sender === page() && url !== undefined && new URL(url).host === 'app' && url.startsWith('isolens://app/');
  ipcMain.handle(
    'isolens:ask',
    (event, name: unknown, asked: unknown, id: unknown): Promise<Answer<unknown>> | Answer<unknown> => {
      if (
        !trusted(event.sender, event.senderFrame?.url) ||
        typeof name !== 'string' ||
        typeof id !== 'string' ||
        !isRequest(name)
      ) {
        return { ok: false, problem: problemOf(new IsolensError('engine/bad-request', { request: String(name) })) };
      }
      return isDesktop(name) ? answerHere(answers, name, asked) : engine.ask(name, asked, id);
    },
  );
  ipcMain.on('isolens:cancel', (event, id: unknown) => {
    if (trusted(event.sender, event.senderFrame?.url) && typeof id === 'string') engine.cancel(id);
  });
}
