import type { HttpLane } from './http-lane.ts';
import type { MasterProcess } from './master-process.ts';

/** Calls `act` for 0 up to `count`, in so many connections beside each other. */
export async function inLanes(
  master: MasterProcess,
  { count, lanes }: { readonly count: number; readonly lanes: number },
  act: (lane: HttpLane, index: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  const walk = async (): Promise<void> => {
    using lane = master.lane();
    while (next < count) await act(lane, next++);
  };
  await Promise.all(Array.from({ length: Math.min(lanes, count) }, walk));
}

/** Adds so many requests, to the builders in turn. */
export function enqueue(master: MasterProcess, count: number, builders: readonly string[]): Promise<void> {
  return inLanes(master, { count, lanes: 64 }, (lane, index) =>
    lane.post(`/builders/${builders[index % builders.length]}/force`),
  );
}
