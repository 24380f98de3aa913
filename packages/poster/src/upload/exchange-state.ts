import { PosterError } from '../errors.ts';

/**
 * One request and its answer, as a machine without any I/O.
 *
 *     expecting --continue, deadline--> sending --body-sent--> sent
 *         |                               |   \                  |
 *         |                               |    write-failed      |
 *         |                               |        \             |
 *         head                            head     cut --head--. head
 *         |                               |                    | |
 *         +-------------------------------+----> answered <----+-+
 *                                                   |
 *         lost, deadline, source-failed, aborted -> over <- answer-ended, and all that can go wrong
 *
 * What must hold, whatever the order of events:
 *
 * - once the head of an answer is here, nothing that happens to the request loses the answer;
 * - a write error alone ends nothing: what the peer said before it hung up may still be heard;
 * - every phase has a deadline, so every exchange ends;
 * - after an early head nothing more is read from the sources.
 */
export type ExchangeState =
  /** The request's head is sent with `Expect: 100-continue`; the body waits. */
  | { readonly phase: 'expecting' }
  /** The body is being sent; `handed` once its last byte is given to the connection. */
  | { readonly phase: 'sending'; readonly handed: boolean }
  /** The whole body is written. */
  | { readonly phase: 'sent' }
  /** A write failed; what the peer said before is still to be heard. */
  | { readonly phase: 'cut'; readonly error: unknown }
  /**
   * The head of the answer is here and its body is read. `complete`: whether the whole form was sent;
   * undefined while its last bytes are on their way. `ended`: the answer is whole, only that is not settled.
   */
  | { readonly phase: 'answered'; readonly complete: boolean | undefined; readonly ended: boolean }
  | { readonly phase: 'over'; readonly ending: Ending };

/** How an exchange ended. */
type Ending =
  | { readonly kind: 'answered'; readonly complete: boolean; readonly bodyComplete: boolean }
  /** `resendable`: the connection failed, not the form or the answer. */
  | { readonly kind: 'failed'; readonly error: unknown; readonly resendable: boolean };

export type ExchangeEvent =
  /** The server sent 100. */
  | { readonly kind: 'continue' }
  /** A block was written. */
  | { readonly kind: 'moved' }
  /** The last byte of the body was given to the connection. */
  | { readonly kind: 'handed' }
  /** The last byte of the body was written. */
  | { readonly kind: 'body-sent' }
  | { readonly kind: 'write-failed'; readonly error: unknown }
  | { readonly kind: 'source-failed'; readonly error: unknown }
  /** The head of the final answer. */
  | { readonly kind: 'head' }
  | { readonly kind: 'answer-moved' }
  | { readonly kind: 'answer-ended' }
  | { readonly kind: 'answer-too-large' }
  /** The connection is gone: nothing more will be heard. */
  | { readonly kind: 'lost'; readonly error: unknown }
  /** The phase's deadline passed. */
  | { readonly kind: 'deadline' }
  | { readonly kind: 'aborted'; readonly reason: unknown };

export type ExchangeEffect =
  | { readonly kind: 'send-body' }
  /** Stop reading the sources and close them. */
  | { readonly kind: 'stop-body' }
  /** Set the phase's deadline anew. */
  | { readonly kind: 'arm'; readonly limit: 'expect' | 'idle' | 'response' | 'linger' };

export interface ExchangeStep {
  readonly state: ExchangeState;
  readonly effects: readonly ExchangeEffect[];
}

/** How an exchange begins. */
export function beginExchange(body: 'none' | 'at-once' | 'when-continued'): ExchangeStep {
  switch (body) {
    case 'none':
      return go({ phase: 'sent' }, arm('idle'));
    case 'at-once':
      return go({ phase: 'sending', handed: false }, { kind: 'send-body' }, arm('idle'));
    case 'when-continued':
      return go({ phase: 'expecting' }, arm('expect'));
    default:
      return body satisfies never;
  }
}

/** What an event makes of a state. An event that means nothing in a phase changes nothing. */
export function stepExchange(state: ExchangeState, event: ExchangeEvent): ExchangeStep {
  if (state.phase === 'over') return go(state);
  if (event.kind === 'aborted') return fail(event.reason);
  switch (state.phase) {
    case 'expecting':
      return stepExpecting(state, event);
    case 'sending':
      return stepSending(state, event);
    case 'sent':
      return stepSent(state, event);
    case 'cut':
      return stepCut(state, event);
    case 'answered':
      return stepAnswered(state, event);
    default:
      return state satisfies never;
  }
}

/** What a phase has to answer to: an abort ends them all alike. */
type PhaseEvent = Exclude<ExchangeEvent, { kind: 'aborted' }>;

type Phase<Name extends ExchangeState['phase']> = Extract<ExchangeState, { phase: Name }>;

function stepExpecting(state: Phase<'expecting'>, event: PhaseEvent): ExchangeStep {
  switch (event.kind) {
    case 'continue':
    case 'deadline':
      return beginExchange('at-once');
    case 'head':
      return answered(false);
    case 'lost':
      return lost(event.error);
    case 'moved':
    case 'handed':
    case 'body-sent':
    case 'write-failed':
    case 'source-failed':
    case 'answer-moved':
    case 'answer-ended':
    case 'answer-too-large':
      return go(state);
    default:
      return event satisfies never;
  }
}

function stepSending(state: Phase<'sending'>, event: PhaseEvent): ExchangeStep {
  switch (event.kind) {
    case 'moved':
      return go(state, arm('idle'));
    case 'handed':
      return go({ phase: 'sending', handed: true });
    case 'body-sent':
      return go({ phase: 'sent' }, arm('idle'));
    case 'write-failed':
      return go({ phase: 'cut', error: event.error }, { kind: 'stop-body' }, arm('linger'));
    case 'source-failed':
      return fail(event.error);
    case 'head':
      // The last bytes may have been read by the server before their write was reported here.
      return answered(state.handed ? undefined : false, { kind: 'stop-body' });
    case 'lost':
      return lost(event.error);
    case 'deadline':
      return late('nothing was taken by the server');
    case 'continue':
    case 'answer-moved':
    case 'answer-ended':
    case 'answer-too-large':
      return go(state);
    default:
      return event satisfies never;
  }
}

function stepSent(state: Phase<'sent'>, event: PhaseEvent): ExchangeStep {
  switch (event.kind) {
    case 'head':
      return answered(true);
    case 'lost':
      return lost(event.error);
    case 'deadline':
      return late('the form was sent, and no answer came');
    case 'continue':
    case 'moved':
    case 'handed':
    case 'body-sent':
    case 'write-failed':
    case 'source-failed':
    case 'answer-moved':
    case 'answer-ended':
    case 'answer-too-large':
      return go(state);
    default:
      return event satisfies never;
  }
}

function stepCut(state: Phase<'cut'>, event: PhaseEvent): ExchangeStep {
  switch (event.kind) {
    case 'head':
      return answered(false);
    case 'lost':
    case 'deadline':
      return lost(state.error);
    case 'continue':
    case 'moved':
    case 'handed':
    case 'body-sent':
    case 'write-failed':
    case 'source-failed':
    case 'answer-moved':
    case 'answer-ended':
    case 'answer-too-large':
      return go(state);
    default:
      return event satisfies never;
  }
}

function stepAnswered(state: Phase<'answered'>, event: PhaseEvent): ExchangeStep {
  switch (event.kind) {
    case 'body-sent':
      return settle({ ...state, complete: true });
    case 'write-failed':
    case 'source-failed':
      return state.complete === undefined ? settle({ ...state, complete: false }) : go(state);
    case 'answer-moved':
      return go(state, ...(state.complete === true ? [] : [arm('linger')]));
    case 'answer-ended':
      return settle({ ...state, ended: true });
    case 'lost':
      return cutShort(
        state,
        'ERR_POSTER_RESPONSE_CUT',
        'the connection was lost within the answer',
        event.error,
      );
    case 'answer-too-large':
      return cutShort(state, 'ERR_POSTER_RESPONSE_TOO_LARGE', 'the answer is longer than responseBytesMax');
    case 'deadline':
      return cutShort(state, 'ERR_POSTER_TIMEOUT', 'the answer did not end within responseMs');
    case 'continue':
    case 'moved':
    case 'handed':
    case 'head':
      return go(state);
    default:
      return event satisfies never;
  }
}

function answered(complete: boolean | undefined, ...effects: ExchangeEffect[]): ExchangeStep {
  return go(
    { phase: 'answered', complete, ended: false },
    ...effects,
    arm(complete === true ? 'response' : 'linger'),
  );
}

/** Ends the exchange if the answer is whole and it is known how much of the form was sent. */
function settle(state: Phase<'answered'>): ExchangeStep {
  if (!state.ended || state.complete === undefined) return go(state);
  return over({ kind: 'answered', complete: state.complete, bodyComplete: true });
}

/** An early answer is delivered with what came of it; one to a whole form must be whole itself. */
function cutShort(
  { complete, ended }: Phase<'answered'>,
  code: 'ERR_POSTER_RESPONSE_CUT' | 'ERR_POSTER_RESPONSE_TOO_LARGE' | 'ERR_POSTER_TIMEOUT',
  message: string,
  cause?: unknown,
): ExchangeStep {
  if (complete === true && !ended) return fail(new PosterError(code, message, { cause }));
  return over({ kind: 'answered', complete: complete === true, bodyComplete: ended });
}

function lost(cause: unknown): ExchangeStep {
  const badHead = cause instanceof Error && 'code' in cause && String(cause.code).startsWith('HPE_');
  const error = badHead
    ? new PosterError('ERR_POSTER_BAD_RESPONSE', 'the answer is not HTTP/1.1, or its head is too large', {
        cause,
      })
    : new PosterError('ERR_POSTER_RESET', 'the connection was lost before an answer came', { cause });
  return over({ kind: 'failed', error, resendable: !badHead });
}

function late(what: string): ExchangeStep {
  return fail(new PosterError('ERR_POSTER_TIMEOUT', `${what} for longer than idleMs`));
}

function fail(error: unknown): ExchangeStep {
  return over({ kind: 'failed', error, resendable: false });
}

function over(ending: Ending): ExchangeStep {
  return go({ phase: 'over', ending }, { kind: 'stop-body' });
}

function go(state: ExchangeState, ...effects: ExchangeEffect[]): ExchangeStep {
  return { state, effects };
}

function arm(limit: 'expect' | 'idle' | 'response' | 'linger'): ExchangeEffect {
  return { kind: 'arm', limit };
}
