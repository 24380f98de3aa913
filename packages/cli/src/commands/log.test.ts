import { expect, test } from 'vitest';
import { detail, step } from '../../test/rows.ts';
import { runCommand } from '../../test/run-command.ts';
import { cut, ScriptedMaster, stream } from '../../test/scripted-master.ts';
import { logCommand } from './log.ts';

const raw = Buffer.from([0x68, 0x69, 0xff, 0x0a, 0x1b, 0x5b, 0x32, 0x4a, 0x0a]);

test('prints the raw bytes, whatever they are', async () => {
  await using master = await ScriptedMaster.start((call, response) =>
    call.path === '/builds/17' ? detail() : void response.end(raw),
  );
  const ran = await runCommand(logCommand, ['17'], { url: master.url });
  expect(ran.code).toBe(0);
  expect(ran.bytes).toEqual(raw);
  expect(master.calls.map((call) => call.path)).toEqual(['/builds/17', '/logs/30/raw']);
});

test('on a terminal nothing moves the cursor, unless --raw', async () => {
  await using master = await ScriptedMaster.start((_call, response) => void response.end(raw));
  const options = { url: master.url, terminal: true, env: { NO_COLOR: '1' } };
  expect((await runCommand(logCommand, ['--log', '30'], options)).stdout).toBe('hi\ufffd\n\\x1b[2J\n');
  expect((await runCommand(logCommand, ['--log', '30', '--raw'], options)).bytes).toEqual(raw);
});

test('a follower that is cut off in the middle gets each byte once', async () => {
  await using master = await ScriptedMaster.start((call, response) => {
    if (call.path === '/logs/30/follow?from=0') {
      stream(response, [
        { id: '4', data: { byte: 0, line: 0, text: 'one\n' } },
        { id: '6', data: { byte: 4, line: 1, text: 'tw' } },
      ]);
      return cut(response, 'id: 8\ndata: {"byte":6,"li');
    }
    stream(response, [
      // A master that begins a little before what was asked for.
      { id: '8', data: { byte: 4, line: 1, text: 'two\n' } },
      { id: '10', data: { byte: 8, line: 2, base64: Buffer.from([0xff, 0x0a]).toString('base64') } },
      { id: '10', event: 'end', data: {} },
    ]);
    return undefined;
  });
  const ran = await runCommand(logCommand, ['--log', '30', '-f'], { url: master.url });
  expect(ran.code).toBe(0);
  expect(ran.bytes).toEqual(Buffer.concat([Buffer.from('one\ntwo\n'), Buffer.from([0xff, 0x0a])]));
  expect(master.calls.map((call) => call.path)).toHaveLength(2);
});

test('following a build prints its logs one after the other, also those that open later', async () => {
  const log = (id: number) => ({ ...step().logs[0], id }) as (typeof first.logs)[number];
  const first = step({ name: 'compile' });
  let asked = 0;
  await using master = await ScriptedMaster.start((call, response) => {
    if (call.path === '/builds/17') {
      asked += 1;
      const running = detail({ state: 'running', result: null, finishedAt: null, steps: [first] });
      return asked < 3 ? running : detail({ steps: [first, step({ name: 'test', logs: [log(31)] })] });
    }
    if (call.path.startsWith('/logs/')) {
      const text = call.path.startsWith('/logs/30/') ? 'compiled\n' : 'tested\n';
      return stream(response, [
        { id: String(text.length), data: { byte: 0, line: 0, text } },
        { event: 'end', data: {} },
      ]);
    }
    return stream(response, [
      { id: 'c1', data: { cursor: 'c1', type: 'log.opened', at: 0, build: 17, data: {} } },
    ]);
  });
  const ran = await runCommand(logCommand, ['17', '--follow'], { url: master.url });
  expect(ran).toMatchObject({ code: 0, stdout: 'compiled\ntested\n' });
});

test('lines are counted from 1, and long ranges come in pages', async () => {
  await using master = await ScriptedMaster.start((call) => {
    const query = new URL(call.path, 'http://x').searchParams;
    const [from, count] = [Number(query.get('from') ?? query.get('cursor')), Number(query.get('count'))];
    const items = Array.from({ length: Math.min(count, 1500 - from) }, (_, index) => ({
      byte: 0,
      line: from + index,
      text: `${from + index + 1}\n`,
    }));
    return {
      items,
      nextCursor: from + count < 1500 ? String(from + count) : null,
      lines: 1500,
      state: 'closed',
    };
  });
  const ran = await runCommand(logCommand, ['--log', '30', '--lines', '1000-9000'], { url: master.url });
  const lines = ran.stdout.trimEnd().split('\n');
  expect([lines.length, lines[0], lines.at(-1)]).toEqual([501, '1000', '1500']);
  expect((await runCommand(logCommand, ['--log', '30', '--lines', '7'], { url: master.url })).stdout).toBe(
    '7\n',
  );
});

test.each([
  [['17', '--lines', '9-3']],
  [['17', '--lines', '0-3']],
  [['17', '-f', '--lines', '1-3']],
  [[]],
  [['a#b#']],
])('wrong usage exits 2: %j', async (args) => {
  const ran = await runCommand(logCommand, args);
  expect(ran.code).toBe(2);
  expect(ran.stderr).not.toBe('');
});

test('a step that the build does not have is told with those it has', async () => {
  await using master = await ScriptedMaster.start(() => detail());
  const ran = await runCommand(logCommand, ['17', 'tset'], { url: master.url });
  expect(ran).toMatchObject({ code: 2, stderr: 'millrace: build 17 has no step "tset"; it has: test.\n' });
});
