import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Profile, Stalls } from '@millrace/protocol/api/profiles';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCommand } from '../../test/run-command.ts';
import { ScriptedMaster } from '../../test/scripted-master.ts';
import { profileCommand } from './profile.ts';

let folder: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'millrace-profile-'));
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

const masters = { items: [{ name: 'm1', stoppedAt: null, startedAt: 1, seenAt: 1 }] };
const profile: Profile = {
  master: 'm1',
  version: '1.2',
  at: 1,
  seconds: 5,
  busyShare: 0.012,
  blockedMs: 0,
  loopDelay: { p50: 0.1, p99: 2, max: 30 },
  gc: { count: 3, ms: 4 },
  store: {
    commits: 9,
    segmentSyncs: 2,
    bytes: 4096,
    causes: [{ cause: 'journal.apply', operations: 20, commits: 8.5, bytes: 4096 }],
  },
  threads: [
    {
      thread: 'main',
      busyMs: 60,
      idleMs: 4_940,
      unsampledMs: 0,
      gcMs: 4,
      rooms: [{ room: 'api', selfMs: 60, totalMs: 60 }],
      functions: [
        {
          function: '<list>',
          file: 'master/src/api/builds.ts',
          line: 10,
          room: 'api',
          selfMs: 60,
          totalMs: 60,
        },
      ],
      flame: [
        { id: 1, parent: null, name: '(root)', room: 'root', totalMs: 60 },
        { id: 2, parent: 1, name: '<list> master/src/api/builds.ts', room: 'api', totalMs: 60 },
      ],
    },
  ],
};

const answering = (answer: unknown) =>
  ScriptedMaster.start(({ path: called }) => (called.startsWith('/masters?') ? masters : answer));

test('tells idle from busy first, then rooms, functions and what was written', async () => {
  await using scripted = await answering(profile);
  const ran = await runCommand(profileCommand, [], { url: scripted.url });
  expect(ran.stderr).toBe('');
  expect(ran.stdout).toBe(`m1 (1.2) was 1.2% busy and 98.8% idle for 5.0 s.
The event loop was late by 0.1 ms (p50), 2.0 ms (p99), 30.0 ms at most.
Garbage was collected 3 times, in 4.0 ms.

ROOM  SELF             TOTAL
api   60.0 ms  100.0%  60.0 ms  100.0%

FUNCTION  WHERE                        ROOM  SELF     TOTAL
<list>    master/src/api/builds.ts:10  api   60.0 ms  60.0 ms

Written: 9 commits and 2 files of logs, an fsync each; 4.0K bytes of logs.
CAUSE          OPERATIONS  COMMITS  BYTES
journal.apply  20          8.5      4.0K
`);
  expect(scripted.called('/masters/m1/profile')).toMatchObject([
    { method: 'POST', body: '{"seconds":5,"cpuProfile":false}' },
  ]);
});

test('tells threads apart, each with how busy it was, and that one was stuck', async () => {
  const [main] = profile.threads;
  const stuck = { thread: 'store', busyMs: 0, idleMs: 0, unsampledMs: 5_000, gcMs: 0 };
  const threads = [main, { ...stuck, rooms: [], functions: [], flame: [] }];
  await using scripted = await answering({ ...profile, threads });
  const { stdout } = await runCommand(profileCommand, [], { url: scripted.url });
  expect(stdout).toContain('Thread main: 1.2% busy, 60.0 ms\nROOM ');
  expect(stdout).toContain(
    'Thread store: 0.0% busy, 0.0 ms\nIt did one thing for 5000.0 ms, and could not be sampled meanwhile.\n',
  );
});

test('says of a master that is blocked that it is', async () => {
  await using scripted = await answering({ ...profile, blockedMs: 12_000, loopDelay: null, store: null });
  const ran = await runCommand(profileCommand, [], { url: scripted.url });
  expect(ran.stdout).toContain('Its event loop is blocked: it has not come round for 12.0 s.');
});

test('writes the samples and a page that loads nothing and escapes what it shows', async () => {
  const both = profile.threads.flatMap((thread): Profile['threads'] => [
    { ...thread, cpuProfile: { nodes: [] } },
    { ...thread, thread: 'store', cpuProfile: { nodes: [1] } },
  ]);
  await using scripted = await answering({ ...profile, threads: both });
  const [page, samples] = [path.join(folder, 'flame.html'), path.join(folder, 'a.cpuprofile')];
  const args = ['--seconds', '0.5', '--html', page, '--cpuprofile', samples, '--json'];
  const ran = await runCommand(profileCommand, args, { url: scripted.url });
  const [main] = profile.threads;
  expect(JSON.parse(ran.stdout)).toEqual({ ...profile, threads: [main, { ...main, thread: 'store' }] });
  expect(JSON.parse(fs.readFileSync(samples, 'utf8'))).toEqual({ nodes: [] });
  const ofStore = path.join(folder, 'a.store.cpuprofile');
  expect(JSON.parse(fs.readFileSync(ofStore, 'utf8'))).toEqual({ nodes: [1] });
  const html = fs.readFileSync(page, 'utf8');
  expect(html).toContain('<h2>Thread main</h2>');
  expect(html).toContain('<h2>Thread store</h2>');
  expect(html).toContain("default-src 'none'");
  expect(html).not.toMatch(/https?:|<list>|src=|@import/u);
  expect(html).toContain('&#60;list&#62; master/src/api/builds.ts: 60 ms, 100.0% (api)');
});

test('lists stalls by causes', async () => {
  const stalls: Stalls = {
    causes: [{ room: 'logs', function: 'merge a.ts', stalls: 2, totalMs: 900, longestMs: 600, lastAt: 0 }],
    stalls: [
      {
        at: 0,
        ms: 600,
        room: 'logs',
        function: 'merge a.ts',
        during: [{ room: 'logs', share: 0.9 }],
        before: [{ room: 'idle', share: 1 }],
        samples: 30,
      },
    ],
  };
  await using scripted = await answering(stalls);
  const ran = await runCommand(profileCommand, ['--stalls'], { url: scripted.url });
  expect(ran.stdout).toMatch(/^logs {3}merge a\.ts {2}2 {7}900 ms {4}600 ms/mu);
  expect(ran.stdout).toContain('1970-01-01T00:00:00.000Z  600 ms  logs 90%  idle 100%');
});

test('says what cannot be', async () => {
  const away = await runCommand(profileCommand, ['--data', folder]);
  expect(away.code).toBe(2);
  expect(away.stderr).toContain(`no master with a watcher keeps ${folder}`);
  for (const seconds of ['0', '31', 'x']) {
    const ran = await runCommand(profileCommand, ['--seconds', seconds]);
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining('from 0.1 to 30') });
  }
});
