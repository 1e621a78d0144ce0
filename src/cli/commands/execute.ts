import { defineCommand } from '../command';
import { EXIT } from '../exitCodes';
import { findManifest } from '../manifestFile';
import { MANIFEST_OPTION } from '../sharedOptions';

/** The executor's process: `attach` and `run` start it, nobody types it. */
export const executeCommand = defineCommand({
  name: 'execute',
  summary: 'Execute a backfill that was planned',
  hidden: true,
  operands: [{ name: 'ID', help: 'the backfill' }],
  options: { ...MANIFEST_OPTION },
  async run({ services, cwd }, options, [id = '']) {
    const manifest = await findManifest(cwd, options.manifest);
    const result = await services.execute(manifest, id, services.executorSignals());
    if (result === 'cancelled') return EXIT.interrupted;
    return result === 'done' ? EXIT.fine : EXIT.gaps;
  },
});
