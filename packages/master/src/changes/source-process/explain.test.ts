import { repositoryConfigOf } from '@millrace/testkit/repository-config';
import { expect, it } from 'vitest';
import { explained } from './explain.ts';

const git = repositoryConfigOf({ name: 'app', url: 'git@git.example.org:app.git' });
const hg = repositoryConfigOf({ name: 'app', kind: 'hg', url: 'https://hg.example.org/app' });

/** What git, hg and ssh say, as they said it. */
it.each([
  [
    git,
    'ssh: connect to host git.example.org port 22: Connection refused\r\nfatal: Could not read from remote repository.\n\nPlease make sure you have the correct access rights\nand the repository exists.',
    'unreachable',
    'git could not read git@git.example.org:app.git: ssh: connect to host git.example.org port 22: Connection refused. Its host',
  ],
  [
    git,
    "fatal: unable to access 'https://ann:pw@git.example.org/app/': The requested URL returned error: 403",
    'credentials',
    "fatal: unable to access 'https://git.example.org/app/'",
  ],
  [
    git,
    "fatal: unable to access 'https://h/': Operation too slow. Less than 1000 bytes/sec transferred the last 60 seconds",
    'unreachable',
    'too slow',
  ],
  [
    git,
    "remote: Repository not found.\nfatal: repository 'https://github.com/o/x/' not found",
    'not-found',
    'Repository not found. There is no such repository',
  ],
  [
    git,
    'Load key "/k": Permission denied\ngit@h: Permission denied (publickey).\nfatal: Could not read',
    'credentials',
    'chmod 600',
  ],
  [
    git,
    'fatal: bad object HEAD',
    'unreadable',
    'git could not read git@git.example.org:app.git: fatal: bad object HEAD',
  ],
  [
    hg,
    'abort: http authorization required for https://hg.example.org/app',
    'credentials',
    'It asks for a password',
  ],
  [hg, 'abort: error: Name or service not known', 'unreachable', 'abort: error: Name or service'],
  [hg, 'abort: HTTP Error 404: Not Found', 'not-found', 'is the address right'],
])('%#: %j is understood', (repository, complaint, trouble, sentence) => {
  const error = explained(repository, { kind: 'failed', exitCode: 128, complaint }, 1_000);
  expect(error).toMatchObject({ trouble, message: expect.stringContaining(sentence) });
  expect(error.message).not.toContain('pw@');
});

it('says what is missing, and what took too long', () => {
  const missing = explained(hg, { kind: 'not-started', missing: true, message: 'ENOENT' }, 1_000);
  expect(missing.message).toBe('hg is not installed on the master, or not on its PATH.');
  const slow = explained(git, { kind: 'stopped', why: 'time' }, 600_000);
  expect(slow).toMatchObject({ trouble: 'too-slow', message: expect.stringContaining('within 600 s') });
});
