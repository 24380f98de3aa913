import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { ChurnError } from '../churn-error.ts';
import { findEnds, type DatedCommit, type Ends } from '../git/find-ends.ts';
import { gitText } from '../git/git-process.ts';
import { isolatedEnvironment, writeBareFolder, type GitView } from '../git/git-view.ts';
import { emptyTreeOf } from '../git/object-format.ts';
import { programOutput, type ProgramContext } from '../run/program-output.ts';
import type { Source, SourceRequest } from '../source.ts';
import { CommandServer } from './command-server.ts';
import { FastImportStream } from './fast-import-stream.ts';
import { hgContext, revsetString } from './hg-process.ts';
import { importedBranches, importPeriod } from './import-period.ts';

/** A period of a Mercurial repository, written into a temporary git repository that goes with the source. */
export async function openMercurialSource(request: SourceRequest): Promise<Source> {
  request.progress.begin('ends');
  const context = hgContext(await fs.realpath(request.path), request.signal);
  await using hg = await CommandServer.start(context);
  const { branch, node } = await branchHead(hg, request.branch, request.path);
  const found = await findEnds(firstParents(context, node), request.period);
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'millrace-churn-hg-'));
  const remove = () => fs.rm(folder, { recursive: true, force: true });
  try {
    await writeBareFolder(folder, 'sha1');
    const emptyTree = emptyTreeOf('sha1');
    const env = isolatedEnvironment(folder, emptyTree);
    const view: GitView = {
      cwd: folder,
      env,
      signal: request.signal,
      emptyTree,
      [Symbol.asyncDispose]: remove,
    };
    const ends = await importedEnds(hg, view, found, request);
    const [startName, endName] = [found.start?.id ?? null, found.end?.id ?? null];
    return {
      kind: 'mercurial',
      branch,
      view,
      ends,
      startName,
      endName,
      idFormat: '%s',
      [Symbol.asyncDispose]: remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** The ends in the names of the git repository that the period is written to. */
async function importedEnds(
  hg: CommandServer,
  view: GitView,
  found: Ends,
  { progress }: SourceRequest,
): Promise<Ends> {
  const { start, end, firstParentChangesets } = found;
  if (end === null) return found;
  {
    await using git = new FastImportStream(view);
    await importPeriod(hg, git, start?.id ?? null, end.id, progress.begin('import'));
    await git.finish();
  }
  const idOf = (branch: string) =>
    gitText(view, ['rev-parse', '--verify', '--end-of-options', `refs/heads/${branch}^{commit}`]);
  return {
    start: start && { id: await idOf(importedBranches.start), seconds: start.seconds },
    end: { id: await idOf(importedBranches.end), seconds: end.seconds },
    behind: start && (await idOf(importedBranches.behind)),
    firstParentChangesets,
  };
}

/** Mercurial lists all ancestors, children before parents; those that are first parents are picked out. */
async function* firstParents(context: ProgramContext, head: string | null): AsyncGenerator<DatedCommit> {
  if (head === null) return;
  const template = String.raw`{node} {p1.node} {date|hgdate}\n`;
  let wanted = head;
  let rest = '';
  // A process of its own, not the server: it is ended as soon as both ends are found.
  for await (const chunk of programOutput('hg', context, [
    'log',
    '--rev',
    `reverse(::${head})`,
    '--template',
    template,
  ])) {
    const lines = (rest + chunk.toString('latin1')).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const [node = '', parent = '', seconds] = line.split(' ');
      if (node !== wanted) continue;
      yield { id: node, seconds: Number(seconds) };
      wanted = parent;
    }
  }
}

async function branchHead(
  hg: CommandServer,
  name: string | undefined,
  asWritten: string,
): Promise<{ branch: string; node: string | null }> {
  if (name === undefined) {
    const branch = (await hg.run(['branch'])).toString('utf8').trim();
    return { branch, node: await nodeOf(hg, `max(branch(${literal(branch)}))`) };
  }
  for (const kind of ['bookmark', 'branch', 'tag']) {
    const node = await nodeOf(hg, `max(${kind}(${literal(name)}))`);
    if (node !== null) return { branch: name, node };
  }
  throw new ChurnError(
    'unknown-branch',
    `${asWritten} has no bookmark, branch or tag ${JSON.stringify(name)}`,
  );
}

/** A name as a revset reads it, whatever it holds; arguments are bytes, each as one character. */
function literal(name: string): string {
  return Buffer.from(revsetString(`literal:${name}`), 'utf8').toString('latin1');
}

/** `null` where nothing has that name: Mercurial ends with 255 then, as for any other complaint. */
async function nodeOf(hg: CommandServer, revset: string): Promise<string | null> {
  try {
    const node = await hg.run(['log', '--rev', revset, '--template', '{node}']);
    return node.length === 0 ? null : node.toString('latin1');
  } catch (error) {
    const unknown = /unknown branch|does not exist|unknown revision/;
    if (error instanceof ChurnError && unknown.test(error.message)) return null;
    throw error;
  }
}
