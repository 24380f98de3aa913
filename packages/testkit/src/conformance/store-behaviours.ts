import { buildListBehaviours } from './build-list-behaviours.ts';
import { changesBehaviours } from './changes-behaviours.ts';
import { dispatchBehaviours } from './dispatch-behaviours.ts';
import { eventBehaviours } from './events-behaviours.ts';
import { generationBehaviours } from './generation-behaviours.ts';
import { insertBehaviours } from './insert-behaviours.ts';
import { loadBehaviours } from './load-behaviours.ts';
import { journalBehaviours } from './journal-behaviours.ts';
import { masterBehaviours } from './master-behaviours.ts';
import { mergeBehaviours } from './merge-behaviours.ts';
import type { OpenedStore } from './opened-store.ts';
import { readBehaviours } from './read-behaviours.ts';
import { stepBehaviours } from './step-behaviours.ts';
import { retentionBehaviours } from './retention-behaviours.ts';
import { visibleBehaviours } from './visible-behaviours.ts';

/** What every store must do: the one list, run over each of them. */
export function storeBehaviours(name: string, open: () => Promise<OpenedStore>): void {
  dispatchBehaviours(name, open);
  insertBehaviours(name, open);
  changesBehaviours(name, open);
  journalBehaviours(name, open);
  stepBehaviours(name, open);
  eventBehaviours(name, open);
  readBehaviours(name, open);
  buildListBehaviours(name, open);
  visibleBehaviours(name, open);
  mergeBehaviours(name, open);
  masterBehaviours(name, open);
  generationBehaviours(name, open);
  retentionBehaviours(name, open);
  loadBehaviours(name, open);
}
