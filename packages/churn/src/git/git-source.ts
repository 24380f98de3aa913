import type { Source, SourceRequest } from '../source.ts';
import { branchHead } from './branch-head.ts';
import { findEnds, firstParents } from './find-ends.ts';
import { openGitView } from './git-view.ts';
import { locateGit } from './locate.ts';

/** A period of a git repository. All that is read after its head is, is read from the objects. */
export async function openGitSource(request: SourceRequest): Promise<Source> {
  request.progress.begin('ends');
  const located = await locateGit(request.path, request.signal);
  const head = await branchHead(located.context, request.branch, request.path);
  const view = await openGitView(located, request.signal);
  try {
    const ends = await findEnds(
      firstParents(view, head.commit === null ? [] : [head.commit]),
      request.period,
    );
    return {
      kind: 'git',
      branch: head.branch,
      view,
      ends,
      startName: ends.start?.id ?? null,
      endName: ends.end?.id ?? null,
      idFormat: '%H',
      [Symbol.asyncDispose]: () => view[Symbol.asyncDispose](),
    };
  } catch (error) {
    await view[Symbol.asyncDispose]();
    throw error;
  }
}
