import type { Step } from '@millrace/protocol/api/builds';
import { until } from '../../e2e/harness/until.ts';
import type { MasterProcess } from './master-process.ts';

/** The first log of a build, once it has been opened. */
export async function logOf(master: MasterProcess, build: number): Promise<number> {
  const found = await until(`build ${build} has a log`, async () => {
    // There may be no such build yet.
    const steps = await master.get<{ items: Step[] }>(`/builds/${build}/steps`).catch(() => undefined);
    return steps?.items[0]?.logs[0];
  });
  return found.id;
}
