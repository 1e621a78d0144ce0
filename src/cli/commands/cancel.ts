import { isActivePhase } from '../../core/backfill/backfill';
import { watchText } from '../attach';
import { defineCommand } from '../command';
import { EXIT, usageError } from '../exitCodes';
import { backfillOf } from '../requests';
import { MANIFEST_OPTION } from '../sharedOptions';
import { userName } from '../userName';

export const cancelCommand = defineCommand({
  name: 'cancel',
  summary: 'Ask a backfill to end what runs and start nothing more',
  details: `A backfill that was interrupted is brought to its end: jobs that its executor left are ended, to the last process of their groups, and what became of their dates is written down. A process that has left its group, such as a daemon, is out of reach.

With --attempt only the job of that attempt is ended, such as one that hangs: what it did is judged as that of any job that died, and the backfill goes on.`,
  operands: [{ name: 'ID', help: "the backfill, as 'backfill runs' lists it" }],
  options: {
    ...MANIFEST_OPTION,
    attempt: { kind: 'text', value: 'A', help: 'end only the job of this attempt, such as PDC-2021-11-05-1' },
  },
  examples: ['backfill cancel 20211105T101500-pdc-ab12 --attempt PDC-2021-11-05-1'],
  async run(context, options, [id = '']) {
    const { terminal, services } = context;
    const { attempt } = options;
    const { manifest, journal, progress, unseen } = await backfillOf(context, options.manifest, id);
    const { phase, current } = progress;
    if (phase === 'interrupted' && attempt === undefined) {
      if (unseen !== undefined) terminal.print(watchText(unseen));
      await services.startExecutor(manifest, id, { cancelBy: userName('cancel') });
      const job = current === undefined ? '' : ` and its job ${current} is ended`;
      terminal.print(`Backfill ${id} was interrupted: it is closed${job}. 'backfill attach ${id}' shows what it came to.`);
      return EXIT.fine;
    }
    if (!isActivePhase(phase)) {
      terminal.print(`Backfill ${id} does not run: it is ${phase}. Nothing was done.`);
      return EXIT.fine;
    }
    if (attempt === undefined) {
      await journal.request(id, { kind: 'cancel' }, userName('cancel'));
      terminal.print(`Backfill ${id} is asked to end. 'backfill attach ${id}' shows how far it is.`);
      return EXIT.fine;
    }
    if (!progress.attempts.includes(attempt)) {
      const running = progress.attempts.length === 0 ? 'nothing runs' : `what runs is ${progress.attempts.join(', ')}`;
      throw usageError(`Backfill ${id} does not run the attempt '${attempt}': ${running}.`);
    }
    await journal.request(id, { kind: 'endJob', attempt }, userName('cancel'));
    terminal.print(`The job of ${attempt} is asked to end. 'backfill attach ${id}' shows what becomes of it.`);
    return EXIT.fine;
  },
});
