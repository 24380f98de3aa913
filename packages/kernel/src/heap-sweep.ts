/**
 * Collects all garbage of this thread's heap and gives what is empty back to the system. V8 itself collects when memory
 * is asked for: a thread that has done its work and rests keeps what it left behind, and an empty young generation as
 * large as it was under load. The thread stands still for some 3 ms for each MiB that lives.
 */
export async function sweepHeap(): Promise<void> {
  // Not imported, also not here: that has Node load all of HTTP and `fetch` for what else the inspector can tell of.
  const { Session } = process.getBuiltinModule('node:inspector');
  const session = new Session();
  session.connect();
  await new Promise<void>((resolve) => {
    session.post('HeapProfiler.collectGarbage', () => {
      // Not at once: V8 calls this with a lock held that disconnecting takes, too, and would wait for itself for ever.
      setImmediate(() => {
        session.disconnect();
        resolve();
      });
    });
  });
}
