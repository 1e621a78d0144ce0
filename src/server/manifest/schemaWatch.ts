import type { Clock } from '../../app/ports';
import { WarehouseError } from '../../app/ports';
import type { Freshness, PipelineSession } from '../../app/session/pipelineSession';
import { schemaFindings } from '../../app/session/schemaFindings';
import type { Logger } from '../../base/logger';
import type { Pipeline } from '../../core/pipeline';
import type { SchemaFinding } from '../../core/schemaCheck/finding';

export interface SchemaWatchDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly found: (findings: readonly SchemaFinding[]) => void;
}

/**
 * Compares the manifest with its tables after either changed, one comparison at a time. Where the tables cannot be looked at the last
 * findings stay, and the next read of the warehouse tries again.
 */
export class SchemaWatch {
  readonly #deps: SchemaWatchDeps;
  #checked: { readonly pipeline: Pipeline; readonly fingerprint: string | undefined } | undefined;
  #turn: Promise<void> = Promise.resolve();

  constructor(deps: SchemaWatchDeps) {
    this.#deps = deps;
  }

  /**
   * The warehouse was read just now, or looked at. Ends when the tables have been looked at too, if they needed to be.
   * @param freshness `read`: somebody asked, and gets the tables looked at whatever seems unchanged.
   */
  looked(session: PipelineSession, freshness: Freshness): Promise<void> {
    const checked = this.#turn.then(() => this.#check(session, freshness));
    this.#turn = checked.catch(() => {});
    return checked;
  }

  async #check(session: PipelineSession, freshness: Freshness): Promise<void> {
    const { pipeline, fingerprint } = session;
    if (pipeline === undefined) return;
    const isChecked = this.#checked?.pipeline === pipeline && this.#checked.fingerprint === fingerprint;
    if (isChecked && freshness !== 'read') return;
    try {
      const findings = await schemaFindings(session, this.#deps.clock);
      // Another manifest was saved meanwhile: its own read comes next.
      if (session.pipeline !== pipeline) return;
      this.#checked = { pipeline, fingerprint };
      this.#deps.found(findings);
    } catch (error) {
      if (!(error instanceof WarehouseError)) throw error;
      this.#deps.logger.debug(`Tables and columns were not checked: ${error.message}`);
    }
  }
}
