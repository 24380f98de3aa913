import { hostileRows } from '@millrace/testkit/hostile-text';
import { describe, expect, test } from 'vitest';
import { gitOverNetwork } from './git-access.ts';
import { mirrorOf } from './mirror.ts';
import { meaningOf } from './refusals.ts';
import { parseGitmodules } from './submodule-list.ts';
import { submoduleUrl } from './submodule-url.ts';

describe('an address', () => {
  test.each(hostileRows)('has a mirror of one harmless name, for %s', (_, text) => {
    expect(mirrorOf('/m', 'git', text)).toMatch(/^\/m\/[\w-]{0,40}-[0-9a-f]{16}\.git$/);
    expect(mirrorOf('/m', 'git', text)).not.toBe(mirrorOf('/m', 'git', `${text}x`));
  });
});

describe('a password', () => {
  const credentials = { kind: 'password', username: 'ann', password: 'hunter2' } as const;

  test('is in the environment alone, for its server alone', () => {
    const url = 'https://example.org/app.git';
    const { args, env } = gitOverNetwork(['fetch', url], { url, credentials, folders: false });
    expect(args.join(' ')).not.toContain('hunter2');
    expect(args.join(' ')).toContain('credential.https://example.org.helper=');
    expect(args.slice(-2)).toEqual(['fetch', url]);
    expect(Object.values(env)).toContain('hunter2');
    expect(env['GIT_ALLOW_PROTOCOL']).toBe('git:http:https:ssh');
  });

  test('is not given to what is no server', () => {
    const { env } = gitOverNetwork(['fetch'], { url: 'git@example.org:app', credentials, folders: true });
    expect(Object.values(env)).not.toContain('hunter2');
    expect(env['GIT_ALLOW_PROTOCOL']).toBe('file:git:http:https:ssh');
  });
});

describe('the address of a submodule', () => {
  test.each([
    ['https://example.org/team/app.git', '../lib.git', 'https://example.org/team/lib.git'],
    ['https://example.org/team/app.git/', '../../other/lib', 'https://example.org/other/lib'],
    ['https://example.org/app', '../../lib', undefined],
    ['git@example.org:team/app.git', '../lib', 'git@example.org:team/lib'],
    ['git@example.org:app.git', '../lib', 'git@example.org:lib'],
    ['/srv/app', './lib', '/srv/app/lib'],
    ['/srv/app', '../lib/', '/srv/lib'],
    ['/srv/app', '../../../../etc', undefined],
    ['https://example.org/app', 'https://elsewhere.org/lib', 'https://elsewhere.org/lib'],
  ])('in %s, %s, is %s', (parent, url, whole) => {
    expect(submoduleUrl(parent, url)).toBe(whole);
  });

  test('is read from a .gitmodules, whatever stands in its names', () => {
    const text = [
      'submodule.a.b\n.path\nx',
      'submodule.lib.path\nvendor/lib',
      'submodule.lib.url\n../lib\nwith a line',
      'submodule.lib.update\n!touch hacked',
      'submodule.half.path\nhalf',
      'core.pager\nsh',
      'submodule.$(x).url\n-u',
      'submodule.$(x).path\n--p',
      '',
    ].join('\0');
    expect(parseGitmodules(text)).toEqual([
      { path: 'vendor/lib', url: '../lib\nwith a line' },
      { path: '--p', url: '-u' },
    ]);
  });
});

describe('what a program says of a repository that it cannot enter', () => {
  test.each([
    [
      "fatal: could not read Username for 'https://x': terminal prompts disabled",
      /wants a name and a password/,
    ],
    ['abort: http authorization required for http://x', /wants a name and a password/],
    ['git@github.com: Permission denied (publickey).', /none of the ssh keys/],
    ['Host key verification failed.', /does not know the server's key/],
    ['fatal: unable to access: Could not resolve host: nowhere', /no server of that name/],
    ['ssh: connect to host x port 22: Connection timed out', /not to be reached/],
    ['fatal: early EOF', /broke off/],
    ["The command 'hg' was not found in the PATH (/bin).", /Install it/],
  ])('%s', (words, meaning) => {
    expect(meaningOf(words)).toMatch(meaning);
  });

  test('and nothing where it says it all', () => {
    expect(meaningOf("fatal: couldn't find remote ref x")).toBeUndefined();
  });
});
