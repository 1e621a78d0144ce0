import { notes, type PipelineRecords } from '../../app/session/pipelineRecords';
import type { CoverageState } from '../../app/session/pipelineSession';
import type { Day } from '../../base/day';
import type { PipelineNode } from '../../core/pipeline';
import { type Noted, notedOf } from '../../core/records/noted';

/** What jobs noted of single partitions, for an explanation, which waits for it only a moment. */
export class NotedDates {
  readonly #records: PipelineRecords;
  readonly #patience: number;
  readonly #late: () => void;

  /**
   * @param patience how long an answer is waited for, in milliseconds.
   * @param late called when one is there that was not waited for.
   */
  constructor(records: PipelineRecords, patience: number, late: () => void) {
    this.#records = records;
    this.#patience = patience;
    this.#late = late;
  }

  /** Undefined where the manifest names no table for it; `reading` where it takes too long. */
  async of(state: CoverageState | undefined, node: PipelineNode, day: Day): Promise<Noted | 'reading' | undefined> {
    if (state === undefined || node.kind === 'source' || !notes(state.input.pipeline)) return undefined;
    let isLate = false;
    const found = this.#records.ofDate(day).then((records) => {
      if (isLate) this.#late();
      return notedOf(node, records, state.input, state.grid);
    });
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<'reading'>((resolve) => {
      timer = setTimeout(() => {
        isLate = true;
        resolve('reading');
      }, this.#patience);
    });
    const answer = await Promise.race([found, patience]);
    clearTimeout(timer);
    return answer;
  }
}
