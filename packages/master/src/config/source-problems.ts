import { isFolder } from '@millrace/protocol/repository/address';
import type { ConfigProblem } from './config-problem.ts';

/**
 * What is wrong with a repository in a way that no single option tells. What is not of the right form is told
 * elsewhere, and passed over here.
 */
export function sourceProblems(path: string, repository: object): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const addresses = ['git', 'hg'].filter((kind) => Reflect.get(repository, kind) !== undefined);
  const [kind] = addresses;
  if (kind === undefined || addresses.length > 1)
    return [
      {
        path,
        message: `expected the address as "git" or as "hg"; ${kind === undefined ? 'neither is' : 'both are'} there`,
      },
    ];
  const address: unknown = Reflect.get(repository, kind);
  if (typeof address !== 'string') return problems;
  if (/^[a-z][a-z0-9+.-]*:\/\/[^/@]*:[^/@]*@/i.test(address))
    problems.push({
      path: `${path}.${kind}`,
      message:
        "expected an address without a password, which would stand in logs and lists of processes; give it as credentials: { username: '...', password: { env: 'VARIABLE' } }",
    });
  const credentials: unknown = Reflect.get(repository, 'credentials');
  if (typeof credentials !== 'object' || credentials === null) return problems;
  const way = wayTo(address);
  for (const [option, belongsTo] of Object.entries(waysOfOptions)) {
    if (Reflect.get(credentials, option) === undefined || belongsTo === way) continue;
    problems.push({
      path: `${path}.credentials.${option}`,
      message: `is for ${belongsTo}, and the repository's address is ${way === 'folder' ? 'a folder' : `for ${way}`}`,
    });
  }
  return problems;
}

const waysOfOptions = {
  sshKeyFile: 'ssh',
  knownHostsFile: 'ssh',
  username: 'https',
  password: 'https',
} as const;

function wayTo(address: string): 'folder' | 'ssh' | 'https' | 'another way' {
  if (isFolder(address)) return 'folder';
  if (/^https?:/i.test(address)) return 'https';
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(address) && !/^(?:git\+)?ssh(?:\+git)?:/i.test(address)
    ? 'another way'
    : 'ssh';
}
