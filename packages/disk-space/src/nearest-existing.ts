import { DiskSpaceError } from './disk-space-error.ts';
import type { VolumeCounts } from './volume-figures.ts';
import type { VolumeReader } from './volume-reader.ts';

/** As many as Linux follows (`MAXSYMLINKS`). */
const linksMax = 40;

/**
 * Measures `path`, else where its dangling link points, else its parent, up to the root.
 *
 * Asking and walking are one act: a folder that is made or removed meanwhile is simply found where it is
 * at that moment.
 */
export async function nearestExisting(
  path: string,
  reader: VolumeReader,
): Promise<{ measuredPath: string; counts: VolumeCounts }> {
  let links = 0;
  let candidate = path;
  for (;;) {
    const answer = await countsOf(candidate, path, reader);
    if (answer.kind === 'found') return { measuredPath: candidate, counts: answer.counts };
    const target = await reader.linkTarget(candidate);
    if (target !== undefined) {
      links += 1;
      if (links > linksMax) throw tooManyLinks(path, answer.error);
      candidate = target;
      continue;
    }
    const parent = reader.parent(candidate);
    if (parent === candidate) {
      const message = `neither ${path} nor any folder above it exists`;
      throw new DiskSpaceError('nothing-exists', path, message, answer.error);
    }
    candidate = parent;
  }
}

type Answer = { kind: 'found'; counts: VolumeCounts } | { kind: 'missing'; error: unknown };

async function countsOf(candidate: string, asked: string, reader: VolumeReader): Promise<Answer> {
  try {
    return { kind: 'found', counts: await reader.counts(candidate) };
  } catch (error) {
    switch ((error as NodeJS.ErrnoException).code ?? '') {
      case 'ENOENT':
      case 'ENOTDIR': // a file stands where a folder would; old Windows runtimes say it of any file
      case 'ENAMETOOLONG': // cannot exist, its parent can
        return { kind: 'missing', error };
      case 'ELOOP':
        throw tooManyLinks(asked, error);
      case 'EACCES':
      case 'EPERM':
        throw new DiskSpaceError('access-denied', asked, `this user may not look at ${candidate}`, error);
      default:
        throw new DiskSpaceError('unreadable', asked, `${candidate} could not be measured`, error);
    }
  }
}

function tooManyLinks(path: string, cause: unknown): DiskSpaceError {
  return new DiskSpaceError('invalid-path', path, `${path} is a loop of symbolic links`, cause);
}
