import { isActivePhase } from '../../core/backfill/backfill';
import { defineCommand } from '../command';
import { EXIT } from '../exitCodes';
import { backfillOf } from '../requests';
import { MANIFEST_OPTION } from '../sharedOptions';
import { userName } from '../userName';

export const pauseCommand = defineCommand({
  name: 'pause',
  summary: 'Ask a backfill to start nothing new until it is resumed',
  details: "What runs goes on to its end. 'backfill resume ID' lets the backfill go on.",
  operands: [{ name: 'ID', help: "the backfill, as 'backfill runs' lists it" }],
  options: { ...MANIFEST_OPTION },
  async run(context, options, [id = '']) {
    const { terminal } = context;
    const { journal, progress } = await backfillOf(context, options.manifest, id);
    const { phase, pause } = progress;
    if (!isActivePhase(phase) || phase === 'cancelling') {
      terminal.print(`Backfill ${id} does not run: it is ${phase}. Nothing was done.`);
      return EXIT.fine;
    }
    if (pause?.cause === 'asked') {
      terminal.print(`Backfill ${id} is paused already: ${pause.message}`);
      return EXIT.fine;
    }
    await journal.request(id, { kind: 'pause' }, userName('pause'));
    terminal.print(`Backfill ${id} is asked to pause. To let it go on: backfill resume ${id}`);
    return EXIT.fine;
  },
});
