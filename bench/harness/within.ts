/** The outcome of `work`, or an error after so many minutes: what it has begun is undone by whoever owns it. */
export async function within<Outcome>(
  minutes: number,
  what: string,
  work: Promise<Outcome>,
): Promise<Outcome> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Error(`${what} did not come to its end within ${minutes} minutes`)),
      minutes * 60_000,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
