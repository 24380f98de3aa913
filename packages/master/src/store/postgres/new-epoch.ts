import { MillraceError } from '@millrace/kernel/errors';
import { randomId } from '@millrace/kernel/ids';
import type { Random } from '@millrace/kernel/random';
import { newClient, placeOf } from './connections.ts';
import type { PostgresConnection } from './connections.ts';
import { tellOpeningError } from './opening-errors.ts';

/** A master that beat within this lives. */
const livesMs = 5_000;

/**
 * Gives a database that was put back from a copy a new epoch, so that cursors of what is lost are refused; what was
 * recorded before comes before all that will be, in the order of its numbers.
 *
 * @throws MillraceError `store-in-use`, `no-store`, and what opening a database throws
 */
export async function giveNewEpoch(connection: PostgresConnection, random: Random): Promise<string> {
  const place = placeOf(connection);
  const client = newClient(connection);
  try {
    await client.connect();
    const found = await client.query<{ meta: string | null }>(`select to_regclass('meta')::text as meta`);
    if (found.rows[0]?.meta == null)
      throw new MillraceError('no-store', `There is no record in ${place}: put the copy back first.`);
    const living = await client.query<{ name: string }>(
      `select name from masters where stopped_at is null and seen_at > extract(epoch from clock_timestamp()) * 1000 - $1`,
      [livesMs],
    );
    const [master] = living.rows;
    if (master)
      throw new MillraceError(
        'store-in-use',
        `The master "${master.name}" works on ${place}. Stop it first.`,
      );
    const epoch = randomId(random, 9);
    await client.query('begin');
    await client.query(`update meta set value = $1 where key = 'epoch'`, [epoch]);
    await client.query(`update events set xid = '0'`);
    await client.query('update event_horizon set xid = 0');
    await client.query('commit');
    return epoch;
  } catch (error) {
    throw tellOpeningError(error, place);
  } finally {
    await client.end().catch(() => undefined);
  }
}
