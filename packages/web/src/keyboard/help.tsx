import { Dialog } from '../parts/dialog.tsx';
import styles from './help.module.css';
import { standingGroups } from './keyboard.ts';

/** What the keys do here and now. */
export function KeyboardHelp({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog title="Keys" onClose={onClose}>
      <div className={styles.groups}>
        {standingGroups().map((group) => (
          <section key={group.name}>
            <h3 className={styles.name}>{group.name}</h3>
            <dl className={styles.list}>
              {group.bindings.map((binding) => (
                <div key={binding.keys} className={styles.binding}>
                  <dt>
                    {binding.keys.split(' ').map((key) => (
                      <kbd key={key} className={styles.key}>
                        {key}
                      </kbd>
                    ))}
                  </dt>
                  <dd>{binding.label}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
