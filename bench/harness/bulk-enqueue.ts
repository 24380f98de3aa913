import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Request } from '@millrace/protocol/api/requests';
import { inLanes } from './lanes.ts';
import type { MasterProcess } from './master-process.ts';

/** A repository `repository` in the folder, with one commit on `main`, for a config whose `onChange` is true. */
export function sourceRepository(folder: string): void {
  const repository = path.join(folder, 'repository');
  const git = (...args: readonly string[]): void =>
    void execFileSync('git', args, { stdio: 'ignore', env: { ...process.env, ...nobody } });
  git('init', '-b', 'main', repository);
  git('-C', repository, 'commit', '--allow-empty', '-m', 'Begin');
}

const nobody = {
  GIT_AUTHOR_NAME: 'bench',
  GIT_AUTHOR_EMAIL: 'bench@example.org',
  GIT_COMMITTER_NAME: 'bench',
  GIT_COMMITTER_EMAIL: 'bench@example.org',
};

/** Tells of so many changes; the scheduler makes a request of each for every builder. Resolves when all wait. */
export async function bulkEnqueue(
  master: MasterProcess,
  { changes, builders }: { readonly changes: number; readonly builders: number },
): Promise<void> {
  const known = await newestRequest(master);
  await inLanes(master, { count: changes, lanes: 8 }, (lane, index) =>
    lane.post('/changes', {
      repository: 'app',
      branch: 'main',
      revision: (index + 1).toString(16).padStart(40, '0'),
      author: 'bench',
      message: `Change ${index}`,
    }),
  );
  const last = known + changes * builders;
  for (let newest = known; newest < last; newest = await newestRequest(master)) await pause(5);
}

async function newestRequest(master: MasterProcess): Promise<number> {
  const { items } = await master.get<{ items: Request[] }>('/requests?limit=1');
  return items[0]?.id ?? 0;
}
