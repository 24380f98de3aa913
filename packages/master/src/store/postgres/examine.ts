import type { Clock } from '@millrace/kernel/clock';
import type { Examination } from '../examination.ts';
import { idleDuties, toldIdle } from '../idle-duties.ts';
import { newClient, placeOf } from './connections.ts';
import type { PostgresConnection } from './connections.ts';
import { refuseOldServer, tellOpeningError } from './opening-errors.ts';

/** A transaction that is open for longer holds back what followers of events see. */
const openMsMax = 5 * 60_000;

/** Looks at a database beside its masters. @throws what opening a PostgreSQL throws */
export async function examineDatabase(connection: PostgresConnection, clock: Clock): Promise<Examination> {
  const client = newClient(connection);
  try {
    await client.connect();
    const asked = clock.now();
    const { rows } = await client.query<{ version: string; now: number; bytes: number; meta: string | null }>(
      `select current_setting('server_version_num') as version, extract(epoch from clock_timestamp()) * 1000 as now,
         pg_database_size(current_database()) as bytes, to_regclass('meta')::text as meta`,
    );
    const answered = clock.now();
    const [found] = rows;
    refuseOldServer(Number(found?.version));
    const schema =
      found?.meta == null
        ? []
        : (await client.query<{ value: string }>(`select value from meta where key = 'schema'`)).rows;
    const open = await client.query<{ application: string; seconds: number }>(
      `select application_name as application, extract(epoch from clock_timestamp() - xact_start)::int8 as seconds
       from pg_stat_activity where backend_xid is not null and xact_start < clock_timestamp() - $1 * interval '1 ms'`,
      [openMsMax],
    );
    const idle =
      schema.length === 0
        ? []
        : (await client.query<{ name: string }>(idleDuties.postgres, [Math.round(found?.now ?? 0)])).rows;
    return {
      schema: Number(schema[0]?.value ?? 0),
      damages: [],
      oddities: [
        ...open.rows.map(
          ({ application, seconds }) =>
            `"${application}" has had a transaction open for ${seconds} s: the newest events are held back until it ends`,
        ),
        ...idle.map(({ name }) => toldIdle(name)),
      ],
      bytes: found?.bytes ?? 0,
      clockAheadMs: Math.round((found?.now ?? answered) - (asked + answered) / 2),
    };
  } catch (error) {
    throw tellOpeningError(error, placeOf(connection));
  } finally {
    await client.end().catch(() => undefined);
  }
}
