/* Listeners to every event of a master, who count the builds that end: see listeners.ts. */
import { EventCounter } from './event-counter.ts';
import type { FromListeners } from './listeners.ts';

const [port = 0, listeners = 0] = process.argv.slice(2).map(Number);
const tell = (message: FromListeners): void => void process.send?.(message);

const open = await Promise.all(
  Array.from({ length: listeners }, () => EventCounter.open(port, 'build.finished', true)),
);
process.on('message', () => tell({ kind: 'counts', counts: open.map(({ count }) => count) }));
process.on('disconnect', () => process.exit());
tell({ kind: 'listening' });
