import path from 'node:path';
import { isFolder } from '@millrace/protocol/repository/address';

/** What git is given: a relative folder is meant from the config's own folder. */
export function repositoryUrl(git: string, configFolder: string): string {
  return isFolder(git) ? path.resolve(configFolder, git) : git;
}
