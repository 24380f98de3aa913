import { Command } from 'commander';
import { masterCommand } from './commands/master.ts';
import { upCommand } from './commands/up.ts';
import { endWithWrapper } from './wrapped.ts';

// The start of the commands that are a master, which reads none of the others; `main.ts` is that of all.
endWithWrapper();
await new Command('millrace').addCommand(upCommand()).addCommand(masterCommand()).parseAsync();
