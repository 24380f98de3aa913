import { fail, ok, warn } from './finding.ts';
import type { Finding } from './finding.ts';

/** Times in the record are compared by people; certificates and tokens expire by them. */
const warnMs = 5_000;
const failMs = 5 * 60_000;

/** @param aheadMs of this machine's clock */
export function clockFinding(what: string, aheadMs: number): Finding {
  const seconds = Math.abs(aheadMs) / 1000;
  const detail = `${seconds < 1 ? 'less than a second' : `${Math.round(seconds)} s`} ${aheadMs < 0 ? 'behind' : 'ahead of'} ours`;
  const todo = 'Let NTP set the clocks of all machines.';
  if (Math.abs(aheadMs) >= failMs) return fail(what, detail, todo);
  return Math.abs(aheadMs) >= warnMs ? warn(what, detail, todo) : ok(what, detail);
}
