/** A line waits half of it at 1,000 lines/s, before some ms of its way. */
const windowMs = 40;
/** So many logs of a machine are followed line by line, as fast as they can be. */
const fewLogs = 4;
/**
 * Where more are followed: the window by which all else is told of that slots have come to. What a master does for a
 * window hardly goes by what is in it, and sixteen logs had it busy with 25 windows a second.
 */
const manyWindowMs = 100;

/** How long watched output waits for more, in ms, where so many logs of the machine are watched. */
export function watchedWindowMs(logs: number): number {
  return logs <= fewLogs ? windowMs : manyWindowMs;
}
