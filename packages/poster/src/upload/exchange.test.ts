import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../test/manual-clock.ts';
import { MemoryConnection } from '../../test/memory-connection.ts';
import { multipartEncode } from '../encode/multipart-encode.ts';
import type { EncodedForm } from '../encode/encoded-form.ts';
import { exchange, type Outcome } from './exchange.ts';
import { afterPoll } from './last-words.ts';

const blockBytes = 100_000;
const head = 'HTTP/1.1 401 No\r\nContent-Length: 2\r\nX-Why: closed\r\n\r\n';

interface Scene {
  connection: MemoryConnection;
  clock: ManualClock;
  outcome: Promise<Outcome>;
  blocksRead: () => number;
  closed: () => boolean;
}

/** Begins an exchange of a form of `blocks` large blocks. */
function begin(
  options: { blocks?: number; expects?: boolean; known?: boolean; signal?: AbortSignal } = {},
): Scene {
  const { blocks = 20, expects = false, known = true, signal } = options;
  let read = 0;
  let closed = false;
  async function* source(): AsyncGenerator<Uint8Array> {
    try {
      for (; read < blocks; read += 1) yield new Uint8Array(blockBytes).fill(65);
    } finally {
      closed = true;
    }
  }
  const form: EncodedForm = multipartEncode([['a', known ? blobLike(source, blocks * blockBytes) : source]], {
    boundary: 'b',
  });
  const connection = new MemoryConnection();
  const clock = new ManualClock();
  const outcome = exchange({
    connection,
    method: 'POST',
    target: '/',
    headers: [['Host', 'memory']],
    form,
    meter: form.meter([], clock),
    expects,
    signal,
    clock,
    limits: { expectMs: 10, idleMs: 1000, responseMs: 5000, lingerMs: 200, responseBytesMax: 1000 },
  }).then((outcome) => {
    expect(clock.pending).toBe(0);
    expect(connection.destroyed).toBe(true);
    return outcome;
  });
  return { connection, clock, outcome, blocksRead: () => read, closed: () => closed };
}

/** A source of a known length over a function that opens. */
function blobLike(open: () => AsyncIterable<Uint8Array>, lengthBytes: number) {
  const { params } = multipartEncode({ a: open });
  const source = params[0]?.source;
  if (source === undefined) throw new Error('no source');
  return { ...source, lengthBytes };
}

const poll = (): Promise<void> => new Promise((resolve) => afterPoll(resolve));

/** Long enough for any wait for last words to be over; counted in turns of the event loop, not in time. */
async function manyPolls(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await poll();
}

describe('an exchange in memory', () => {
  test('sends head and body, and gives the answer', async () => {
    const { connection, outcome, closed } = begin({ blocks: 3 });
    await connection.acceptUntil(/--b--\r\n$/);
    connection.say(`HTTP/1.1 201 Made\r\nContent-Length: 2\r\n\r\nok`);
    const ended = await outcome;
    expect(ended).toMatchObject({ kind: 'answered', status: 201, complete: true, bodyComplete: true });
    expect(connection.accepted).toMatch(/^POST \/ HTTP\/1.1\r\nHost: memory\r\n/);
    expect(connection.accepted).toContain(
      `Content-Length: ${connection.accepted.split('\r\n\r\n').slice(1).join('\r\n\r\n').length}`,
    );
    expect(closed()).toBe(true);
  });

  test('sends a form of unknown length in chunks', async () => {
    const { connection, outcome } = begin({ blocks: 2, known: false });
    await connection.acceptUntil(/\r\n0\r\n\r\n$/);
    connection.say(`HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n`);
    expect(await outcome).toMatchObject({ kind: 'answered', complete: true });
    expect(connection.accepted).toContain('Transfer-Encoding: chunked');
  });

  test('is complete when the answer comes before the last write is reported', async () => {
    const { connection, outcome } = begin({ blocks: 1 });
    await connection.accept();
    while (!connection.accepted.endsWith('A')) await connection.accept();
    await connection.untilWritten();
    connection.say(`HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n`);
    await poll();
    await connection.accept();
    expect(await outcome).toMatchObject({ kind: 'answered', complete: true });
  });

  test('reads no further than one block ahead of a server that does not read', async () => {
    const { connection, clock, outcome, blocksRead } = begin({ blocks: 50 });
    await connection.accept();
    await connection.untilWritten();
    await manyPolls();
    expect(blocksRead()).toBeLessThan(4);
    clock.fireNext();
    expect(await outcome).toMatchObject({ kind: 'failed', error: { code: 'ERR_POSTER_TIMEOUT' } });
  });

  test('stops reading its sources when an early answer comes, with the connection left open', async () => {
    const { connection, outcome, blocksRead, closed } = begin({ blocks: 50 });
    await connection.accept();
    await connection.accept();
    connection.say(`${head}no`);
    expect(await outcome).toMatchObject({ status: 401, complete: false, bodyComplete: true });
    expect(blocksRead()).toBeLessThan(6);
    expect(closed()).toBe(true);
  });

  test('gives what came of an early answer that does not end', async () => {
    const { connection, clock, outcome } = begin();
    await connection.accept();
    connection.say(`HTTP/1.1 413 Large\r\n\r\npart of`);
    await poll();
    clock.fireNext();
    const ended = await outcome;
    expect(ended).toMatchObject({ status: 413, complete: false, bodyComplete: false });
    expect(Buffer.from((ended as { body: Uint8Array }).body).toString()).toBe('part of');
  });

  test('gives what came of an early answer that is endless', async () => {
    const { connection, outcome } = begin();
    await connection.accept();
    connection.say(`HTTP/1.1 413 Large\r\n\r\n${'x'.repeat(900)}`);
    connection.say('y'.repeat(900));
    expect(await outcome).toMatchObject({ status: 413, bodyComplete: false, complete: false });
  });

  test.each([
    ['is cut', 'ERR_POSTER_RESPONSE_CUT', (scene: Scene) => scene.connection.reset()],
    ['never ends', 'ERR_POSTER_TIMEOUT', (scene: Scene) => scene.clock.fireNext()],
    ['is endless', 'ERR_POSTER_RESPONSE_TOO_LARGE', (scene: Scene) => scene.connection.say('x'.repeat(2000))],
  ])('fails when the answer to a whole form %s', async (_what, code, act) => {
    const scene = begin({ blocks: 1 });
    await scene.connection.acceptUntil(/--b--\r\n$/);
    scene.connection.say('HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\nx');
    await manyPolls();
    act(scene);
    expect(await scene.outcome).toMatchObject({ kind: 'failed', error: { code }, resendable: false });
  });

  test.each([
    ['not HTTP', 'SSH-2.0-OpenSSH\r\n\r\n'],
    ['a head without end', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(200_000)}`],
  ])('fails when the answer is %s', async (_what, text) => {
    const { connection, outcome } = begin();
    await connection.accept();
    connection.say(text);
    expect(await outcome).toMatchObject({ kind: 'failed', error: { code: 'ERR_POSTER_BAD_RESPONSE' } });
  });

  test('waits for 100 before it reads a source, and clears that timer', async () => {
    const { connection, clock, outcome, blocksRead } = begin({ blocks: 1, expects: true });
    await connection.acceptUntil(/\r\n\r\n$/);
    await manyPolls();
    expect(connection.accepted).toContain('Expect: 100-continue');
    expect([blocksRead(), clock.pending]).toEqual([0, 1]);
    connection.say('HTTP/1.1 100 Continue\r\n\r\n');
    await connection.acceptUntil(/--b--\r\n$/);
    connection.say('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
    expect(await outcome).toMatchObject({ status: 200, complete: true });
  });

  test('sends after a while to a server that does not know 100', async () => {
    const { connection, clock, outcome } = begin({ blocks: 1, expects: true });
    await connection.acceptUntil(/\r\n\r\n$/);
    clock.fireNext();
    await connection.acceptUntil(/--b--\r\n$/);
    connection.say('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
    expect(await outcome).toMatchObject({ status: 200, complete: true });
  });

  test('ends, with no timer left, when its form was read before', async () => {
    const form = multipartEncode({ a: new Blob(['x']).stream() });
    form.discard();
    const clock = new ManualClock();
    const outcome = await exchange({
      connection: new MemoryConnection(),
      method: 'POST',
      target: '/',
      headers: [],
      form,
      meter: form.meter([], clock),
      expects: false,
      signal: undefined,
      clock,
      limits: { expectMs: 10, idleMs: 1000, responseMs: 5000, lingerMs: 200, responseBytesMax: 1000 },
    });
    expect(outcome).toMatchObject({ kind: 'failed', error: { code: 'ERR_POSTER_NOT_REPLAYABLE' } });
    expect(clock.pending).toBe(0);
  });

  test('ends at an abort, though its source is silent', async () => {
    const abort = new AbortController();
    const { connection, outcome } = begin({ signal: abort.signal });
    await connection.accept();
    const reason = new Error('enough');
    abort.abort(reason);
    expect(await outcome).toMatchObject({ kind: 'failed', error: reason, resendable: false });
  });
});

type Act = 'head' | 'body' | 'write fails' | 'hangs up' | 'resets';
type Gap = 'at once' | 'a poll later' | 'much later';

/** Every order of the acts in which the answer's head comes before its body. */
function orders(acts: readonly Act[]): Act[][] {
  if (acts.length === 0) return [[]];
  return acts
    .filter((act) => act !== 'body' || !acts.includes('head'))
    .flatMap((act) => orders(acts.filter((other) => other !== act)).map((rest) => [act, ...rest]));
}

const cases = (['hangs up', 'resets'] as const).flatMap((ending) =>
  orders(['head', 'body', 'write fails', ending]).flatMap((order) =>
    (['at once', 'a poll later', 'much later'] as const).map((gap) => ({ order, gap })),
  ),
);

describe('every order of an answer, a write error and the connection’s end', () => {
  test.each(cases)('$order, $gap', async ({ order, gap }) => {
    const { connection, outcome } = begin();
    await connection.accept();
    await connection.accept();
    await connection.untilWritten();
    for (const act of order) {
      perform(act, connection);
      if (gap === 'a poll later') await poll();
      if (gap === 'much later') await manyPolls();
    }
    const ended = await outcome;
    if (isHeard(order, gap)) expect(ended).toMatchObject({ kind: 'answered', status: 401, complete: false });
    else
      expect(ended).toMatchObject({ kind: 'failed', error: { code: 'ERR_POSTER_RESET' }, resendable: true });
  });
});

function perform(act: Act, connection: MemoryConnection): void {
  switch (act) {
    case 'head':
      return connection.say(head);
    case 'body':
      return connection.say('no');
    case 'write fails':
      return connection.failWrite();
    case 'hangs up':
      return connection.hangUp();
    case 'resets':
      return connection.reset();
    default:
      return act satisfies never;
  }
}

/** Whether the answer's head comes while anything can still arrive: not after the end, nor long after a failed write. */
function isHeard(order: readonly Act[], gap: Gap): boolean {
  for (const act of order) {
    if (act === 'head') return true;
    if (act === 'hangs up' || act === 'resets') return false;
    if (act === 'write fails' && gap === 'much later') return false;
  }
  return false;
}
