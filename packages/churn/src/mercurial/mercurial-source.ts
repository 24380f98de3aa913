import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { ChurnError } from '../churn-error.ts';
import { findEnds, type DatedCommit, type Ends } from '../git/find-ends.ts';
import { gitText } from '../git/git-process.ts';
import { emptyTreeOf, isolatedEnvironment, writeBareFolder, type GitView } from '../git/git-view.ts';
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
  const { branch, node } = await branchHead(context, request.branch, request.path);
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
    const ends = await importedEnds(context, view, found, request);
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
  context: ProgramContext,
  view: GitView,
  found: Ends,
  { progress }: SourceRequest,
): Promise<Ends> {
  const { start, end, firstParentChangesets } = found;
  if (end === null) return found;
  {
    await using hg = await CommandServer.start(context);
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
  let wanted = head;
  for await (const line of hgLines(
    context,
    `reverse(::${head})`,
    String.raw`{node} {p1.node} {date|hgdate}\n`,
  )) {
    const [node = '', parent = '', seconds] = line.split(' ');
    if (node !== wanted) continue;
    yield { id: node, seconds: Number(seconds) };
    wanted = parent;
  }
}

async function branchHead(
  context: ProgramContext,
  name: string | undefined,
  asWritten: string,
): Promise<{ branch: string; node: string | null }> {
  if (name === undefined) {
    const branch = (await hgText(context, ['branch'])).trim();
    const node = await nodeOf(context, `max(branch(${revsetString(`literal:${branch}`)}))`);
    return { branch, node };
  }
  const literal = revsetString(`literal:${name}`);
  for (const revset of [`bookmark(${literal})`, `max(branch(${literal}))`, `tag(${literal})`]) {
    const node = await nodeOf(context, revset);
    if (node !== null) return { branch: name, node };
  }
  throw new ChurnError(
    'unknown-branch',
    `${asWritten} has no bookmark, branch or tag ${JSON.stringify(name)}`,
  );
}

/** `null` where nothing has that name: Mercurial ends with 255 then, as for any other complaint. */
async function nodeOf(context: ProgramContext, revset: string): Promise<string | null> {
  try {
    for await (const line of hgLines(context, revset, String.raw`{node}\n`)) return line;
  } catch (error) {
    if (
      !(error instanceof ChurnError) ||
      !/(unknown branch|does not exist|unknown revision)/.test(error.message)
    ) {
      throw error;
    }
  }
  return null;
}

async function* hgLines(context: ProgramContext, revset: string, template: string): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of programOutput('hg', context, ['log', '--rev', revset, '--template', template])) {
    const lines = (rest + chunk.toString('latin1')).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}

async function hgText(context: ProgramContext, args: readonly string[]): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of programOutput('hg', context, args)) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
