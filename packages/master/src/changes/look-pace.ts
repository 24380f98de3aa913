/** A repository that cannot be read is looked at less and less often, down to this. */
const unreadableEveryMsMax = 5 * 60_000;

/** How long until the next look, after so many that went wrong: each time twice as long. */
export function lookAgainMs(pollEveryMs: number, failures: number): number {
  const most = Math.max(unreadableEveryMsMax, pollEveryMs);
  return Math.min(pollEveryMs * 2 ** Math.min(failures, 30), most);
}
