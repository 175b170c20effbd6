import { protocol, session } from 'electron';
import { readFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';

export const pageUrl = 'isolens://app/index.html';

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' blob: data:",
  "font-src 'self'",
  "worker-src 'self'",
  'connect-src isolens:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Must run before the app is ready: the page is served from our own scheme, since files have no rights here. */
export function declareScheme(): void {
  protocol.registerSchemesAsPrivileged([
    {
      scheme: 'isolens',
      privileges: { standard: true, secure: true, supportFetchAPI: true, corsEnabled: true, stream: true },
    },
  ]);
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

async function pageFile(root: string, path: string): Promise<Response> {
  const file = normalize(join(root, decodeURIComponent(path)));
  const type = types[extname(file)];
  if (!file.startsWith(root + sep) || type === undefined) return new Response(null, { status: 404 });
  try {
    const bytes = await readFile(file);
    return new Response(new Uint8Array(bytes), {
      headers: { 'content-type': type, 'content-security-policy': policy, 'x-content-type-options': 'nosniff' },
    });
  } catch {
    // A file that is not there: the page asked for something that was never built.
    return new Response(null, { status: 404 });
  }
}

function voxels(socket: string, path: string): Promise<Response> {
  return new Promise((resolve) => {
    const gone = (): void => {
      resolve(new Response(null, { status: 404, headers: { 'access-control-allow-origin': 'isolens://app' } }));
    };
    const ask = httpRequest({ socketPath: socket, path }, (reply) => {
      const parts: Buffer[] = [];
      reply.on('data', (part: Buffer) => parts.push(part));
      reply.on('error', gone);
      reply.on('end', () => {
        resolve(
          new Response(Buffer.concat(parts), {
            status: reply.statusCode ?? 500,
            headers: { 'content-type': 'application/octet-stream', 'access-control-allow-origin': 'isolens://app' },
          }),
        );
      });
    });
    ask.on('error', gone);
    ask.end();
  });
}

/** Answers `isolens://app/…` from the built page and `isolens://blob/ID?from=K&count=N` from the engine's private socket. */
export function serveScheme(page: string, socket: () => string | null): void {
  protocol.handle('isolens', (ask) => {
    const url = new URL(ask.url);
    if (url.host === 'app') return pageFile(page, url.pathname);
    const at = socket();
    if (url.host !== 'blob' || at === null) return new Response(null, { status: 404 });
    return voxels(at, url.pathname + url.search);
  });
}

const own = /^(isolens|blob|data|devtools):/;

/** Nothing leaves the machine: every other address is refused, whoever asks. */
export function refuseTheNetwork(): void {
  session.defaultSession.webRequest.onBeforeRequest((details, answer) => {
    answer({ cancel: !own.test(details.url) && !details.url.startsWith('file:') });
  });
  session.defaultSession.setPermissionRequestHandler((_, __, answer) => {
    answer(false);
  });
  session.defaultSession.setPermissionCheckHandler(() => false);
}
