import { existsSync } from 'node:fs';
import path from 'node:path';
import { systemClock } from '@millrace/kernel/clock';
import { messageOf } from '@millrace/kernel/errors';
import type { Examination } from '@millrace/master/store/examination';
import { schemaVersion } from '@millrace/master/store/migrations/migrations';
import { humanSize } from '../client/human-size.ts';
import { clockFinding } from './clock.ts';
import { fail, ok, skip, warn } from './finding.ts';
import type { Finding } from './finding.ts';

/** @param url of a database; undefined: the record lies in the data folder */
export async function storeFindings(data: string, url: string | undefined): Promise<readonly Finding[]> {
  if (url === undefined && !existsSync(path.join(data, 'millrace.db')))
    return [skip('store', `there is no record in ${data} (yet); give --data or --store`)];
  try {
    return examinationFindings(await examine(data, url));
  } catch (thrown) {
    return [fail('store', messageOf(thrown), 'Mend that, and look again.')];
  }
}

async function examine(data: string, url: string | undefined): Promise<Examination> {
  if (url === undefined) {
    const { examineDataFolder } = await import('@millrace/master/store/sqlite/examine');
    return examineDataFolder(data, systemClock.now());
  }
  const { examineDatabase } = await import('@millrace/master/store/postgres/examine');
  return examineDatabase({ url }, systemClock);
}

export function examinationFindings(examined: Examination): readonly Finding[] {
  const { schema, damages, oddities, bytes, clockAheadMs } = examined;
  const findings = damages.map((one) =>
    fail('store', one, 'Look at the disk; restore the last backup that is whole (docs/guide/backup.md).'),
  );
  const odd = oddities.map((one) => warn('store', one, 'Look who that is, and end it.'));
  const sound = damages.length === 0 ? [ok('store', `sound; ${humanSize(BigInt(bytes))}`)] : [];
  const clock = clockAheadMs === null ? [] : [clockFinding("the database's clock", clockAheadMs)];
  return [...findings, ...sound, ...odd, schemaFinding(schema), ...clock];
}

function schemaFinding(schema: number): Finding {
  const detail = `${schema}; this millrace knows ${schemaVersion}`;
  if (schema > schemaVersion)
    return fail('schema', detail, 'The record was written by a later millrace: use that version.');
  return ok('schema', schema < schemaVersion ? `${detail}, and brings it there at its next start` : detail);
}
