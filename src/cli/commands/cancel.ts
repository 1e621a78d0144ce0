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
  operands: [{ name: 'ID', help: "the backfill, as 'backfill runs' lists it" }],
  options: { ...MANIFEST_OPTION },
  async run({ terminal, services, cwd }, options, [id = '']) {
    const journal = services.journal(await findManifest(cwd, options.manifest));
    const record = await journal.read(id);
    if (record === undefined) throw unknownBackfill(id);
    const { phase } = progressOf(record.plan, record.events, record.ownerAlive, record.jobsLeft);
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
