import { userInfo } from 'node:os';
import { isActivePhase } from '../../core/backfill';
import { progressOf } from '../../core/progress';
import { unknownBackfill } from '../attach';
import { defineCommand } from '../command';
import { EXIT } from '../exitCodes';
import { findManifest } from '../manifestFile';
import { MANIFEST_OPTION } from '../sharedOptions';

export const cancelCommand = defineCommand({
  name: 'cancel',
  summary: 'Ask a backfill to end what runs and start nothing more',
  details: `A backfill that was interrupted is brought to its end: jobs that its executor left are ended, to the last process of their groups, and what became of their dates is written down. A process that has left its group, such as a daemon, is out of reach.`,
  operands: [{ name: 'ID', help: "the backfill, as 'backfill runs' lists it" }],
  options: { ...MANIFEST_OPTION },
  async run({ terminal, services, cwd }, options, [id = '']) {
    const manifest = await findManifest(cwd, options.manifest);
    const journal = services.journal(manifest);
    const record = await journal.read(id);
    if (record === undefined) throw unknownBackfill(id);
    const { phase, current } = progressOf(record.plan, record.events, record.ownerAlive, record.jobsLeft);
    if (phase === 'interrupted') {
      await services.startExecutor(manifest, id, { cancelBy: userName() });
      const job = current === undefined ? '' : ` and its job ${current} is ended`;
      terminal.print(`Backfill ${id} was interrupted: it is closed${job}. 'backfill attach ${id}' shows what it came to.`);
      return EXIT.fine;
    }
    if (!isActivePhase(phase)) {
      terminal.print(`Backfill ${id} does not run: it is ${phase}. Nothing was done.`);
      return EXIT.fine;
    }
    await journal.requestCancel(id, userName());
    terminal.print(`Backfill ${id} is asked to end. 'backfill attach ${id}' shows how far it is.`);
    return EXIT.fine;
  },
});

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // There are users without a name, as in containers.
    return 'backfill cancel';
  }
}
