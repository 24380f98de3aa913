/**
 * All results, or the first error, after `stop` has ended the other tasks and they have ended: nothing is
 * still running when this returns.
 */
export async function allOrNone<T extends readonly unknown[]>(
  stop: AbortController,
  tasks: { readonly [K in keyof T]: Promise<T[K]> },
): Promise<T> {
  let failed = false;
  let first: unknown;
  const settled = await Promise.allSettled(
    tasks.map((task: Promise<unknown>) =>
      task.catch((error: unknown) => {
        if (!failed) first = error;
        failed = true;
        stop.abort(error);
        throw error;
      }),
    ),
  );
  if (failed) throw first;
  return settled.map((result) => (result as PromiseFulfilledResult<unknown>).value) as unknown as T;
}
