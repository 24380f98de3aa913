import type { Transaction } from '../operation.ts';

/** Behind a select of rows that the operation goes on to change: PostgreSQL locks them, SQLite has one writer. */
export const forUpdate = (tx: Transaction): '' | ' for update' =>
  tx.dialect === 'postgres' ? ' for update' : '';
