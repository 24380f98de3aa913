import { expect, test } from 'vitest';
import { isFolder, isLocal, serverOf, sshHostOf, withoutLogins } from './address.ts';

test.each([
  ['/srv/app', 'folder', undefined, undefined],
  ['./app', 'folder', undefined, undefined],
  ['/srv/a:b', 'folder', undefined, undefined],
  [String.raw`C:\app`, 'folder', undefined, undefined],
  ['file:///srv/app', 'file', undefined, undefined],
  ['https://example.org/app.git', 'elsewhere', 'https://example.org', undefined],
  ['HTTP://ann@Example.org:8080/app', 'elsewhere', 'http://example.org:8080', undefined],
  ['ssh://git@example.org:22/app', 'elsewhere', undefined, 'example.org:22'],
  ['git@example.org:app.git', 'elsewhere', undefined, 'example.org'],
  ['example.org:app.git', 'elsewhere', undefined, 'example.org'],
  ['git://example.org/app', 'elsewhere', undefined, undefined],
  ['ext::sh -c x', 'elsewhere', undefined, 'ext'],
])('%s is a folder, of a server, or of an ssh host', (url, place, server, host) => {
  expect([isFolder(url), isLocal(url)]).toEqual([place === 'folder', place !== 'elsewhere']);
  expect([serverOf(url), sshHostOf(url)]).toEqual([server, host]);
});

test.each([
  ['https://ann:hunter2@example.org/a@b', 'https://example.org/a@b'],
  ['https://tok@n@example.org/', 'https://example.org/'],
  ["unable to access 'https://ann:hunter2@example.org/': no", "unable to access 'https://example.org/': no"],
  ['--upload-pack=x', '--upload-pack=x'],
  ['git@example.org:app.git', 'git@example.org:app.git'],
])('%s is shown without a name and a password', (text, shown) => {
  expect(withoutLogins(text)).toBe(shown);
});
