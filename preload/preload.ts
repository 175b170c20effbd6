import { contextBridge, ipcRenderer, webUtils } from 'electron';

/** All that the page has of the outside: named requests, their cancelling, and what the processes tell. Both ends check. */
contextBridge.exposeInMainWorld('isolens', {
  ask: (name: string, asked: unknown, requestId: string) => ipcRenderer.invoke('isolens:ask', name, asked, requestId),
  cancel: (requestId: string) => {
    ipcRenderer.send('isolens:cancel', requestId);
  },
  hear: (listener: (stream: string, event: unknown) => void) => {
    ipcRenderer.on('isolens:tell', (_, stream: string, event: unknown) => {
      listener(stream, event);
    });
  },
  pathOf: (file: File) => webUtils.getPathForFile(file),
});
