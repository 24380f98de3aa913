/*
 * `npm run -s guard` writes what a build costs into table.json, beside this: on purpose, where a change is worth it.
 */
import fs from 'node:fs';
import { countedTable, tableFile } from './table.ts';

fs.writeFileSync(tableFile, `${JSON.stringify(await countedTable(), null, 2)}\n`);
