import type { StepContext } from '../steps/step.ts';
import { Hg } from './hg.ts';
import { mirrorOf, takeMirrorLock } from './mirror.ts';
import type { MirrorAnswer } from './mirror.ts';
import type { Placed, Placing } from './placing.ts';

/**
 * A Mercurial repository at one changeset. A mirror takes it in from the repository's address, and the folder's own
 * repository is made from the mirror.
 */
export async function checkoutHg(placing: Placing): Promise<Placed> {
  const { step, context, commands, revision, url } = placing;
  if (step.depth !== undefined) return refused('depth is for git: Mercurial has no shallow repositories.');
  if (step.lfs !== undefined) return refused('lfs is for git.');
  const hg = new Hg(commands, step.submodules !== undefined);
  const mirror = mirrorOf(context.mirrorsFolder, 'hg', url);
  const found = await revisionInHgMirror(hg, mirror, placing);
  if (found.kind === 'failed') return { kind: 'unreachable', why: found.why };
  if (found.kind === 'missing') return { kind: 'missing', revision, empty: found.empty };
  if (found.kind === 'stopped') return found;
  if (await placeRevision(hg, mirror, placing)) return { kind: 'placed' };
  if (commands.stopped) return { kind: 'stopped' };
  if (/subrepo/.test(commands.lastWords)) {
    const how = 'checkout({ submodules: true }) takes those of Mercurial, and no others.';
    return refused(`The repository has subrepositories: ${how} (${commands.lastWords})`);
  }
  // Whatever a killed build left there is no reason for the next one to fail.
  commands.say('This did not work with what was there: the folder is made anew.');
  const removed = await commands.run({
    args: ['rm', '-rf', '--', placing.folder],
    folder: context.dataFolder,
  });
  if (removed && (await placeRevision(hg, mirror, placing))) return { kind: 'placed' };
  return commands.stopped ? { kind: 'stopped' } : { kind: 'failed', why: commands.lastWords };
}

async function placeRevision(hg: Hg, mirror: string, placing: Placing): Promise<boolean> {
  const { context, folder, revision, step } = placing;
  context.disk.makeFolder(folder);
  const made = isMade(context, folder);
  if (!made && !(await hg.run(folder, ['clone', '--noupdate', '--', mirror, '.']))) return false;
  const there = await has(hg, folder, revision);
  if (!there && !(await hg.run(folder, ['pull', '--rev', revision, '--', mirror]))) return false;
  const mode = step.mode ?? 'fresh';
  const purge = mode === 'clean' ? ['purge'] : ['purge', '--all'];
  return (
    (mode === 'incremental' || (await hg.run(folder, purge))) &&
    (await hg.run(folder, ['update', '--clean', '--rev', revision]))
  );
}

async function revisionInHgMirror(hg: Hg, mirror: string, placing: Placing): Promise<MirrorAnswer> {
  const { context, revision } = placing;
  context.disk.makeFolder(mirror);
  // Changesets are never removed, so looking needs no lock.
  if (isMade(context, mirror) && (await has(hg, mirror, revision))) return { kind: 'there' };
  const lock = await takeMirrorLock(hg.commands, context, mirror);
  if (lock === undefined) return { kind: 'stopped' };
  try {
    const answer = await pullRevision(hg, mirror, placing);
    return hg.commands.stopped ? { kind: 'stopped' } : answer;
  } finally {
    lock.release();
  }
}

async function pullRevision(hg: Hg, mirror: string, placing: Placing): Promise<MirrorAnswer> {
  const { context, revision, url, credentials, commands } = placing;
  if (!isMade(context, mirror)) {
    if (!(await hg.run(mirror, ['init']))) return { kind: 'failed', why: commands.lastWords };
  } else if (context.disk.list(`${mirror}/.hg/store`).includes('journal')) {
    // A pull that was killed: what it had begun is taken back.
    await hg.run(mirror, ['recover']);
  }
  // Another slot may have fetched it while we waited.
  if (await has(hg, mirror, revision)) return { kind: 'there' };
  if (await hg.reach(context, mirror, ['pull', '--rev', revision, '--', url], url, credentials))
    return { kind: 'there' };
  const why = commands.lastWords;
  if (!/unknown revision|filtered revision|no changes found|00changelog.*no node/.test(commands.lastOutput))
    return { kind: 'failed', why };
  const first = await hg.read(mirror, ['log', '--rev', 'tip', '--template', '{rev}']);
  return { kind: 'missing', empty: first === '-1' && /no changes found/.test(commands.lastOutput) };
}

function isMade({ disk }: StepContext, folder: string): boolean {
  return disk.list(`${folder}/.hg`).includes('requires');
}

function has(hg: Hg, folder: string, revision: string): Promise<boolean> {
  return hg.ask(folder, ['log', '--rev', revision, '--template', 'x']);
}

function refused(why: string): Placed {
  return { kind: 'refused', why };
}
