import type { SessionRequest } from '../../app/execution/executeBackfill';
import { MANIFEST_CHOICE_OPTIONS, manifestChoiceOf } from '../askManifest';
import { defineCommand } from '../command';
import { EXIT } from '../exitCodes';
import { findManifest } from '../manifestFile';
import { MANIFEST_OPTION } from '../sharedOptions';

/** What a session is asked for, as words of this command. */
export function executeWords({ resume, retryFailed, cancelBy, manifest }: SessionRequest = {}): readonly string[] {
  return [
    ...(resume === true ? ['--resume'] : []),
    ...(retryFailed === true ? ['--retry-failed'] : []),
    ...(manifest === undefined ? [] : [manifest === 'asPlanned' ? '--as-planned' : '--as-it-is-now']),
    ...(cancelBy === undefined ? [] : ['--cancel-by', cancelBy]),
  ];
}

/** The executor's process: `attach` and `run` start it, nobody types it. */
export const executeCommand = defineCommand({
  name: 'execute',
  summary: 'Execute a backfill that was planned',
  hidden: true,
  operands: [{ name: 'ID', help: 'the backfill' }],
  options: {
    ...MANIFEST_OPTION,
    resume: { kind: 'flag', help: 'go on with an interrupted backfill' },
    'retry-failed': { kind: 'flag', help: 'run again what failed' },
    ...MANIFEST_CHOICE_OPTIONS,
    'cancel-by': { kind: 'text', value: 'NAME', help: 'bring an interrupted backfill to its end' },
  },
  async run({ services, cwd }, options, [id = '']) {
    const manifest = await findManifest(cwd, options.manifest);
    const cancelBy = options['cancel-by'];
    const choice = manifestChoiceOf(options);
    const result = await services.execute(manifest, id, services.executorSignals(), {
      resume: options.resume,
      retryFailed: options['retry-failed'],
      ...(choice !== undefined && { manifest: choice }),
      ...(cancelBy !== undefined && { cancelBy }),
    });
    if (result === 'cancelled') return EXIT.interrupted;
    return result === 'done' ? EXIT.fine : EXIT.gaps;
  },
});
