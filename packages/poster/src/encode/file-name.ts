import { PosterError } from '../errors.ts';

/**
 * The last piece of a path of any system. Only that is ever sent: a server has no use for the folders of this
 * machine, and most readers keep only what follows a backslash.
 */
export function baseName(path: string): string {
  const base = path.split(/[/\\]/).at(-1) ?? '';
  if (base === '.' || base === '..' || (base === '' && path !== '')) {
    throw new PosterError('ERR_POSTER_NAME', `${JSON.stringify(path)} has no file name at its end`);
  }
  return base;
}
