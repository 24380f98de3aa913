import { PosterError } from '../errors.ts';

/** The part of an answer that says why a body had to be sent again. */
export interface RefusedResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

/**
 * The body has to be sent again (new credentials, a redirect, a lost connection) and one of its sources was a
 * stream that is already read. `response` is the answer that asked for it, if one did; `cause` the loss, if not.
 */
export class NotReplayableError extends PosterError {
  override readonly name = 'NotReplayableError';
  readonly response: RefusedResponse | undefined;

  constructor(message: string, options: ErrorOptions & { response?: RefusedResponse | undefined } = {}) {
    super('ERR_POSTER_NOT_REPLAYABLE', message, options);
    this.response = options.response;
  }
}
