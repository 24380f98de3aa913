import { describe, expect, test } from 'vitest';
import {
  beginExchange,
  stepExchange,
  type ExchangeEvent,
  type ExchangeState,
  type ExchangeStep,
} from './exchange-state.ts';

const error = new Error('cause');

const events: readonly ExchangeEvent[] = [
  { kind: 'continue' },
  { kind: 'moved' },
  { kind: 'handed' },
  { kind: 'body-sent' },
  { kind: 'write-failed', error },
  { kind: 'source-failed', error },
  { kind: 'head' },
  { kind: 'answer-moved' },
  { kind: 'answer-ended' },
  { kind: 'answer-too-large' },
  { kind: 'lost', error },
  { kind: 'deadline' },
  { kind: 'aborted', reason: error },
];

const begins = (['none', 'at-once', 'when-continued'] as const).map((body) => beginExchange(body));

/** All states that any order of events leads to, each with the shortest way there. */
function reachable(): Map<string, { state: ExchangeState; way: readonly ExchangeEvent[] }> {
  const found = new Map<string, { state: ExchangeState; way: readonly ExchangeEvent[] }>();
  const queue = begins.map(({ state }) => ({ state, way: [] as readonly ExchangeEvent[] }));
  for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
    const key = JSON.stringify(item.state);
    if (found.has(key)) continue;
    found.set(key, item);
    for (const event of events) {
      queue.push({ state: stepExchange(item.state, event).state, way: [...item.way, event] });
    }
  }
  return found;
}

const states = [...reachable().values()].map(({ state }) => state);

function run(start: ExchangeStep, ...kinds: ExchangeEvent['kind'][]): ExchangeState {
  return kinds.reduce<ExchangeState>((state, kind) => {
    const event = events.find((event) => event.kind === kind);
    return event === undefined ? state : stepExchange(state, event).state;
  }, start.state);
}

describe('in every state that any order of events leads to', () => {
  test('there are some of each phase', () => {
    expect(new Set(states.map((state) => state.phase))).toEqual(
      new Set(['expecting', 'sending', 'sent', 'cut', 'answered', 'over']),
    );
  });

  test('a deadline ends the exchange within two steps', () => {
    for (const state of states) {
      let next = state;
      for (let step = 0; step < 2; step += 1) next = stepExchange(next, { kind: 'deadline' }).state;
      expect(next.phase).toBe('over');
    }
  });

  test('so do an abort and a lost connection', () => {
    for (const state of states) {
      expect(stepExchange(state, { kind: 'aborted', reason: error }).state.phase).toBe('over');
      expect(stepExchange(state, { kind: 'lost', error }).state.phase).toBe('over');
    }
  });

  test('entering a phase sets its deadline', () => {
    const entered = [
      ...begins,
      ...states.flatMap((state) =>
        events.map((event) => stepExchange(state, event)).filter((step) => step.state.phase !== state.phase),
      ),
    ];
    for (const { state, effects } of entered) {
      if (state.phase !== 'over') expect(effects.map((effect) => effect.kind)).toContain('arm');
    }
  });

  test('an early answer survives all that happens to the request', () => {
    const toRequest = [
      'write-failed',
      'source-failed',
      'handed',
      'moved',
      'lost',
      'deadline',
      'answer-too-large',
    ];
    for (const state of states) {
      if (state.phase !== 'answered' || state.complete === true) continue;
      for (const event of events.filter((event) => toRequest.includes(event.kind))) {
        const next = stepExchange(state, event).state;
        if (next.phase === 'over') expect(next.ending).toMatchObject({ kind: 'answered', complete: false });
        else expect(next.phase).toBe('answered');
      }
    }
  });

  test('the sources rest once an answer or a failure is here', () => {
    for (const state of states) {
      for (const event of events) {
        const { state: next, effects } = stepExchange(state, event);
        if (state.phase === 'sending' && next.phase !== 'sending' && next.phase !== 'sent') {
          expect(effects).toContainEqual({ kind: 'stop-body' });
        }
        if (state.phase === 'answered' || state.phase === 'cut') {
          expect(effects).not.toContainEqual({ kind: 'send-body' });
        }
      }
    }
  });

  test('what is over stays as it is', () => {
    for (const state of states.filter((state) => state.phase === 'over')) {
      for (const event of events) expect(stepExchange(state, event)).toEqual({ state, effects: [] });
    }
  });
});

describe('an exchange', () => {
  const [none, atOnce, whenContinued] = begins as [ExchangeStep, ExchangeStep, ExchangeStep];
  const answered = (complete: boolean, bodyComplete: boolean): object => ({
    phase: 'over',
    ending: { kind: 'answered', complete, bodyComplete },
  });

  test('of a whole form and its answer is complete', () => {
    expect(run(atOnce, 'moved', 'handed', 'body-sent', 'head', 'answer-ended')).toEqual(answered(true, true));
    expect(run(none, 'head', 'answer-ended')).toEqual(answered(true, true));
    expect(run(whenContinued, 'continue', 'handed', 'body-sent', 'head', 'answer-ended')).toEqual(
      answered(true, true),
    );
    expect(run(whenContinued, 'deadline', 'handed', 'body-sent', 'head', 'answer-ended')).toEqual(
      answered(true, true),
    );
  });

  test('whose answer outruns the report of the last write is complete all the same', () => {
    expect(run(atOnce, 'handed', 'head', 'answer-ended', 'body-sent')).toEqual(answered(true, true));
    expect(run(atOnce, 'handed', 'head', 'body-sent', 'answer-ended')).toEqual(answered(true, true));
    expect(run(atOnce, 'handed', 'head', 'answer-ended', 'write-failed')).toEqual(answered(false, true));
    expect(run(atOnce, 'handed', 'head', 'answer-ended', 'deadline')).toEqual(answered(false, true));
  });

  test('that is answered early is not complete, in either order of answer and write error', () => {
    expect(run(atOnce, 'head', 'write-failed', 'answer-ended')).toEqual(answered(false, true));
    expect(run(atOnce, 'write-failed', 'head', 'answer-ended')).toEqual(answered(false, true));
    expect(run(atOnce, 'write-failed', 'head', 'lost')).toEqual(answered(false, false));
    expect(run(whenContinued, 'head', 'answer-ended')).toEqual(answered(false, true));
  });

  test.each([
    [['write-failed', 'lost'], 'ERR_POSTER_RESET', true],
    [['lost'], 'ERR_POSTER_RESET', true],
    [['deadline'], 'ERR_POSTER_TIMEOUT', false],
    [['handed', 'body-sent', 'deadline'], 'ERR_POSTER_TIMEOUT', false],
    [['handed', 'body-sent', 'head', 'lost'], 'ERR_POSTER_RESPONSE_CUT', false],
    [['handed', 'body-sent', 'head', 'deadline'], 'ERR_POSTER_TIMEOUT', false],
    [['handed', 'body-sent', 'head', 'answer-too-large'], 'ERR_POSTER_RESPONSE_TOO_LARGE', false],
  ] as const)('of %j fails with %s', (kinds, code, resendable) => {
    expect(run(atOnce, ...kinds)).toMatchObject({
      phase: 'over',
      ending: { kind: 'failed', error: { code }, resendable },
    });
  });
});
