/** Why git, hg or ssh did not get what they went for. */
export type Refusal =
  /** The host's ssh key is not known, or is another one. */
  | 'host-key'
  /** ssh cannot use the private key that it was given: its file, its form, its passphrase. */
  | 'key-unusable'
  /** The host takes none of the keys. */
  | 'key-refused'
  /** It wants a name and a password, or others. */
  | 'password'
  /** git reads no folder of another user. */
  | 'foreign-folder'
  /** There is no host of that name. */
  | 'no-host'
  /** It has a fault of its own: HTTP 5xx. */
  | 'host-fault'
  /** Nobody answers there. */
  | 'unreachable'
  /** It answered, and then the line broke, or became too slow. */
  | 'broken-off'
  /** git, hg or ssh is not there. */
  | 'no-program'
  /** There is no such repository, or nobody may know of it. */
  | 'not-found';

/** As they say it, in English. The first that fits. */
const signs: readonly { readonly refusal: Refusal; readonly says: RegExp }[] = [
  {
    refusal: 'host-key',
    says: /host key verification failed|authenticity of host|remote host identification has changed|no [\w-]+ host key is known/i,
  },
  {
    refusal: 'key-unusable',
    says: /unprotected private key file|bad permissions|load key .*(?:denied|invalid|no such file)|the ssh key could not be used/i,
  },
  {
    refusal: 'key-refused',
    says: /permission denied \(|publickey|too many authentication failures|no mutual signature/i,
  },
  {
    refusal: 'password',
    says: /could not read (?:username|password)|terminal prompts disabled|authentication failed|authorization (?:required|failed)|invalid credentials|http error 40[13]|returned error: 40[13]|access denied|response expected/i,
  },
  { refusal: 'foreign-folder', says: /dubious ownership/i },
  {
    refusal: 'no-host',
    says: /could not resolve host|name or service not known|temporary failure in name|nodename nor servname/i,
  },
  { refusal: 'host-fault', says: /returned error: 5\d\d|http error 5\d\d/i },
  {
    refusal: 'unreachable',
    says: /timed out|connection refused|connection error|failed to connect|could not connect|couldn't connect|no route to host|network is unreachable/i,
  },
  {
    refusal: 'broken-off',
    says: /operation too slow|early eof|unexpected disconnect|rpc failed|connection (?:reset|closed)|transfer closed/i,
  },
  {
    refusal: 'no-program',
    says: /not found in the PATH|command .* was not found|ssh(?:-agent|-add)?: not found|cannot run ssh/,
  },
  {
    refusal: 'not-found',
    says: /not found|does not (?:appear to be|exist)|not a git repository|no such (?:file|device|repository)|cannot change to|returned error: 404|is not a repository|could not be found/i,
  },
];

/** What a complaint means, and by which words; undefined where it says it all. */
export function refusalIn(
  complaint: string,
): { readonly refusal: Refusal; readonly says: RegExp } | undefined {
  return signs.find(({ says }) => says.test(complaint));
}
