/**
 * Leases of duties that some master always has. With the store's time, twice, in milliseconds since 1970: answers those
 * that nobody has had for a minute although a master lives.
 */
export const idleDuties = {
  sqlite: `select l.name as name from leases l where l.name in ('schedulers', 'retention', 'repository-poller') and l.expires_at < ? - 60000
    and exists (select 1 from masters m where m.stopped_at is null and m.seen_at > ? - 5000)`,
  postgres: `select l.name as name from leases l where l.name in ('schedulers', 'retention', 'repository-poller') and l.expires_at < cast($1 as bigint) - 60000
    and exists (select 1 from masters m where m.stopped_at is null and m.seen_at > cast($1 as bigint) - 5000)`,
} as const;

export function toldIdle(name: string): string {
  return `the duty "${name}" has been nobody's for more than a minute, though a master lives`;
}
