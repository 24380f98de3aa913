export type { Connect, Connection, ConnectionEvents } from '@millrace/protocol/agent/connection';
