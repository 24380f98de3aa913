/* A process that applies a build's log to a store until it is killed, and tells each answer: `node growing-log.ts FOLDER WORKER`. */
import { openSqlite } from '@millrace/master/store/sqlite/open';
import { chunk, RunningBuild, WrittenJournal } from '@millrace/testkit/conformance/running-build';
import { lineOf } from './growing-log-line.ts';

const [folder = '', worker = ''] = process.argv.slice(2);
const store = await openSqlite({ folder });
const at = await RunningBuild.start(store, { worker });
const journal = new WrittenJournal([
  at.begin(),
  { kind: 'step-started', step: 0 },
  { kind: 'log-opened', step: 0, log: 0, name: 'output', stream: 'combined' },
]);
await at.apply(0, journal.bytes());
console.log(`build ${at.build}`);
let bytes = 0;
for (let index = 0; ; index++) {
  const text = lineOf(index);
  const byte = journal.position.byte;
  const from = journal.ends.length;
  journal.add(chunk(0, text, bytes, index));
  bytes += text.length;
  const answer = await at.apply(byte, journal.bytes(from));
  if (answer.kind !== 'applied') throw new Error(`it was ${answer.kind}`);
  console.log(`applied ${answer.position.seq}`);
}
