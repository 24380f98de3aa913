import type { Reason } from '@millrace/protocol/result';

/** Why something ended so, after "because". */
export const reasonWords: Readonly<Record<Reason, string>> = {
  'timed-out': 'it ran out of time',
  cancelled: 'somebody asked for it',
  'master-stopped': 'millrace was stopped; it is queued again',
  'worker-lost': 'its worker was not heard of for too long',
  'slot-lost': 'the process that ran it died',
  'journal-forked': 'its worker came back with another past',
  'silence-stopped': 'its worker could not reach a master and stopped, as the builder asks',
  'journal-malformed': 'its worker sent a record that is none',
  'config-changed': 'the config changed under it',
  'plan-failed': 'its plan could not be made',
  refused: 'the worker refused it',
  'spawn-failed': 'a command could not be started',
  'checkout-failed': 'the source could not be checked out',
  'secret-missing': 'a secret that it needs could not be had',
  'disk-full': 'the disk was full',
  'quota-exceeded': 'it went beyond a bound',
};
