import type { BackfillRecord, Journal } from '../../app/journal';
import { unknownBackfill } from '../attach';
import { defineCommand } from '../command';
import { EXIT, usageError } from '../exitCodes';
import { followBackfill } from '../followBackfill';
import { LogReader } from '../logReader';
import { findManifest } from '../manifestFile';
import { MANIFEST_OPTION } from '../sharedOptions';

const LOOK_MS = 250;

export const logsCommand = defineCommand({
  name: 'logs',
  summary: "Print what a backfill's jobs wrote, byte for byte",
  operands: [
    { name: 'ID', help: "the backfill, as 'backfill runs' lists it" },
    { name: 'P', help: 'only the attempts at this processor', optional: true },
    { name: 'DATE', help: 'only the attempts at this date', optional: true },
  ],
  options: {
    ...MANIFEST_OPTION,
    follow: { kind: 'flag', help: 'go on until the backfill has ended or Ctrl+C' },
  },
  examples: ['backfill logs 20261123T140211-pdc-ab12', 'backfill logs 20261123-140211-ab12 PDC 2021-11-05'],
  async run({ terminal, services, cwd }, options, [id = '', ...words]) {
    const journal = services.journal(await findManifest(cwd, options.manifest));
    // `PDC 2021-11-05` is one partition, whether the shell gives it as one word or as two.
    const [processor, date] = words.join(' ').split(' ');
    const reader = new LogReader(terminal, journal, { id, processor: processor || undefined, date });
    const stop = new AbortController();
    const stops = [terminal.onClosed(() => stop.abort()), terminal.onInterrupt(() => stop.abort())];
    try {
      const record = await journal.read(id);
      if (record === undefined) throw unknownBackfill(id);
      await reader.print(record, stop.signal);
      if (options.follow && !stop.signal.aborted) await follow(reader, journal, id, services.clock, stop.signal);
    } finally {
      for (const end of stops) end();
    }
    if (!reader.foundAny && !stop.signal.aborted) {
      throw usageError(`Backfill ${id} has no log of ${words.length === 0 ? 'any attempt' : words.join(' ')} yet.`);
    }
    return stop.signal.aborted && options.follow ? EXIT.interrupted : EXIT.fine;
  },
});

async function follow(
  reader: LogReader,
  journal: Journal,
  id: string,
  clock: { now(): number },
  signal: AbortSignal,
): Promise<void> {
  let last: BackfillRecord | undefined;
  let printing: Promise<void> = Promise.resolve();
  const print = (record: BackfillRecord) => {
    last = record;
    printing = printing.then(() => reader.print(record, signal));
  };
  // Logs grow without a word in the journal: they are looked at often.
  await followBackfill(id, { journal, clock, signal, tickMs: LOOK_MS, onSight: ({ record }) => print(record) });
  if (last !== undefined) print(last);
  await printing;
}
