import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { build, request } from '../../test/rows.ts';
import { runCommand } from '../../test/run-command.ts';
import { cut, problem, ScriptedMaster, stream } from '../../test/scripted-master.ts';
import { forceCommand } from './force.ts';

const forced = { buildset: 9, requests: [12], revision: '0123456789abcdef0123456789abcdef01234567' };
const event = (type: string, over: object = {}) => ({
  cursor: 'c',
  type,
  at: 0,
  request: 12,
  data: {},
  ...over,
});

test('asks for a build with its branch, revision and properties', async () => {
  await using master = await ScriptedMaster.start(() => forced);
  const args = [
    'li nux',
    '--branch',
    'main',
    '--revision',
    'abcd',
    '--property',
    'a=1',
    '--property',
    'b=x=y',
  ];
  const ran = await runCommand(forceCommand, args, { url: master.url, token: 'secret' });
  expect(ran).toMatchObject({ code: 0, stdout: 'request 12 at 0123456789\n' });
  expect(master.calls).toHaveLength(1);
  expect(master.calls[0]).toMatchObject({ method: 'POST', path: '/builders/li%20nux/force' });
  expect(master.calls[0]?.headers.authorization).toBe('Bearer secret');
  expect(JSON.parse(master.calls[0]?.body ?? '')).toEqual({
    branch: 'main',
    revision: 'abcd',
    properties: { a: '1', b: 'x=y' },
  });
});

test('a call whose answer was lost is repeated with the same key', async () => {
  await using master = await ScriptedMaster.start((_call, response) => {
    if (master.calls.length > 1) return forced;
    response.socket?.destroy();
    return undefined;
  });
  expect(await runCommand(forceCommand, ['linux'], { url: master.url })).toMatchObject({ code: 0 });
  const [first, second] = master.calls.map((call) => call.headers['idempotency-key']);
  expect(first).toMatch(/^[\w-]{16,}$/u);
  expect(second).toBe(first);
});

test.each([
  ['success', 0],
  ['warnings', 0],
  ['failure', 1],
  ['exception', 3],
  ['cancelled', 3],
] as const)('with --wait a request that ends as %s exits %i', async (result, code) => {
  await using master = await ScriptedMaster.start((call, response) => {
    if (call.method === 'POST') return forced;
    if (call.path === '/requests/12') return request({ result });
    if (call.path === '/builds/17') return build({ result });
    return stream(response, []);
  });
  const ran = await runCommand(forceCommand, ['linux', '--wait'], { url: master.url });
  expect(ran.code).toBe(code);
  expect(ran.stdout).toContain(result);
});

test('with --wait it follows the request through a retry and a master that goes away', async () => {
  const turns = [
    request({ state: 'claimed', build: 17, result: null, finishedAt: null }),
    request({ state: 'pending', build: 17, result: null, retries: 1, waitsFor: 'trying again in 5 s' }),
    request({ build: 18, retries: 1 }),
  ];
  let turn = -1;
  const seen = new Set<number>();
  let events: ServerResponse | undefined;
  await using master = await ScriptedMaster.start((call, response) => {
    if (call.method === 'POST') return forced;
    if (call.path === '/requests/12') {
      // Asked for the second time in a turn: the client has seen the turn's event, and is cut off.
      if (seen.has(turn) && events !== undefined) cut(events);
      seen.add(turn);
      return turns[turn];
    }
    if (call.path === '/builds/17') {
      return turn === 0
        ? build({ state: 'running', result: null, finishedAt: null })
        : build({ result: 'exception', reason: 'worker-lost' });
    }
    if (call.path === '/builds/18') return build({ id: 18, number: 5, worker: 'w2' });
    if (call.path === '/events?after=c0' && master.called(call.path).length === 1) {
      return problem(response, 503, 'starting', 'The master is starting.');
    }
    turn += 1;
    events = response;
    return stream(response, [{ id: `c${turn}`, data: event('build.finished') }]);
  });
  const ran = await runCommand(forceCommand, ['linux', '--wait'], { url: master.url });
  expect(ran.code).toBe(0);
  expect(ran.stdout).toContain('build 17 (linux#4) started on w1');
  expect(ran.stdout).toContain('build 18 (linux#5) ✓ success');
  expect(ran.stderr).toContain('lost the master at');
  expect(ran.stderr).toContain('the master is back');
  expect(master.calls.map((call) => call.path).filter((path) => path.startsWith('/events'))).toEqual([
    '/events',
    '/events?after=c0',
    '/events?after=c0',
    '/events?after=c1',
  ]);
});

test('a cursor of another store begins anew', async () => {
  let events: ServerResponse | undefined;
  await using master = await ScriptedMaster.start((call, response) => {
    if (call.method === 'POST') return forced;
    if (call.path === '/requests/12') {
      if (master.called('/events').length === 2) return request({ build: null, result: 'cancelled' });
      if (master.called('/requests/12').length === 2 && events !== undefined) cut(events);
      return request({ state: 'pending', build: null, result: null });
    }
    if (call.path === '/events?after=old') return problem(response, 410, 'cursor-epoch', 'Another store.');
    events = response;
    return stream(response, [{ id: 'old', data: event('request.added') }]);
  });
  const ran = await runCommand(forceCommand, ['linux', '--wait', '--json'], { url: master.url });
  expect(ran.code).toBe(3);
  expect(JSON.parse(ran.stdout)).toMatchObject({ id: 12, result: 'cancelled' });
  expect(master.called('/events?after=old')).toHaveLength(1);
});

test('a master that is not there exits 4 and says where it was looked for', async () => {
  const master = await ScriptedMaster.start(() => forced);
  const { url } = master;
  await master[Symbol.asyncDispose]();
  const ran = await runCommand(forceCommand, ['linux', '--wait'], { url });
  expect(ran).toMatchObject({ code: 4, stdout: '' });
  expect(ran.stderr).toContain(url);
  expect(ran.stderr).toContain('millrace up');
});

test.each([
  [['linux', '--property', 'nothing']],
  [['linux', '--property', '=x']],
  [['linux', '--what']],
  [['linux', '--priority', 'high']],
  [[]],
])('wrong usage exits 2: %j', async (args) => {
  expect((await runCommand(forceCommand, args)).code).toBe(2);
});

test('an unknown builder exits 2 with the sentence of the master', async () => {
  await using master = await ScriptedMaster.start((_call, response) =>
    problem(response, 404, 'builder-unknown', 'There is no builder "nope"; there are: linux.'),
  );
  const ran = await runCommand(forceCommand, ['nope'], { url: master.url });
  expect(ran).toMatchObject({ code: 2, stderr: 'millrace: There is no builder "nope"; there are: linux.\n' });
});

test('a wrong token exits 2 and names the variable', async () => {
  await using master = await ScriptedMaster.start((_call, response) =>
    problem(response, 401, 'token-wrong', 'No such token.'),
  );
  const ran = await runCommand(forceCommand, ['linux'], { url: master.url });
  expect(ran.code).toBe(2);
  expect(ran.stderr).toContain('does not take what MILLRACE_TOKEN has: No such token.');
});

test('a token that is none is not sent, and not printed either', async () => {
  await using master = await ScriptedMaster.start(() => ({}));
  const ran = await runCommand(forceCommand, ['linux'], {
    url: master.url,
    env: { MILLRACE_TOKEN: 'mr_secret\nmr_other' },
  });
  expect(ran.code).toBe(2);
  expect(ran.stderr).toContain('MILLRACE_TOKEN has spaces');
  expect(ran.stderr).not.toContain('mr_');
  expect(master.calls).toEqual([]);
});

test('a URL that is none exits 2', async () => {
  const ran = await runCommand(forceCommand, ['linux'], { url: 'localhost:8010' });
  expect(ran.code).toBe(2);
  expect(ran.stderr).toContain('MILLRACE_URL');
});
