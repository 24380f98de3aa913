import { expect, test } from 'vitest';
import { build, detail, request, step } from '../../test/rows.ts';
import { runCommand } from '../../test/run-command.ts';
import { cut, ScriptedMaster, stream } from '../../test/scripted-master.ts';
import { buildCommand } from './build.ts';
import { buildsCommand } from './builds.ts';
import { cancelCommand } from './cancel.ts';
import { queueCommand } from './queue.ts';
import { retryCommand } from './retry.ts';
import { watchCommand } from './watch.ts';

test('builds are a table, filtered by the master', async () => {
  const evil = build({ id: 18, state: 'running', result: null, finishedAt: null, branch: 'x\u001b[2J' });
  await using master = await ScriptedMaster.start(() => ({ items: [evil, build()], nextCursor: null }));
  const args = [
    '--builder',
    'linux',
    '--state',
    'finished',
    '--result',
    'failure',
    '--branch',
    'a b',
    '--limit',
    '5',
  ];
  const ran = await runCommand(buildsCommand, args, { url: master.url });
  expect(ran.stdout.split('\n').map((line) => line.split(/\s{2,}/u))).toEqual([
    ['ID', 'BUILD', 'STATE', 'REASON', 'BRANCH', 'REVISION', 'WORKER', 'TOOK', 'STARTED'],
    ['18', 'linux#4', '◐ running', 'x\\x1b[2J', '0123456789', 'w1', '2m 00s', '2 min ago'],
    ['17', 'linux#4', '✓ success', 'main', '0123456789', 'w1', '1m 05s', '2 min ago'],
    [''],
  ]);
  expect(master.calls[0]?.path).toBe(
    '/builds?limit=5&builder=linux&state=finished&result=failure&branch=a+b',
  );
});

test('builds are asked for by when they began, by the clock here', async () => {
  await using master = await ScriptedMaster.start(() => ({ items: [], nextCursor: null }));
  const args = [
    '--since',
    '2026-01-31T08:00:00Z',
    '--until',
    '2026-02-01T08:00:00Z',
    '--include',
    'properties',
  ];
  await runCommand(buildsCommand, args, { url: master.url });
  const [from, to] = [Date.parse('2026-01-31T08:00:00Z'), Date.parse('2026-02-01T08:00:00Z')];
  expect(master.calls[0]?.path).toBe(
    `/builds?limit=20&startedAfter=${from}&startedBefore=${to}&include=properties`,
  );
  const ran = await runCommand(buildsCommand, ['--since', 'yesterday'], { url: master.url });
  expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining('a date such as 2026-01-31') });
});

test('--json is the answer as it is', async () => {
  const answer = { items: [build()], nextCursor: 'n' };
  await using master = await ScriptedMaster.start(() => answer);
  const ran = await runCommand(buildsCommand, ['--json'], { url: master.url, terminal: true });
  expect(JSON.parse(ran.stdout)).toEqual(answer);
});

test('colours come on a terminal alone, and not with NO_COLOR; FORCE_COLOR is stronger', async () => {
  await using master = await ScriptedMaster.start(() => ({ items: [build()], nextCursor: null }));
  const { url } = master;
  expect((await runCommand(buildsCommand, [], { url, terminal: true })).stdout).toContain(
    '\u001b[32m✓ success',
  );
  const plain = await runCommand(buildsCommand, [], { url, terminal: true, env: { NO_COLOR: '1' } });
  expect(plain.stdout).not.toContain('\u001b');
  const forced = { url, env: { FORCE_COLOR: '1', NO_COLOR: '1' } };
  expect((await runCommand(buildsCommand, [], forced)).stdout).toContain('\u001b[32m');
  const never = { url, terminal: true, env: { FORCE_COLOR: '0' } };
  expect((await runCommand(buildsCommand, [], never)).stdout).not.toContain('\u001b');
});

test('a build is found by builder and number, and shows its steps and logs', async () => {
  const failed = detail({
    result: 'failure',
    reason: 'timed-out',
    steps: [
      step(),
      step({ name: 'slow', result: 'failure', reason: 'timed-out', exitCode: null, signal: 'SIGTERM' }),
    ],
  });
  const items = [{ line: 41, text: 'a.c:1:2: error: \u001b[2Jno' }];
  const errors = { step: 1, log: 30, kind: 'errors', items, wholeLog: true };
  await using master = await ScriptedMaster.start((call) => {
    if (call.path === '/builds/17/errors') return errors;
    return call.path === '/builds/17' ? failed : { items: [build()], nextCursor: null };
  });
  const ran = await runCommand(buildCommand, ['linux#4'], { url: master.url });
  expect(ran.stdout).toContain('what went wrong in slow\n      42  a.c:1:2: error: \\x1b[2Jno\n');
  expect(ran.stdout).toContain('run it here: millrace reproduce 17');
  expect(master.calls[0]?.path).toBe('/builds?builder=linux&number=4&limit=1');
  expect(ran.stdout).toContain('linux#4  ✗ failure  timed-out');
  expect(ran.stdout).toMatch(/slow +✗ failure timed-out +1m 00s +SIGTERM +output: 30 \(2 lines\)/u);
});

test('a build tells its machine, its links, and of each step why, its warnings and its tries', async () => {
  const tried = {
    try: 1,
    result: 'failure',
    reason: null,
    message: null,
    exitCode: 1,
    signal: null,
    endedAt: 0,
    nextInMs: 1,
  } as const;
  const told = detail({
    result: 'warnings',
    workerFacts: {
      os: 'linux',
      architecture: 'arm64',
      hostname: 'h',
      cpus: 8,
      memoryBytes: 1,
      version: '1',
      image: 'ci\u001b-7',
    },
    steps: [
      step({ name: 'cc', result: 'warnings', warnings: 12, tries: [tried] }),
      step({ name: 'docs', result: 'skipped', message: 'No docs changed.', startedAt: null }),
      step({ name: 'page', links: [{ label: 'Page', url: 'https://example.org/' }] }),
    ],
  });
  await using master = await ScriptedMaster.start((call) =>
    call.path === '/builds/17' ? told : { items: [build()], nextCursor: null },
  );
  const { stdout } = await runCommand(buildCommand, ['linux#4'], { url: master.url });
  expect(stdout).toContain('machine    ci\\x1b-7, linux arm64, 8 processors\n');
  expect(stdout).toContain('link       Page: https://example.org/\n');
  expect(stdout).toMatch(/cc +▲ warnings \(12 warnings\) \(try 2\)/u);
  expect(stdout).toMatch(/docs +– skipped No docs changed\./u);
});

test('a build number that does not exist exits 2', async () => {
  await using master = await ScriptedMaster.start(() => ({ items: [], nextCursor: null }));
  expect(await runCommand(buildCommand, ['linux#99'], { url: master.url })).toMatchObject({ code: 2 });
});

test('the queue says why each request waits', async () => {
  const waiting = request({
    state: 'pending',
    build: null,
    result: null,
    waitsFor: 'all slots of w1 are busy',
  });
  await using master = await ScriptedMaster.start(() => ({ items: [waiting], nextCursor: null }));
  const ran = await runCommand(queueCommand, [], { url: master.url });
  expect(ran.stdout).toContain('all slots of w1 are busy');
  expect(master.calls[0]?.path).toBe('/requests?limit=100&state=pending');
});

test('cancel takes a build or a request, and not both', async () => {
  await using master = await ScriptedMaster.start((call) =>
    call.path.startsWith('/requests') ? request() : build({ state: 'running', cancelling: true }),
  );
  const { url } = master;
  expect((await runCommand(cancelCommand, ['17', '--message', 'no'], { url })).stdout).toContain(
    'is being cancelled',
  );
  expect((await runCommand(cancelCommand, ['--request', '12'], { url })).stdout).toContain(
    'request 12 of linux',
  );
  expect(master.calls.map((call) => [call.path, call.body])).toEqual([
    ['/builds/17/cancel', '{"message":"no"}'],
    ['/requests/12/cancel', '{}'],
  ]);
  expect((await runCommand(cancelCommand, ['17', '--request', '12'], { url })).code).toBe(2);
  expect((await runCommand(cancelCommand, [], { url })).code).toBe(2);
});

test('retry tells the new request', async () => {
  await using master = await ScriptedMaster.start(() => ({ buildset: 10, requests: [13], revision: null }));
  expect((await runCommand(retryCommand, ['17'], { url: master.url })).stdout).toBe('request 13\n');
  expect(master.calls[0]?.path).toBe('/builds/17/retry');
});

test('watch goes on from its cursor after a cut, and ends when the master says no', async () => {
  const event = (cursor: string, over: object) => ({
    id: cursor,
    data: {
      cursor,
      at: 0,
      type: 'build.finished',
      builder: 'linux',
      build: 17,
      data: { result: 'failure' },
      ...over,
    },
  });
  await using master = await ScriptedMaster.start((call, response) => {
    if (call.path === '/events') {
      stream(response, [event('c1', {}), event('c2', { builder: 'other' })]);
      return cut(response);
    }
    response.statusCode = 403;
    return { title: 'scope-missing', detail: 'This token may not read events.' };
  });
  const ran = await runCommand(watchCommand, ['--builder', 'linux'], { url: master.url });
  expect(ran.stdout).toBe('00:00:00 build.finished     linux build=17 ✗ failure\n');
  expect(ran.code).toBe(2);
  expect(master.calls.map((call) => call.path)).toEqual(['/events', '/events?after=c2']);
});
