interface Refusal {
  readonly says: RegExp;
  /** What it means to whoever set the repository up, and what to do. */
  readonly means: string;
}

/** What git, hg and ssh say when a repository does not let them in. The first that fits. */
const refusals: readonly Refusal[] = [
  {
    says: /host key verification failed|authenticity of host|remote host identification has changed/i,
    means:
      "ssh does not know the server's key: give the repository credentials with knownHostsFile, or put the key into the known_hosts of the worker's user.",
  },
  {
    says: /the ssh key could not be used|permission denied \(|publickey|too many authentication failures/i,
    means:
      'The server takes none of the ssh keys that it was offered: give the repository credentials with sshKeyFile, or mend those that it has.',
  },
  {
    says: /could not read (?:username|password)|terminal prompts disabled|authentication failed|authorization (?:required|failed)|returned error: 40[13]|http error 40[13]/i,
    means:
      'The server wants a name and a password: give the repository credentials with username and password, or mend those that it has.',
  },
  {
    says: /could not resolve host|name or service not known|temporary failure in name resolution|nodename nor servname/i,
    means: 'There is no server of that name, as far as the worker can tell.',
  },
  {
    says: /timed out|connection refused|failed to connect|could not connect|couldn't connect|no route to host|network is unreachable/i,
    means: 'The server is not to be reached from the worker.',
  },
  {
    says: /operation too slow|early eof|unexpected disconnect|rpc failed|connection reset|transfer closed/i,
    means: 'The transfer broke off, or was too slow to go on.',
  },
  {
    says: /not found in the PATH|command .* was not found|ssh(?:-agent|-add)?: not found|cannot run ssh/,
    means: 'Install it on the worker: git, hg (Mercurial), or the client of OpenSSH.',
  },
  {
    says: /dubious ownership/i,
    means:
      "The folder belongs to another user than the worker's: allow it with git config --global --add safe.directory FOLDER.",
  },
];

/** A sentence about what a program's words mean; undefined where they say it all. */
export function meaningOf(words: string): string | undefined {
  return refusals.find(({ says }) => says.test(words))?.means;
}
