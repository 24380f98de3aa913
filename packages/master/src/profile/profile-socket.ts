import path from 'node:path';

/** Where the watcher of the master that keeps this folder answers whoever is on its machine. */
export function profileSocket(dataFolder: string): string {
  return path.join(dataFolder, 'profile.sock');
}
