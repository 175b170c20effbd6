/** A Debian package of the unpacked application, with nothing but dpkg-deb. */
import { chmodSync, cpSync, lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { command } from '../provision/command.js';
import { bytesUnder, copyTo, filesUnder } from '../provision/files.js';
import { root } from '../provision/places.js';
import { lastLine } from '../provision/report.js';

const home = '/opt/isolens';

const depends = [
  'libgtk-3-0 | libgtk-3-0t64',
  'libnss3',
  'libasound2 | libasound2t64',
  'libgbm1',
  'libxss1',
  'libxtst6',
  'libnotify4',
  'libatspi2.0-0 | libatspi2.0-0t64',
  'libatk-bridge2.0-0 | libatk-bridge2.0-0t64',
  'libdrm2',
  'libuuid1',
  'libsecret-1-0',
  'xdg-utils',
];

/** Chromium's sandbox runs in user namespaces; where ordinary users have none its own helper must be root's, with the bit. */
const afterInstall = `#!/bin/sh
set -e
helper=${home}/chrome-sandbox
chown root:root "$helper"
if command -v runuser >/dev/null && runuser -u nobody -- unshare --user true 2>/dev/null; then
  chmod 0755 "$helper"
else
  chmod 4755 "$helper"
fi
if command -v update-desktop-database >/dev/null; then update-desktop-database -q /usr/share/applications || true; fi
if command -v gtk-update-icon-cache >/dev/null; then gtk-update-icon-cache -q -t /usr/share/icons/hicolor || true; fi
`;

const menuEntry = `[Desktop Entry]
Type=Application
Name=Isolens
Comment=How a network behaves on radiotherapy patients, beside the dose plan
Comment[fr]=Comment un réseau se comporte sur des patients de radiothérapie, à côté du plan de dose
Exec=/usr/bin/isolens %F
Icon=isolens
Terminal=false
Categories=Science;MedicalSoftware;
StartupWMClass=Isolens
`;

/** Builds `to` from the folder that electron-builder left. */
export async function packDeb(unpacked, to) {
  const facts = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const tree = `${to}.tree`;
  rmSync(tree, { recursive: true, force: true });
  try {
    mkdirSync(join(tree, 'usr/bin'), { recursive: true });
    cpSync(unpacked, join(tree, home), { recursive: true, verbatimSymlinks: true });
    symlinkSync(`${home}/isolens`, join(tree, 'usr/bin/isolens'));
    mkdirSync(join(tree, 'usr/share/applications'), { recursive: true });
    writeFileSync(join(tree, 'usr/share/applications/isolens.desktop'), menuEntry);
    for (const size of [16, 32, 48, 64, 128, 256, 512]) {
      const folder = join(tree, `usr/share/icons/hicolor/${String(size)}x${String(size)}/apps`);
      copyTo(join(root, `resources/icons/${String(size)}.png`), join(folder, 'isolens.png'));
    }
    const kibibytes = Math.ceil(bytesUnder(tree) / 1024);
    for (const file of filesUnder(tree)) {
      const found = lstatSync(file);
      if (!found.isSymbolicLink()) chmodSync(file, found.mode & 0o111 ? 0o755 : 0o644);
    }
    const control = join(tree, 'DEBIAN');
    mkdirSync(control);
    const fields = [
      ['Package', facts.name],
      ['Version', facts.version],
      ['Architecture', 'amd64'],
      ['Maintainer', `${facts.author} <isolens@localhost>`],
      ['Installed-Size', kibibytes],
      ['Depends', depends.join(', ')],
      ['Section', 'science'],
      ['Priority', 'optional'],
      ['Description', facts.description],
    ];
    writeFileSync(join(control, 'control'), fields.map(([name, value]) => `${name}: ${String(value)}\n`).join(''));
    writeFileSync(join(control, 'postinst'), afterInstall, { mode: 0o755 });
    const words = ['--root-owner-group', '-Zzstd', '-z6', '--threads-max=2', '--build', tree, to];
    const result = await command('dpkg-deb', words);
    if (!result.ok) throw new Error(`dpkg-deb: ${lastLine(result.err)}`);
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
}
