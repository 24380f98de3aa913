import type { Transaction } from '../operation.ts';

/** Behind a select of rows that the operation goes on to change: PostgreSQL locks them, SQLite has one writer. */
export const forUpdate = (tx: Transaction): '' | ' for update' =>
  tx.dialect === 'postgres' ? ' for update' : '';

/** As {@link forUpdate}, where of a join only one table's rows are changed: its name in the select. */
export const forUpdateOf = <Table extends string>(
  tx: Transaction,
  table: Table,
): '' | ` for update of ${Table}` => (tx.dialect === 'postgres' ? ` for update of ${table}` : '');
