import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import type { ClientSystem } from '../client/client-context.ts';
import { build, request } from '../../test/rows.ts';
import { runCommand } from '../../test/run-command.ts';
import { ScriptedMaster, stream } from '../../test/scripted-master.ts';
import { createProgram } from '../program.ts';
import { eventsCommand } from './events.ts';
import { requestCommand } from './requests.ts';
import { schedulerCommand } from './schedulers.ts';
import { workerCommand } from './worker.ts';

const hold = { state: 'paused', reason: 'a new disk', by: 'ann', at: 1 } as const;
const worker = {
  name: 'w1',
  connected: true,
  master: 'm1',
  silent: false,
  accepts: false,
  message: 'It is paused',
  hold,
  slots: 2,
  builds: [17],
  heardAt: 1,
  trust: 'default',
  clockOffsetMs: 0,
  facts: null,
};

/** A row of each list, by its path. */
const rows: Readonly<Record<string, object>> = {
  '/builds': build(),
  '/requests': request({ state: 'pending', waitsFor: 'w1 is busy' }),
  '/workers': worker,
  '/builders': {
    name: 'linux',
    description: 'x',
    tags: ['nightly'],
    repository: 'app',
    branch: 'main',
    workers: ['w1'],
    pending: 1,
    running: 2,
    lastBuild: build(),
  },
  '/schedulers': {
    name: 'pushes',
    kind: 'on-change',
    repository: 'app',
    branches: ['main'],
    builders: ['linux'],
    priority: 0,
    hold,
    lastChange: 5,
  },
  '/buildsets': {
    id: 9,
    scheduler: 'pushes',
    reason: 'a push',
    repository: 'app',
    branch: 'main',
    revision: 'abc',
    properties: {},
    createdAt: 1,
    state: 'waiting',
    result: null,
    requests: [request()],
  },
  '/changes': {
    id: 5,
    repository: 'app',
    branch: 'main',
    revision: 'abc',
    author: 'Ann',
    message: 'Mend it',
    committedAt: 1,
    seenAt: 1,
    files: ['a'],
    link: null,
  },
  '/repositories': {
    name: 'app',
    kind: 'git',
    branches: ['main'],
    tags: ['v*'],
    defaultBranch: 'main',
    watched: true,
    pollEveryMs: 500,
    lastPollAt: 1,
    lastReadAt: 1,
    nextPollAt: 2,
    trouble: { kind: 'credentials', message: 'It asks for a password.', since: 1, failures: 1 },
  },
  '/masters': { name: 'm1', startedAt: 1, seenAt: 1, stoppedAt: null },
  '/events': { cursor: 'c', type: 'build.finished', at: 1, builder: 'linux', data: { text: 'x' } },
};

/** The same with every text as bad as a text can be. Words of the API's own stay what they are. */
function evil(value: unknown): unknown {
  if (typeof value === 'string')
    return /^(?:running|finished|pending|claimed|success|failure|paused|waiting|closed|open)$/u.test(value)
      ? value
      : `${value}\u001b[2J\u0007\r\u009b1A\u202e`;
  if (Array.isArray(value)) return value.map(evil);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, evil(one)]));
}

const lists = [
  'builds',
  'queue',
  'requests',
  'workers',
  'builders',
  'schedulers',
  'buildsets',
  'changes',
  'repositories',
  'masters',
  'events',
];
const shows = [
  'worker show w',
  'request show 1',
  'builder show b',
  'scheduler show s',
  'buildset show 1',
  'change show 1',
  'repository show app',
];

const program = (system: ClientSystem): Command => createProgram(system);
// oxlint-disable-next-line no-control-regex
const harmful = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/u;

describe('what others wrote moves no cursor', () => {
  test.each([...lists, ...shows])('%s', async (line) => {
    await using master = await ScriptedMaster.start((call) => {
      const [path = ''] = /^\/[a-z]+/u.exec(call.path) ?? [];
      const row = evil(rows[path]);
      return /^\/[a-z]+\/./u.test(call.path) ? row : { items: [row], nextCursor: null };
    });
    const ran = await runCommand(program, line.split(' '), { url: master.url });
    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.stdout).toContain('\\x1b[2J');
    expect(ran.stdout).not.toMatch(harmful);
    const json = await runCommand(program, [...line.split(' '), '--json'], { url: master.url });
    expect(() => void JSON.parse(json.stdout)).not.toThrow();
    expect(json.stdout).not.toMatch(harmful);
  });

  test('neither does what a master says no with', async () => {
    await using master = await ScriptedMaster.start((_call, response) => {
      response.statusCode = 404;
      return { code: 'x', detail: 'no\u001b[2J\nworker', errors: [{ field: 'a\u0007', message: 'b\u009b' }] };
    });
    const ran = await runCommand(program, ['workers'], { url: master.url });
    expect(ran.code).toBe(2);
    expect(ran.stderr.replaceAll('\n', '')).not.toMatch(harmful);
  });
});

describe('a list', () => {
  test('tells of a pause also where the machine is away', async () => {
    const away = { ...worker, connected: false, message: 'It has never connected.' };
    await using master = await ScriptedMaster.start(() => ({ items: [away], nextCursor: null }));
    const ran = await runCommand(program, ['workers'], { url: master.url });
    expect(ran.stdout).toMatch(/^w1 +○ away .* paused by ann .*: a new disk$/mu);
  });

  test('passes its filters on, and says that there are more', async () => {
    await using master = await ScriptedMaster.start(() => ({ items: [worker], nextCursor: 'n' }));
    const args = ['workers', '--held', 'true', '--sort', '-slots', '--limit', '3'];
    const ran = await runCommand(program, args, { url: master.url });
    expect(master.calls[0]?.path).toBe('/workers?limit=3&held=true&sort=-slots');
    expect(ran.stdout).toMatch(/^w1 +▬ paused +17 +2 .* paused by ann \d+ d ago: a new disk$/mu);
    expect(ran.stderr).toContain('--cursor n');
  });

  test.each([
    ['workers', '--held', 'perhaps'],
    ['workers', '--sort', 'colour'],
    ['builds', '--limit', '0'],
    ['request', 'show', 'x'],
    ['request', 'priority', '1', '5000'],
    ['worker', 'pause', 'w1'],
  ])('wrong usage exits 2: %s %s %s', async (...args) => {
    const ran = await runCommand(
      program,
      args.filter((one) => one !== undefined),
    );
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).not.toBe('');
  });
});

describe('verbs', () => {
  test('send what they are told, and say what became of it', async () => {
    await using master = await ScriptedMaster.start((call) =>
      call.path.startsWith('/requests') ? request({ priority: 7 }) : worker,
    );
    const { url } = master;
    const said = async (make: (system: ClientSystem) => Command, ...args: string[]) =>
      (await runCommand(make, args, { url })).stdout;
    expect(await said(workerCommand, 'pause', 'w 1', '--reason', 'a new disk')).toBe(
      'worker w 1 is paused\n',
    );
    expect(await said(workerCommand, 'resume', 'w1')).toBe('worker w1 takes builds again\n');
    expect(await said(schedulerCommand, 'resume', 's', '--skip')).toBe('scheduler s decides again\n');
    expect(await said(requestCommand, 'priority', '12', '7')).toBe('request 12 of linux has priority 7\n');
    expect(await said(requestCommand, 'cancel', '12', '--message', 'no')).toContain('is cancelled');
    expect(master.calls.map(({ method, path, body }) => [method, path, body])).toEqual([
      ['POST', '/workers/w%201/pause', '{"reason":"a new disk"}'],
      ['POST', '/workers/w1/resume', '{}'],
      ['POST', '/schedulers/s/resume', '{"skip":true}'],
      ['POST', '/requests/12/priority', '{"priority":7}'],
      ['POST', '/requests/12/cancel', '{"message":"no"}'],
    ]);
    for (const call of master.calls) expect(call.headers['idempotency-key']).toMatch(/^[\w-]{16,}$/u);
  });

  test.each([
    ['drained', 0, 'worker w1 is drained\n'],
    ['paused', 3, 'worker w1 is paused\n'],
  ] as const)('drain --wait ends when the worker is %s, with %i', async (state, code, said) => {
    let asked = 0;
    await using master = await ScriptedMaster.start((call, response) => {
      if (call.path === '/events') return stream(response, [{ id: 'c1', data: { type: 'x', worker: 'w1' } }]);
      const now = call.method === 'GET' && ++asked > 1 ? state : 'draining';
      return { ...worker, hold: { ...hold, state: now } };
    });
    const args = ['drain', 'w1', '--reason', 'upgrade', '--wait'];
    expect(await runCommand(workerCommand, args, { url: master.url })).toMatchObject({ code, stdout: said });
  });
});

test('events are asked for as JSON, oldest first', async () => {
  await using master = await ScriptedMaster.start(() => ({ items: [rows['/events']], nextCursor: 'n' }));
  const ran = await runCommand(eventsCommand, ['--build', '17'], { url: master.url });
  expect(ran.stdout).toBe('00:00:00 build.finished     linux text=x\n');
  expect(master.calls[0]?.path).toBe('/events?after=start&limit=100&build=17');
  expect(master.calls[0]?.headers.accept).toBe('application/json');
});
