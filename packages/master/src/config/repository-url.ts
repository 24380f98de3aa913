import path from 'node:path';

/** True for a folder of this machine, false for what git goes elsewhere for (`https://...`, `git@host:path`). */
export function isFolder(url: string): boolean {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(url)) return false;
  // git's own rule: a colon before the first slash makes it `host:path`, except for a drive's letter.
  return !/^[^/\\]{2,}:/.test(url);
}

/** What git is given: a relative folder is meant from the config's own folder. */
export function repositoryUrl(git: string, configFolder: string): string {
  return isFolder(git) ? path.resolve(configFolder, git) : git;
}
