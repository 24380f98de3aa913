/**
 * What is waited for, or undefined as soon as the signal aborts: a repository may take minutes to answer, and
 * whoever stops does not wait for it. What comes later, an error too, is dropped.
 */
export function unlessAborted<Answer>(
  answer: Promise<Answer>,
  signal: AbortSignal,
): Promise<Answer | undefined> {
  return new Promise((resolve, reject) => {
    const stop = (): void => resolve(undefined);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
