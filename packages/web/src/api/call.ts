import type { Problem } from '@millrace/protocol/api/common';
import { tokenWanted } from './token-wanted.ts';

/** The master said no, or nothing: `message` is the sentence that a page shows. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** 0: no answer came. */
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.status = status;
    this.code = code;
  }
}

export type Query = Readonly<Record<string, string | number | undefined>>;

const tokenKey = 'millrace.token';

/** The token that this browser sends; a master on loopback may want none. */
export const token = {
  read: (): string | null => localStorage.getItem(tokenKey),
  write: (value: string): void => localStorage.setItem(tokenKey, value),
  forget: (): void => localStorage.removeItem(tokenKey),
};

/** Asks the API. Resolves with any 2xx; throws an {@link ApiError}. */
export async function call(path: string, query: Query = {}, init: RequestInit = {}): Promise<Response> {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value));
  const headers = new Headers(init.headers);
  const held = token.read();
  if (held !== null) headers.set('authorization', `Bearer ${held}`);
  const text = search.toString();
  let response: Response;
  try {
    response = await fetch(`/api/v1${path}${text === '' ? '' : `?${text}`}`, { ...init, headers });
  } catch (cause) {
    if (init.signal?.aborted) throw cause;
    throw new ApiError(0, 'unreachable', 'The master does not answer. The page tries again by itself.', {
      cause,
    });
  }
  if (!response.ok) throw await refusal(response);
  return response;
}

export async function get<Answer>(path: string, query?: Query, signal?: AbortSignal): Promise<Answer> {
  const response = await call(path, query, signal === undefined ? {} : { signal });
  return (await response.json()) as Answer;
}

/** `keepalive`: carried out also when the page is closed now. */
export async function post<Answer>(path: string, body: unknown, keepalive = false): Promise<Answer> {
  const response = await call(
    path,
    {},
    {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': randomKey() },
      body: JSON.stringify(body),
      keepalive,
    },
  ).catch((error: unknown) => {
    // A page that may be read without a token still asks for one where somebody does something.
    if (error instanceof ApiError && error.status === 401) tokenWanted.tell(error.message);
    throw error;
  });
  return (await response.json()) as Answer;
}

async function refusal(response: Response): Promise<ApiError> {
  const problem: Partial<Problem> = await response.json().catch(() => ({}));
  const sentence = problem.detail ?? problem.title ?? `The master answered ${response.status}.`;
  const fields = (problem.errors ?? [])
    .filter((error) => !sentence.includes(error.message))
    .map((error) => `${error.field}: ${error.message}`);
  const told = [sentence, ...fields].join(' ');
  return new ApiError(response.status, problem.code ?? `http-${response.status}`, told);
}

/** `crypto.randomUUID` is there only over TLS and on loopback. */
function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}
