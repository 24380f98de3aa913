import { messageOf } from '@millrace/kernel/errors';
import { PosterError, type PosterErrorCode } from '@millrace/poster';
import { exitCodes, type ExitCode } from '../client/exit-code.ts';
import { UsageError } from '../client/usage-error.ts';

interface Trouble {
  readonly exitCode: ExitCode;
  /** What to do, where the error's own message does not say it. */
  readonly advice?: string;
}

const usage: Trouble = { exitCode: exitCodes.usage };
const failure: Trouble = { exitCode: exitCodes.failure };
const sentAgain = '--retry sends it again, if twice does no harm.';

const troubles: Record<PosterErrorCode, Trouble> = {
  ERR_POSTER_OPTION: usage,
  ERR_POSTER_VALUE: usage,
  ERR_POSTER_NAME: usage,
  ERR_POSTER_HEADER: usage,
  ERR_POSTER_BOUNDARY: usage,
  ERR_POSTER_BOUNDARY_IN_CONTENT: failure,
  ERR_POSTER_LENGTH: usage,
  ERR_POSTER_LENGTH_MISMATCH: failure,
  ERR_POSTER_FILE_MISSING: {
    exitCode: exitCodes.usage,
    advice: 'Look at its name, and at the folder that this runs in. Nothing was sent.',
  },
  ERR_POSTER_FILE_FORBIDDEN: {
    exitCode: exitCodes.usage,
    advice: 'Let this user read it, or run this as one who may.',
  },
  ERR_POSTER_NOT_A_FILE: usage,
  ERR_POSTER_FILE_CHANGED: {
    exitCode: exitCodes.failure,
    advice: 'Send a copy, or send it again when nobody writes to it.',
  },
  ERR_POSTER_FILE_UNREADABLE: { exitCode: exitCodes.failure, advice: 'Look at the disk that it is on.' },
  ERR_POSTER_NO_FILES: failure,
  ERR_POSTER_SOURCE: failure,
  ERR_POSTER_NOT_REPLAYABLE: failure,
  ERR_POSTER_CONNECT: {
    exitCode: exitCodes.unreachable,
    advice: 'Look at the host and the port, and whether a server runs there; --retry tries again.',
  },
  ERR_POSTER_TLS: {
    exitCode: exitCodes.unreachable,
    advice: 'If the server is the right one, give the certificate of its authority with --ca.',
  },
  ERR_POSTER_PROXY: { exitCode: exitCodes.unreachable, advice: 'Look at --proxy, and what it allows.' },
  ERR_POSTER_RESET: { exitCode: exitCodes.unreachable, advice: sentAgain },
  ERR_POSTER_BAD_RESPONSE: {
    exitCode: exitCodes.unreachable,
    advice: 'Look whether the port is that of an HTTP server, and whether it wants https.',
  },
  ERR_POSTER_RESPONSE_TOO_LARGE: {
    exitCode: exitCodes.failure,
    advice: 'Everything was sent: ask the server whether it took it.',
  },
  ERR_POSTER_RESPONSE_CUT: {
    exitCode: exitCodes.failure,
    advice: 'Everything was sent: ask the server whether it took it.',
  },
  ERR_POSTER_TIMEOUT: {
    exitCode: exitCodes.unreachable,
    advice: 'Look at the server, and at the network on the way.',
  },
  ERR_POSTER_REDIRECT: { exitCode: exitCodes.failure, advice: 'Send to where it leads, if you trust that.' },
};

/** Why an upload brought no answer: a sentence that says what to do, and what the command ends with. */
export function uploadTrouble(error: unknown): { readonly sentence: string; readonly exitCode: ExitCode } {
  if (!(error instanceof PosterError)) {
    const exitCode = error instanceof UsageError ? exitCodes.usage : exitCodes.failure;
    return { sentence: messageOf(error), exitCode };
  }
  const { exitCode, advice } = troubles[error.code];
  return { sentence: advice === undefined ? error.message : `${error.message}. ${advice}`, exitCode };
}
